// What stays fresh without a reload: how it is asked for, what it says of itself, and that a reader's place is kept.
import type { Page, Route } from '@playwright/test'
import { expect, logIn, open, test } from './fixtures.js'

const PAGE = '/replication?target=pg-main'
const PART = /\/live\/replication\/slots/

const age = (page: Page) => page.locator('.live .age')
const region = (page: Page) => page.locator('#live-slots')

/** Answers questions for the slots with this. */
async function answerWith(page: Page, content: () => string) {
  const body = () => `<div class="region" id="live-slots" tabindex="-1">${content()}</div>`
  await page.route(PART, (route) => route.fulfill({ contentType: 'text/html', body: body() }))
}

/** Waits until the page has asked this often from now on. */
async function asked(page: Page, times = 2) {
  for (let n = 0; n < times; n++) await page.waitForResponse(PART)
}

test.beforeEach(async ({ page }) => logIn(page))

test('live: says how old it is, and stands still while it is paused', async ({ page }) => {
  await open(page, PAGE)
  await expect(age(page)).toHaveText(/^Seen just now$|^Seen 1 s ago$/)
  await asked(page)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(age(page)).toHaveText(/^Paused, seen [2-9] s ago$/, { timeout: 8_000 })
  let questions = 0
  page.on('request', (request) => PART.test(request.url()) && questions++)
  await expect(age(page)).toHaveText(/^Paused, seen [5-9] s ago$/, { timeout: 8_000 })
  expect(questions).toBe(0)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(age(page)).toHaveText('Seen just now')
})

test('live: never asks twice at once, however slow the answer is', async ({ page }) => {
  let under_way = 0
  let most = 0
  let answers = 0
  await page.route(PART, async (route) => {
    most = Math.max(most, ++under_way)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    under_way--
    answers++
    await route.continue().catch(() => undefined)
  })
  await open(page, PAGE)
  await expect.poll(() => answers, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
  expect(most).toBe(1)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

test('live: a connection that is lost is told with its age, and it comes back by itself', async ({ page, problems }) => {
  problems.expected.push(/ERR_CONNECTION_REFUSED|ERR_FAILED/)
  await open(page, PAGE)
  await asked(page)
  const lost = (route: Route) => route.abort('connectionrefused')
  await page.route(PART, lost)
  await expect(age(page)).toHaveText(/^No connection to the console for \d+ s; trying again\./)
  await expect(page.locator('.live [aria-live]')).toHaveText('No connection to the console.')
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toBeVisible()
  await expect(age(page)).toHaveText(/for [6-9] s/, { timeout: 10_000 })
  await page.unroute(PART, lost)
  await expect(age(page)).toHaveText('Seen just now', { timeout: 8_000 })
  await expect(page.locator('.live [aria-live]')).toHaveText('The console answers again.')
})

test('live: after a failure it asks every 5 s only', async ({ page, problems }) => {
  problems.expected.push(/500/)
  const times: number[] = []
  await page.route(PART, (route) => {
    times.push(Date.now())
    return route.fulfill({ status: 500, body: 'no' })
  })
  await open(page, PAGE)
  await expect(age(page)).toHaveText(/^The console has answered with errors for \d+ s/)
  await expect.poll(() => times.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(3)
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(4_500)
  expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(4_500)
})

test('live: an answer that is another page is not taken for the list', async ({ page }) => {
  await open(page, PAGE)
  await page.route(PART, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Somebody else</h1>' }))
  await expect(age(page)).toHaveText(/^The console has answered with errors/)
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toBeVisible()
})

test('live: when the session has ended it says so, offers the log-in that leads back, and stops asking', async ({ page, context }) => {
  await open(page, `${PAGE}&search=stand`)
  await asked(page, 1)
  await context.clearCookies()
  await expect(age(page)).toHaveText('Your session has ended, so nothing here is fresh any more.')
  await expect(page.getByRole('button', { name: 'Pause' })).toBeHidden()
  let questions = 0
  page.on('request', (request) => PART.test(request.url()) && questions++)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)))
  expect(questions).toBe(0)
  const again = page.getByRole('main').getByRole('link', { name: 'Log in' })
  await expect(again).toHaveAttribute('href', `/login?next=${encodeURIComponent('/replication?target=pg-main&search=stand')}`)
})

test('live: rows move rather than change, and keep the focus, what was selected, opened, typed and scrolled', async ({ page }) => {
  const row = (name: string, value: number) =>
    `<tr data-key="${name}"><th><a href="/audit">${name}</a></th><td>${value}</td><td><input aria-label="note ${name}"></td></tr>`
  let rows = [['a', 1], ['b', 2], ['c', 3]] as [string, number][]
  let note = ''
  await answerWith(
    page,
    () =>
      `${note}<div class="scrolled" data-key="box"><p data-key="tall">tall</p></div>
       <details><summary>More</summary><p>words that are selected</p></details>
       <table><tbody>${rows.map(([name, value]) => row(name, value)).join('')}</tbody></table>`,
  )
  await open(page, PAGE)
  await expect(page.getByRole('link', { name: 'a', exact: true })).toBeVisible()
  await page.evaluate(() => {
    for (const row of document.querySelectorAll('tr[data-key]')) Object.assign(row, { same: row.getAttribute('data-key') })
    document.querySelector<HTMLDetailsElement>('.region details')!.open = true
    document.querySelector<HTMLInputElement>('[aria-label="note b"]')!.value = 'typed'
    const box = document.querySelector<HTMLElement>('.scrolled')!
    box.attributeStyleMap.set('height', '20px')
    box.attributeStyleMap.set('overflow', 'auto')
    document.querySelector<HTMLElement>('[data-key=tall]')!.attributeStyleMap.set('height', '500px')
    document.getSelection()!.selectAllChildren(document.querySelector('.region details p')!)
  })
  const field = page.getByLabel('note c')
  await field.fill('0123456789')
  await field.evaluate((input: HTMLInputElement) => input.setSelectionRange(2, 5))

  rows = [['c', 30], ['new', 4], ['b', 20]]
  note = '<p class="notice">Something came before it all.</p>'
  await expect(page.locator('tr[data-key=c]')).toContainText('30')
  await expect(page.locator('tr[data-key]')).toHaveCount(3)
  expect(await page.locator('tr[data-key]').evaluateAll((rows) => rows.map((row) => [row.dataset.key, (row as unknown as { same?: string }).same ?? null]))).toEqual([
    ['c', 'c'],
    ['new', null],
    ['b', 'b'],
  ])
  await expect(field).toBeFocused()
  await expect(field).toHaveValue('0123456789')
  expect(await field.evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd])).toEqual([2, 5])
  await expect(page.getByLabel('note b')).toHaveValue('typed')
  await expect(page.locator('.region details')).toHaveAttribute('open')

  // What had the focus is gone: the place where it was has it now, and not the beginning of the page.
  rows = [['b', 200]]
  note = ''
  await expect(page.locator('tr[data-key]')).toHaveCount(1)
  await expect(region(page)).toBeFocused()
})

test('live: text that is selected and a list that is scrolled stay so while numbers change', async ({ page }) => {
  let value = 0
  await answerWith(
    page,
    () => `<pre tabindex="0" class="value" id="long">${'line\n'.repeat(200)}</pre><p id="words">words that are selected</p><p id="number">${++value}</p>`,
  )
  await open(page, PAGE)
  await expect(page.locator('#number')).toBeVisible()
  await page.evaluate(() => {
    document.querySelector('#long')!.scrollTop = 120
    document.getSelection()!.selectAllChildren(document.querySelector('#words')!)
  })
  await asked(page, 3)
  expect(await page.evaluate(() => document.querySelector('#long')!.scrollTop)).toBe(120)
  expect(await page.evaluate(() => document.getSelection()!.toString())).toBe('words that are selected')
})

test('live: an element that is to be kept is left alone, and an attribute that goes away goes', async ({ page }) => {
  let second = false
  await answerWith(page, () =>
    second
      ? '<p id="kept" data-live-keep>theirs</p><p id="other" title="new">b</p>'
      : '<p id="kept" data-live-keep>ours</p><p id="other" lang="ko">a</p>',
  )
  await open(page, PAGE)
  await expect(page.locator('#other')).toHaveText('a')
  second = true
  await expect(page.locator('#other')).toHaveText('b')
  await expect(page.locator('#other')).toHaveAttribute('title', 'new')
  await expect(page.locator('#other')).not.toHaveAttribute('lang')
  await expect(page.locator('#kept')).toHaveText('ours')
})

test('live: an island that comes with an answer is started, and stays while the numbers change', async ({ page }) => {
  // The check of a field, as the form of this very page has it.
  const form = await (await page.request.get(PAGE)).text()
  const island = /<leptos-island data-component="Fault_\d+".*?<\/leptos-island>/s.exec(form)?.[0].replaceAll(/name(?=-error|&quot;,&quot;rule)/g, 'probe')
  expect(island).toContain('probe-error')
  let value = 0
  await answerWith(page, () => `<p id="number">${++value}</p><label>Probe <input id="probe"></label>${island}`)
  await open(page, PAGE)
  await page.getByLabel('Probe').pressSequentially('aB')
  await expect(page.locator('#probe-error')).toHaveText(/“B” is not allowed/)
  await asked(page)
  await expect(page.locator('#probe-error')).toHaveText(/“B” is not allowed/)
  await expect(page.getByLabel('Probe')).toHaveValue('aB')
})

test('live: a page that nobody sees does not ask', async ({ page, context }) => {
  await open(page, PAGE)
  await asked(page)
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => (window as unknown as { away?: boolean }).away ?? true })
  })
  await page.waitForResponse(PART, { timeout: 1_500 }).catch(() => undefined)
  let questions = 0
  page.on('request', (request) => PART.test(request.url()) && questions++)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_000)))
  expect(questions).toBe(0)
  await page.evaluate(() => {
    Object.assign(window, { away: false })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  })
  await asked(page, 1)
})

test('live: a part is sent alone, without the frame, and kept by nobody', async ({ page }) => {
  const answer = await page.request.get('/live/replication/slots?target=pg-main')
  const text = await answer.text()
  expect(text).toContain('id="live-slots"')
  expect(text).toContain('standby1')
  for (const frame of ['<html', '<nav aria-label="Pages"', 'Log out', 'Slot name']) expect(text).not.toContain(frame)
  expect(answer.headers()).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
})

test('page: nothing that was read on the server is sent a second time for the browser', async ({ page }) => {
  const text = await (await page.request.get(PAGE)).text()
  expect(text.match(/wal_status|held_bytes|safe_bytes/g)).toBeNull()
  expect(text).not.toMatch(/__RESOLVED_RESOURCES\[\d/)
})
