// What replication shows without a reload.
import { expect, logIn, open, test } from './fixtures.js'

test('slots: the WAL that a slot holds back is seen growing, and a new slot appears, without a reload', async ({ page, postgres }) => {
  const drop = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name IN ('watched', 'appears')`
  await postgres.query(drop)
  await postgres.query(`SELECT pg_create_physical_replication_slot('watched', true)`)
  await logIn(page)
  await open(page, '/replication?target=pg-main&search=')
  await page.evaluate(() => Object.assign(window, { notReloaded: true }))
  const held = page.getByRole('row').filter({ hasText: 'watched' }).getByRole('cell').nth(3)
  await expect(held).toHaveText(/^\d+(\.\d)? (B|KiB|MiB)$/)
  const before = await mebibytes(held.innerText())

  await postgres.query(`SELECT pg_logical_emit_message(false, 'e2e', repeat('x', 4 * 1024 * 1024)) FROM generate_series(1, 2)`)
  await expect.poll(() => mebibytes(held.innerText())).toBeGreaterThanOrEqual(before + 7.9)
  await postgres.query(`SELECT pg_create_physical_replication_slot('appears')`)
  await expect(page.getByRole('rowheader', { name: 'appears' })).toBeVisible()
  await postgres.query(drop)
  await expect(page.getByRole('rowheader', { name: 'watched' })).toHaveCount(0)

  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
})

test('slots: what is being typed is not lost when the list is read anew', async ({ page }) => {
  await logIn(page)
  await open(page, '/replication?target=pg-main')
  await page.getByLabel('Slot name').pressSequentially('half_a_na')
  await page.getByLabel('Name contains').fill('stand')
  const asked = () => page.waitForResponse(/live\/replication\/slots/)
  await asked()
  await asked()
  await expect(page.getByLabel('Slot name')).toHaveValue('half_a_na')
  await expect(page.getByLabel('Name contains')).toHaveValue('stand')
})

test('create slot: a wrong name is told while it is typed', async ({ page }) => {
  await logIn(page)
  await open(page, '/replication?target=pg-main')
  const field = page.getByLabel('Slot name')
  await field.pressSequentially('myS')
  await expect(field).toHaveAccessibleDescription(/“S” is not allowed/)
  await field.press('Backspace')
  await expect(field).toHaveAttribute('aria-invalid', 'false')
})

async function mebibytes(text: Promise<string>): Promise<number> {
  const [number, unit] = (await text).split(' ')
  return Number(number) * { B: 1 / 1024 / 1024, KiB: 1 / 1024, MiB: 1, GiB: 1024 }[unit as 'B' | 'KiB' | 'MiB' | 'GiB']
}
