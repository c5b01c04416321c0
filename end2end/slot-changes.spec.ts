// What changes a slot beyond making and dropping one: what came of it is asked of PostgreSQL itself.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import pg from 'pg'
import { databases, expect, lastRecord, logIn, open, own, test } from './fixtures.js'

const TARGET = 'target=pg-main'
const cache = process.env.OUTGROW_CACHE || `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/outgrow`
const slotPage = (name: string) => `/replication/slot?${TARGET}&name=${name}`

const slot = async (postgres: pg.Client, name: string) =>
  (
    await postgres.query(
      `SELECT slot_type, plugin, database, active, restart_lsn::text, confirmed_flush_lsn::text
       FROM pg_replication_slots WHERE slot_name = $1`,
      [name],
    )
  ).rows[0]

const logical = (postgres: pg.Client, name: string) =>
  postgres.query(`SELECT pg_create_logical_replication_slot($1, 'test_decoding')`, [name])

const writeSome = async (postgres: pg.Client) =>
  postgres.query(`SELECT pg_logical_emit_message(true, 'e2e', repeat('x', 100000))`)

test.beforeEach(async ({ page, postgres }) => {
  // What a test that failed may have left.
  await postgres.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
     WHERE NOT active AND slot_name NOT IN ('standby1', 'forgotten_reporting')`,
  )
  await logIn(page)
})

test('evict slot: the consumer of an active slot is disconnected and the slot is gone', async ({ page, postgres }) => {
  const name = own('evicted')
  await postgres.query('SELECT pg_create_physical_replication_slot($1, true)', [name])
  const { host, port } = databases().postgresql
  // Not the superuser, whom the console's role may not disconnect.
  const [user, password] = [own('consumer'), 'not a secret']
  await postgres.query(`CREATE ROLE ${user} LOGIN REPLICATION PASSWORD '${password}'`)
  const folder = mkdtempSync(`${tmpdir()}/receivewal-`)
  const consumer = spawn(
    `${cache}/postgres-clients-18/bin/pg_receivewal`,
    ['--slot', name, '--directory', folder, '--host', host, '--port', `${port}`, '--username', user],
    { env: { ...process.env, PGPASSWORD: password, PGAPPNAME: 'archiver' }, stdio: 'ignore' },
  )
  try {
    await expect.poll(async () => (await slot(postgres, name))?.active, { timeout: 15_000 }).toBe(true)
    await open(page, slotPage(name))
    await expect(page.getByRole('region', { name: 'Drop', exact: true })).toContainText('Not now: In use now.')
    await page.getByRole('button', { name: 'Plan the eviction' }).click()
    const plan = page.getByRole('region', { name: `Evict the consumer of ${name}` })
    await expect(plan.getByText('Its user is a walsender')).toBeVisible()
    await expect(plan.getByText(`a.backend_type = 'walsender'`)).toBeVisible()
    await expect(plan.getByText('archiver')).toBeVisible()
    await plan.getByLabel(/^Type the name to confirm/).fill(name)
    await plan.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status').first()).toContainText('Done: Evict the consumer')
    expect(await slot(postgres, name)).toBeUndefined()
    expect((await lastRecord(page)).entry).toMatchObject({ word: 'replication.evict_slot', outcome: 'Done' })
  } finally {
    consumer.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
    await postgres.query(`DROP ROLE ${user}`)
  }
})

test('create logical slot: one that waits names its blocker, and stopping it leaves nothing', async ({ page, postgres }) => {
  const name = own('waits')
  const { host, port, user, password, database } = databases().postgresql
  const writer = new pg.Client({ host, port, user, password, database, application_name: 'nightly' })
  await writer.connect()
  try {
    await writer.query('BEGIN')
    await writer.query('SELECT txid_current()')
    const pid = (await writer.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
    await open(page, `/replication?${TARGET}`)
    await page.getByLabel('Logical').check()
    await page.getByLabel('Slot name').fill(name)
    await page.getByLabel('Database').selectOption(database)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    const plan = page.getByRole('region', { name: `Create the logical slot ${name}` })
    await expect(plan.getByText(`pid ${pid} nightly`)).toBeVisible()
    await plan.getByRole('button', { name: 'Apply' }).click()

    await expect(page.getByText(`It waits for a writing transaction to end: pid ${pid}`)).toBeVisible()
    expect((await slot(postgres, name)).active).toBe(true)
    await page.getByRole('button', { name: 'Stop it' }).click()
    await expect(async () => {
      await page.reload()
      await expect(page.getByText('Nothing is left of it on the server.')).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 15_000 })
    expect(await slot(postgres, name)).toBeUndefined()
  } finally {
    await writer.end()
  }
})

test('create logical slot: what was typed for it stays, and the rule stands at its field', async ({ page, problems }) => {
  problems.expected.push(/422/)
  await open(page, `/replication?${TARGET}`)
  await page.getByLabel('Logical').check()
  await expect(page.getByLabel('From now on')).toBeHidden()
  await page.getByLabel('Slot name').fill('reader')
  await page.getByLabel('Output plugin').fill('../evil')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByLabel('Output plugin')).toHaveAccessibleDescription(/“\/” is not allowed/)
  await expect(page.getByLabel('Output plugin')).toHaveValue('../evil')
  await expect(page.getByLabel('Slot name')).toHaveValue('reader')
  await expect(page.getByLabel('Logical')).toBeChecked()
})

test('copy slot: a second slot at the same place', async ({ page, postgres }) => {
  const name = own('original')
  await logical(postgres, name)
  await open(page, slotPage(name))
  await page.getByLabel('Name of the copy').fill(own('second'))
  await page.getByRole('button', { name: 'Plan the copy' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: Copy the slot')
  await expect(page).toHaveURL(new RegExp(`/replication/slot\\?.*name=${own('second')}`))
  expect(await slot(postgres, own('second'))).toEqual(await slot(postgres, name))

  // A name that cannot be is told at its field.
  await open(page, `${slotPage(name)}&action=copy_slot&copy=${name}`)
  await expect(page.getByLabel('Name of the copy')).toHaveAccessibleDescription(/another name/)
})

test('advance slot: what is skipped is said, and is gone for its consumer', async ({ page, postgres }) => {
  const name = own('advanced')
  await logical(postgres, name)
  await writeSome(postgres)
  await open(page, slotPage(name))
  await page.getByRole('button', { name: 'Plan the advance' }).click()
  const plan = page.getByRole('region', { name: `Advance the slot ${name}` })
  await expect(plan.getByText(/Its consumer never gets what lies between .*: \d+\.\d KiB/)).toBeVisible()
  await plan.getByLabel(/^Type the name to confirm/).fill(name)
  await plan.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: Advance the slot')
  const left = await postgres.query('SELECT count(*)::int AS n FROM pg_logical_slot_peek_changes($1, NULL, NULL)', [name])
  expect(left.rows[0].n).toBe(0)
})

test('peek slot: the next changes are shown only when asked for, and stay in the slot', async ({ page, postgres }) => {
  const name = own('peeked')
  await logical(postgres, name)
  await writeSome(postgres)
  await open(page, slotPage(name))
  await page.getByRole('link', { name: 'Peek…' }).click()
  await expect(page.getByRole('table')).toHaveCount(0)
  await page.getByRole('button', { name: 'Read them' }).click()
  await expect(page.getByRole('cell').filter({ hasText: 'message: transactional: 1 prefix: e2e' })).toBeVisible()
  const left = await postgres.query('SELECT count(*)::int AS n FROM pg_logical_slot_peek_changes($1, NULL, NULL)', [name])
  expect(left.rows[0].n).toBeGreaterThan(0)
  await open(page, '/audit')
  const row = page.getByRole('row').filter({ hasText: `Looked at the next changes of the slot ${name}` })
  await expect(row).toHaveCount(1)
  await expect(row).not.toContainText('e2e')
})

test('drop slot: refused when its consumer has read on since the plan', async ({ page, postgres }) => {
  const name = own('read_on')
  await logical(postgres, name)
  await open(page, slotPage(name))
  await page.getByRole('link', { name: 'Drop…' }).click()
  await page.getByLabel(/^Type the name to confirm/).fill(name)
  await writeSome(postgres)
  await postgres.query('SELECT count(*) FROM pg_logical_slot_get_changes($1, NULL, NULL)', [name])
  const now = await slot(postgres, name)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('alert').first()).toContainText('The world has moved since this plan was made')
  expect((await lastRecord(page)).report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await slot(postgres, name)).toEqual(now)
})
