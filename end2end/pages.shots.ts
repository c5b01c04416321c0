// Pictures of every page, for people to look at: `make shots`, then end2end/shots/.
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { call, logIn, open, planForm, test } from './fixtures.js'
import { LOG_IN, PAGES, STATES, WRONG } from './pages.js'
import { address } from './playwright.config.js'

const looks = [
  { name: 'light', lang: 'en', theme: 'light', width: 1280 },
  { name: 'dark', lang: 'en', theme: 'dark', width: 1280 },
  { name: 'narrow', lang: 'en', theme: 'light', width: 360 },
  { name: 'korean', lang: 'ko', theme: 'light', width: 1280 },
]

async function shoot(page: Page, name: string) {
  const path = fileURLToPath(new URL(`shots/${name}.png`, import.meta.url))
  await page.screenshot({ path, fullPage: true, animations: 'disabled' })
}

for (const { name, lang, theme, width } of looks) {
  test(`pictures: ${name}`, async ({ page, context, problems }) => {
    test.setTimeout(120_000)
    problems.expected.push(/404|422/)
    await page.setViewportSize({ width, height: 800 })
    await context.addCookies(Object.entries({ lang, theme }).map(([name, value]) => ({ name, value, url: `http://${address}` })))
    await open(page, LOG_IN.path)
    await shoot(page, `${name}-login`)
    await logIn(page)
    for (const each of [...PAGES, ...STATES, ...WRONG]) {
      await open(page, each.path)
      await shoot(page, `${name}-${each.name}`)
    }
    // What came of an attempt: this one is refused, and so touches nothing.
    await open(page, '/replication?target=pg-main&action=create_slot&name=standby1')
    const answer = await call(page, 'replication/apply_change', await planForm(page))
    await open(page, `/replication?target=pg-main&record=${await answer.json()}`)
    await shoot(page, `${name}-refused`)
  })
}
