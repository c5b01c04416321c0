// Every page in both languages and both colour schemes: what anybody may expect of it.
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, logIn, open, test, withWasm } from './fixtures.js'
import { LOG_IN, PAGES, STATES, WRONG, type ConsolePage } from './pages.js'
import { address } from './playwright.config.js'

const appear = (context: BrowserContext, lang: string, theme: string) =>
  context.addCookies(Object.entries({ lang, theme }).map(([name, value]) => ({ name, value, url: `http://${address}` })))

async function lookAt(page: Page, { path, en, ko }: ConsolePage, lang: string, theme: string) {
  await open(page, path)
  const heading = lang === 'ko' ? ko : en
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
  await expect(page).toHaveTitle(`${heading} · Outgrow`)
  await expect(page.locator('html')).toHaveAttribute('lang', lang)
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
  // axe is a script itself. What it looks at is decided by the language and by the colours, not by the two together.
  if (withWasm() && (lang === 'en') === (theme === 'light')) await askAxe(page, `${path} in ${lang}, ${theme}`)
}

async function askAxe(page: Page, what: string) {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const found = await new AxeBuilder({ page }).withTags(tags).options({ resultTypes: ['violations'] }).analyze()
  const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`)
  expect(told, what).toEqual([])
}

for (const lang of ['en', 'ko']) {
  for (const theme of ['light', 'dark']) {
    test(`every page: in ${lang}, ${theme}: language, title, heading, and nothing that axe objects to`, async ({ page, context, problems }) => {
      // axe takes about a second for each page.
      test.setTimeout(300_000)
      problems.expected.push(/404|422/)
      await appear(context, lang, theme)
      await lookAt(page, LOG_IN, lang, theme)
      await logIn(page)
      for (const each of [...PAGES, ...STATES, ...WRONG]) await test.step(each.name, () => lookAt(page, each, lang, theme))
    })
  }
}

for (const lang of ['en', 'ko']) {
  test(`every page: fits a window 320 pixels wide without scrolling sideways, in ${lang}`, async ({ page, context, problems }) => {
    test.setTimeout(120_000)
    problems.expected.push(/404|422/)
    await appear(context, lang, 'light')
    await logIn(page)
    for (const { path } of [...PAGES, ...STATES, ...WRONG]) {
      // 320 pixels are what WCAG 1.4.10 asks for; 360 are a small telephone.
      for (const width of [360, 320]) {
        await page.setViewportSize({ width, height: 740 })
        if (width === 360) await open(page, path)
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
        expect(content, `${path} at ${width}`).toBeLessThanOrEqual(window!)
      }
    }
  })
}

test('every page: its outline', async ({ page }) => {
  await logIn(page)
  const frame = (name: string) => `
    - link "Skip to the content"
    - banner:
      - link "Outgrow"
      - navigation "Pages":
        - link "Overview"
        - link "Sharding"
        - link "Replication"
        - link "Caching"
        - link "Record"
        - link "Settings"
      - button "한국어"
      - button "Light"
      - button "Log out"
    - main:
      - heading "${name}" [level=1]
  `
  for (const { path, en } of PAGES) {
    await open(page, path)
    await expect(page.locator('body')).toMatchAriaSnapshot(frame(en))
    const current = page.getByRole('navigation', { name: 'Pages', exact: true }).locator('[aria-current=page]')
    await expect(current).toHaveAttribute('href', path)
  }

  await open(page, '/')
  await expect(page.getByRole('table', { name: 'Targets' })).toMatchAriaSnapshot(`
    - table "Targets":
      - caption: Targets
      - rowgroup:
        - row "Target State What it is Address Answer time"
      - rowgroup:
        - row /Shop cache Answers (Redis|Valkey)/
        - row /Shop cluster Answers MongoDB/
        - row /Shop database Answers PostgreSQL .* primary/
        - row /Shop standby Answers PostgreSQL .* standby/
  `)
  await open(page, '/replication')
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - navigation "Pages of replication":
      - link "Slots"
      - link "Topology"
      - link "Horizon"
      - link "Failover"
      - link "Publications"
      - link "Subscriptions"
      - link "Settings"
      - link "Add a replica"
    - navigation "Targets":
      - link "Shop database"
      - link "Shop standby"
    - region "What is wrong now":
      - heading "What is wrong now" [level=2]
      - list
    - search:
      - searchbox "Name contains"
      - combobox "Show"
      - combobox "Kind"
      - combobox "Order"
      - button "Search"
    - region /Slots/
    - heading "Create a slot" [level=2]
    - group "Kind":
      - radio /Physical/ [checked]
      - radio /Logical/
    - textbox "Slot name"
    - group "Hold WAL":
      - radio /From now on/ [checked]
      - radio /From the first connection/
    - paragraph:
      - button "Show the plan"
  `)
  await expect(page.getByRole('table')).toMatchAriaSnapshot(`
    - table:
      - rowgroup:
        - row /Slot Kind Used by WAL WAL held back .* Action/
      - rowgroup:
        - row /forgotten_reporting logical/
        - row /standby1 physical/
  `)
  await open(page, '/sharding/collections?target=mongo&search=shop.')
  await expect(page.getByRole('table')).toMatchAriaSnapshot(`
    - table /Collections · 2 shards · router MongoDB/:
      - rowgroup:
        - row "Collection Shard key Chunks on each shard Documents Owned Orphaned Spread Balancing Action"
      - rowgroup:
        - row /shop.logs not sharded/
        - row /shop.orders .* customer_id/
        - row /shop.sessions not sharded/
  `)
  await open(page, '/replication?target=pg-main&action=create_slot&name=outlined')
  await expect(page.getByRole('region', { name: 'Create the physical slot outlined on Shop database' })).toMatchAriaSnapshot(`
    - heading "Create the physical slot outlined on Shop database" [level=2]
    - heading "Checks" [level=3]
    - list:
      - listitem: OK No slot is called outlined.
    - heading "Effect" [level=3]
    - list
    - heading "Way back" [level=3]
    - paragraph: Drop the slot outlined.
    - heading "What will be sent, exactly" [level=3]
    - list:
      - listitem:
        - figure "psql"
    - paragraph:
      - link "Cancel"
      - button "Apply"
  `)
})

test('appearance: language and colours are chosen by buttons, stay, and lead back to the page', async ({ page }) => {
  await logIn(page)
  await open(page, '/replication?target=pg-main&search=standby')
  await page.getByRole('button', { name: '한국어' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('복제 슬롯')
  await expect(page).toHaveURL(/\/replication\?target=pg-main&search=standby$/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko')
  await page.getByRole('button', { name: '밝게' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.getByRole('button', { name: '어둡게' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByRole('link', { name: '샤딩', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('샤딩')
  await open(page, '/settings')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByRole('button', { name: '시스템 설정' }).click()
  await expect(page.locator('html')).not.toHaveAttribute('data-theme')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings')
})

test('navigation: every page is reached by its link, and Back leads back', async ({ page }) => {
  await logIn(page)
  await open(page, '/')
  for (const { en, path } of PAGES.slice(1)) {
    await page.getByRole('navigation', { name: 'Pages', exact: true }).locator(`a[href="${path}"]`).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(en)
    await expect(page).toHaveTitle(`${en} · Outgrow`)
  }
  for (const { en } of [...PAGES].reverse().slice(1)) {
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(en)
  }
})
