// What is seen of slots: the forgotten one is found, with what it does and what leads out of it.
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { call, expect, logIn, open, own, test } from './fixtures.js'

const PAGE = '/replication?target=pg-main'

const write = (postgres: pg.Client, mebibytes: number) =>
  postgres.query(`SELECT pg_logical_emit_message(false, 'e2e', repeat('x', 1048576)) FROM generate_series(1, $1)`, [mebibytes])

const drop = (postgres: pg.Client, name: string) =>
  postgres.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [name])

/** Waits until the watcher has seen that the slot holds so much back. */
const seen = (page: Page, name: string, mebibytes: number) =>
  expect
    .poll(async () => {
      const list = await (await call(page, 'replication/list_slots', { target: 'pg-main', search: name })).json()
      return (list.slots[0]?.slot.held_bytes ?? 0) / 1024 / 1024
    })
    .toBeGreaterThanOrEqual(mebibytes)

test.beforeEach(async ({ page }) => {
  await logIn(page)
  // What a test that failed may have left.
  await call(page, 'replication/set_wal_volume', { target: 'pg-main', volume: '' })
})

test('find and drop a forgotten slot: it is told on top, found among others, its page says what it does, and it goes', async ({ page, postgres }) => {
  const name = own('forgotten_walk')
  await drop(postgres, name)
  await postgres.query('SELECT pg_create_physical_replication_slot($1, true)', [name])
  await write(postgres, 40)
  await seen(page, name, 40)

  await open(page, PAGE)
  const wrong = page.getByRole('region', { name: 'What is wrong now' })
  await expect(wrong).toContainText('without a limit')
  const fix = wrong.getByRole('link', { name: /^Plan a limit of/ })
  await expect(fix).toHaveAttribute('href', /\/replication\/settings\?.*name=max_slot_wal_keep_size&value=\d+$/)

  // The tired person's way: only what has a problem, the one that was left longest ago first.
  await page.getByLabel('Show').selectOption('With a problem')
  await page.getByLabel('Order').selectOption('Unused longest')
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/shown=problem/)
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row.getByRole('cell').nth(1)).toHaveText(/^nobody/)
  await expect(row.getByRole('cell').nth(3)).toHaveText(/^\d+\.\d MiB$/)
  await expect(row.getByRole('cell').nth(4)).toHaveText(/^unknown\s*no limit; disk unknown$/)
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toHaveCount(0)

  await row.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Slot ${name}`)
  await expect(page.getByText('The server keeps all WAL that the consumer still needs').first()).toBeVisible()
  await expect(page.getByRole('definition').filter({ hasText: /^none: max_slot_wal_keep_size is -1$/ })).toBeVisible()
  await expect(page.getByRole('definition').filter({ hasText: /^nobody/ })).toBeVisible()
  // Its history begins within the watcher's ten seconds.
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('img', { name: /^WAL held back/ })).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 25_000 })
  await page.getByText('The numbers as a table').click()
  await expect(page.getByRole('table').getByRole('row').nth(1)).toContainText(/MiB/)

  await page.getByRole('link', { name: 'Drop…' }).click()
  const dropping = page.getByRole('region', { name: `Drop the slot ${name} on Shop database` })
  await expect(dropping).toContainText('MiB')
  await dropping.getByLabel(/^Type the name to confirm/).fill(name)
  await dropping.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').filter({ hasText: `Done: Drop the slot ${name}` })).toBeVisible()
  const left = await postgres.query('SELECT slot_name FROM pg_replication_slots WHERE slot_name = $1', [name])
  expect(left.rows).toEqual([])
})

test('size of the WAL volume: with it the room left is a number; a wrong one is told at the field', async ({ page, postgres }) => {
  const name = own('measured')
  await drop(postgres, name)
  await postgres.query('SELECT pg_create_physical_replication_slot($1, true)', [name])
  await write(postgres, 20)
  await seen(page, name, 20)
  const enter = async (size: string) => {
    const field = page.getByLabel('Size', { exact: true })
    if (!(await field.isVisible())) await page.getByRole('heading', { name: 'Size of the WAL volume' }).click()
    await field.fill(size)
    await page.getByRole('button', { name: 'Keep' }).click()
  }
  await open(page, PAGE)
  await enter('plenty')
  const field = page.getByLabel('Size', { exact: true })
  await expect(field).toHaveValue('plenty')
  await expect(field).toHaveAccessibleDescription(/A number and a unit/)

  await enter('500 GiB')
  await expect(page).toHaveURL(/record=\d+/)
  await expect(page.getByText('on a volume of 500.0 GiB.')).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row.getByRole('cell').nth(4)).toHaveText(
    /^(measuring…|never at this rate|disk full in .*)\s*(4\d\d|500)\.\d GiB of the disk$/,
  )

  await open(page, PAGE)
  await enter('')
  await expect(row.getByRole('cell').nth(4)).toHaveText(/^unknown\s*no limit; disk unknown$/)
  await drop(postgres, name)
})

test('slots: what nobody knows is not told as zero, and an address that was made up shows the list', async ({ page, problems }) => {
  problems.expected.push(/404/)
  await open(page, `${PAGE}&sort=no&kind=neither&shown=what&page=-7`)
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toBeVisible()
  await open(page, '/replication/slot?target=pg-main&name=no_such_slot')
  await expect(page.getByText('There is no slot of this name on this server.')).toBeVisible()
  const answer = await call(page, 'replication/read_slot', { target: 'no-such-target', name: 'x' })
  expect(answer.status()).toBe(404)
})
