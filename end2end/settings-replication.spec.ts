// The settings that decide replication: changed on a server of the test's own, and refused where they would hurt.
import type { Page } from '@playwright/test'
import { call, expect, lastRecord, logIn, open, own, test } from './fixtures.js'
import { startPostgres, type Server } from './lab.js'

let server: Server
let target: string

test.beforeAll(async () => {
  server = await startPostgres({ major: 18 })
})

test.afterAll(async () => server?.stop())

test.beforeEach(async ({ page }) => {
  await logIn(page)
  target = await added(page)
  await server.run('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots')
})

test.afterEach(async ({ page }) => {
  await call(page, 'targets/remove_target', { id: target })
})

test('set setting: one click caps a slot that nobody reads, live, and the way back is exact', async ({ page }) => {
  await server.run(`SELECT pg_create_physical_replication_slot('forgotten', true)`)
  await open(page, `/replication/settings?target=${target}`)
  await expect(row(page, 'max_slot_wal_keep_size')).toContainText('nobody reads forgotten')

  // The address that the banner leads to.
  await open(page, `/replication/settings?target=${target}&action=set_setting&name=max_slot_wal_keep_size&value=10240`)
  const plan = page.getByRole('region', { name: 'Set max_slot_wal_keep_size to 10240MB' })
  await expect(plan.getByText(`ALTER SYSTEM SET max_slot_wal_keep_size = '10240MB';`)).toBeVisible()
  await expect(plan.getByText('No slot holds that much')).toBeVisible()
  await plan.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: Set max_slot_wal_keep_size to 10240MB')
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'replication.set_setting', outcome: 'Done' })
  expect(await shown('max_slot_wal_keep_size')).toBe('10GB')
  await expect(row(page, 'max_slot_wal_keep_size')).toContainText('10240 MB')
  await expect(row(page, 'max_slot_wal_keep_size')).not.toContainText('nobody reads')

  await open(page, `/replication/settings?target=${target}&action=reset_setting&name=max_slot_wal_keep_size`)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: Take max_slot_wal_keep_size out')
  expect(await shown('max_slot_wal_keep_size')).toBe('-1')
})

test('set setting: a synchronous name that does not stream is refused', async ({ page }) => {
  await open(page, `/replication/settings?target=${target}`)
  await page.getByRole('link', { name: 'Change synchronous_standby_names' }).click()
  await page.getByLabel('New value').fill('FIRST 1 (ghost')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Written as FIRST 1' })).toBeVisible()
  await expect(page.getByLabel('New value'), 'what was typed stays').toHaveValue('FIRST 1 (ghost')

  await page.getByLabel('New value').fill('FIRST 1 (ghost)')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  const plan = page.getByRole('region', { name: 'Set synchronous_standby_names' })
  await expect(plan.getByText('0 of the named standbys stream now; 1 are needed.')).toBeVisible()
  await expect(plan.getByText('Every commit would hang.')).toBeVisible()
  await expect(plan.getByRole('button', { name: 'Apply' })).toBeDisabled()
  expect(await shown('synchronous_standby_names')).toBe('')
})

test('set setting: what would keep the server from starting is refused, with the slots that are in the way', async ({
  page,
}) => {
  await server.run(`SELECT pg_create_logical_replication_slot('l1', 'pgoutput')`)
  await open(page, `/replication/settings?target=${target}`)
  await page.getByRole('link', { name: 'Change wal_level' }).click()
  await page.getByRole('radio', { name: 'replica' }).check()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  const plan = page.getByRole('region', { name: 'Set wal_level to replica' })
  await expect(plan.getByText('1 slot(s) need more: l1.')).toBeVisible()
  await expect(plan.getByText('the server would not start again')).toBeVisible()
  await expect(plan.getByRole('button', { name: 'Apply' })).toBeDisabled()

  await open(page, `/replication/settings?target=${target}&action=set_setting&name=max_replication_slots&value=0`)
  await expect(page.getByText('1 slot(s) exist: l1.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
})

const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })

const shown = async (name: string) =>
  (await server.run(`SELECT current_setting('${name}') AS value`)).rows[0].value as string

/** The server as a target of the console. */
async function added(page: Page): Promise<string> {
  const id = own('settings-lab', '-')
  const { host, port, user, password } = server
  await call(page, 'targets/add_target', { id, kind: 'postgresql', name: id, host, port, user, password, database: 'postgres' })
  return id
}
