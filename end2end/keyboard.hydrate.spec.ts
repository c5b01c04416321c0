// Everything by keyboard: no mouse in this file.
import type { Page } from '@playwright/test'
import { expect, logIn, open, test } from './fixtures.js'

const focused = (page: Page) => page.locator(':focus')

/** Presses Tab until the element has the focus, as one who looks for it does. */
async function tabTo(page: Page, wanted: ReturnType<Page['getByRole']>, key = 'Tab') {
  for (let presses = 0; presses < 60; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  throw new Error(`not reached by ${key}: ${wanted}`)
}

test('keyboard only: log in, create a slot and drop it', async ({ page, postgres }) => {
  const drop = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'bykeyboard'`
  const there = async () =>
    (await postgres.query(`SELECT slot_type FROM pg_replication_slots WHERE slot_name = 'bykeyboard'`)).rowCount
  await postgres.query(drop)
  await logIn(page)
  await open(page, '/')
  await tabTo(page, page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Replication' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Replication slots')

  await tabTo(page, page.getByLabel('Slot name'))
  await page.keyboard.type('bykeyboard')
  await tabTo(page, page.getByRole('button', { name: 'Show the plan' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'Cancel' })).toBeFocused()
  await tabTo(page, page.getByRole('button', { name: 'Apply' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toContainText('Done')
  expect(await there()).toBe(1)

  await tabTo(page, page.getByRole('link', { name: 'Drop bykeyboard' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'Cancel' })).toBeFocused()
  await tabTo(page, page.getByLabel(/^Type the name to confirm/), 'Shift+Tab')
  await page.keyboard.type('bykeyboard')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toContainText('Done: Drop the slot bykeyboard')
  expect(await there()).toBe(0)
})

test('keyboard only: Cancel leaves everything as it was', async ({ page, postgres }) => {
  await logIn(page)
  await open(page, '/replication?target=pg-main&action=create_slot&name=cancelled')
  await expect(page.getByRole('link', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Slot name')).toBeVisible()
  await expect(page).toHaveURL(/\/replication\?target=pg-main$/)
  expect((await postgres.query(`SELECT FROM pg_replication_slots WHERE slot_name = 'cancelled'`)).rowCount).toBe(0)
})

test('keyboard only: the skip link comes first and leads past the navigation', async ({ page }) => {
  await logIn(page)
  for (const path of ['/', '/sharding', '/replication', '/caching', '/audit', '/settings']) {
    await open(page, path)
    await page.keyboard.press('Tab')
    await expect(focused(page)).toHaveText('Skip to the content')
    await expect(focused(page)).toBeInViewport()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toBeFocused()
    await page.keyboard.press('Tab')
    expect(await page.getByRole('main').evaluate((main) => main.contains(document.activeElement)), path).toBe(true)
  }
})

test('keyboard only: what has the focus is always to be seen', async ({ page }) => {
  await logIn(page)
  await open(page, '/replication?target=pg-main')
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab')
    const seen = await focused(page).evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return { name: element.outerHTML.slice(0, 80), outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 }
    })
    expect(seen.outlined, seen.name).toBe(true)
    await expect(focused(page)).toBeInViewport()
  }
})
