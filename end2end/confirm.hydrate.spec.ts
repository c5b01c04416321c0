// The decision under a plan, as WebAssembly helps with it.
import { expect, logIn, open, test } from './fixtures.js'

const PLAN = '/replication?target=pg-main&action=create_slot&name=confirmed'

test.beforeEach(async ({ page, postgres }) => {
  await postgres.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'confirmed'`)
  await logIn(page)
})

test('apply: two clicks post once, and the button says that it works on it', async ({ page }) => {
  let posts = 0
  page.on('request', (request) => request.method() === 'POST' && posts++)
  await open(page, PLAN)
  // Nothing can be asked of a page that is being left, so it writes down itself what it showed.
  await page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('.plan [type=submit]')!
    const look = () => sessionStorage.setItem('seen', `${button.textContent} ${button.disabled}`)
    new MutationObserver(look).observe(button, { attributes: true, childList: true, characterData: true, subtree: true })
  })
  await page.getByRole('button', { name: 'Apply' }).dblclick()
  await expect(page.getByRole('status')).toContainText('Done')
  expect(posts).toBe(1)
  expect(await page.evaluate(() => sessionStorage.getItem('seen'))).toBe('Applying… true')
})

test('apply: a page that was left and comes back as it was has its button back', async ({ page }) => {
  await open(page, PLAN)
  await page.evaluate(() => document.querySelector('.plan form')!.addEventListener('submit', (event) => event.preventDefault()))
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('button', { name: 'Applying…' })).toBeDisabled()
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
  await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled()
})

test('plan: a command is copied as it would be typed', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(page, PLAN)
  await page.getByRole('button', { name: 'Copy' }).first().click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`pg_create_physical_replication_slot('confirmed', true)`)
  await expect(page.getByRole('button', { name: 'Copy', exact: true }).first()).toBeVisible()
})
