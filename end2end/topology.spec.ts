// Topology, horizon board and failover readiness of the sandbox's pair, compared with what PostgreSQL itself says.
import type pg from 'pg'
import { expect, logIn, open, test } from './fixtures.js'

const TOPOLOGY = '/replication/topology?target=pg-main'
const BYTES = /^(–|-?[\d.]+ (B|KiB|MiB|GiB))$/

test.beforeEach(async ({ page }) => logIn(page))

test('topology: the standby stands under its primary, with its bytes in each stage', async ({ page, postgres }) => {
  await open(page, TOPOLOGY)
  const picture = page.getByRole('list', { name: 'Servers, each with those that stream from it' })
  const primary = picture.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Shop database' }) }).first()
  await expect(primary.getByRole('list').getByRole('link', { name: 'Shop standby' })).toBeVisible()
  await expect(primary.getByRole('list')).toContainText('slot standby1')

  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^standby1/ }) }).first()
  await expect(row.getByRole('cell').nth(0)).toHaveText('streaming')
  for (const stage of [1, 2, 3, 4, 5]) await expect(row.getByRole('cell').nth(stage)).toHaveText(BYTES)
  const { rows } = await postgres.query(`SELECT state, reply_time IS NOT NULL AS answered FROM pg_stat_replication
    WHERE application_name = 'standby1'`)
  expect(rows).toEqual([{ state: 'streaming', answered: true }])
  await expect(row.getByRole('cell').nth(7)).toHaveText(/ago$/)

  const own = page.getByRole('table', { name: 'Standbys that are targets of this console' }).getByRole('row').nth(1)
  await expect(own).toContainText('Shop standby')
  await expect(own).toContainText('Shop database')

  await picture.getByRole('link', { name: 'Shop standby' }).click()
  await expect(page).toHaveURL(/target=pg-standby/)
  await expect(picture.locator('[aria-current=true]')).toHaveText('Shop standby')
  await expect(page.getByText('Nobody streams from this server.')).toBeVisible()
})

test('topology: a frozen standby is red though its lag stands still, and green again afterwards', async ({ page, standby }) => {
  test.setTimeout(60_000)
  const receiver = async () => (await standby.query('SELECT pid FROM pg_stat_wal_receiver')).rows[0].pid as number
  await answerEvery(standby, '1s')
  const pid = await receiver()
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^standby1/ }) }).first()
  try {
    process.kill(pid, 'SIGSTOP')
    await expect(async () => {
      await open(page, TOPOLOGY)
      await expect(row.getByRole('cell').nth(0)).toHaveText(/^no answer for \d+ s/, { timeout: 500 })
    }).toPass({ timeout: 15_000 })
    await expect(row.getByRole('cell').nth(6)).toHaveText('not measured since')
    await expect(page.getByText(/standby1 has given Shop database no answer for \d+ s\./)).toBeVisible()
  } finally {
    process.kill(pid, 'SIGCONT')
    await standby.query('ALTER SYSTEM RESET wal_receiver_status_interval')
    await standby.query('SELECT pg_reload_conf()')
  }
  await expect(async () => {
    await open(page, TOPOLOGY)
    await expect(row.getByRole('cell').nth(0)).toHaveText('streaming', { timeout: 500 })
  }).toPass({ timeout: 15_000 })
})

test('horizon board: who holds the oldest transactions, and what to do about it', async ({ page, postgres }) => {
  await postgres.query(`BEGIN ISOLATION LEVEL REPEATABLE READ`)
  try {
    await postgres.query(`SELECT 'the yearly report', txid_current()`)
    const { rows } = await postgres.query('SELECT pg_backend_pid() AS pid')
    await open(page, '/replication/horizon?target=pg-main')
    const session = page.getByRole('row').filter({ hasText: `${rows[0].pid} ` })
    await expect(session).toContainText('idle in transaction')
    await expect(session, 'an administrator may see data').toContainText('SELECT pg_backend_pid() AS pid')
    await expect(session).toContainText(`SELECT pg_terminate_backend(${rows[0].pid})`)
  } finally {
    await postgres.query('ROLLBACK')
  }
  const slot = page.getByRole('row').filter({ hasText: 'forgotten_reporting' }).first()
  await expect(slot).toContainText('nobody reads it')
  await expect(slot.getByRole('link')).toHaveAttribute('href', '/replication/slot?target=pg-main&name=forgotten_reporting')
})

test('failover readiness: what becomes of each logical slot, and why', async ({ page, postgres }) => {
  const version = await majorOf(postgres)
  await open(page, '/replication/failover?target=pg-main')
  const slot = page.getByRole('row').filter({ hasText: 'forgotten_reporting' })
  await expect(slot.getByRole('cell').nth(0)).toHaveText('will be lost')
  const why = version < 17 ? `PostgreSQL ${version} does not copy logical slots` : 'not marked for failover'
  await expect(slot).toContainText(why)

  await open(page, '/replication/failover?target=pg-standby')
  await expect(page.getByRole('main').getByText('This is a standby.')).toBeVisible()
  await page.getByRole('main').locator('section').getByRole('link', { name: 'Shop database' }).click()
  await expect(page).toHaveURL(/target=pg-main/)
})

const majorOf = async (postgres: pg.Client) =>
  Math.floor(Number((await postgres.query(`SELECT current_setting('server_version_num') AS version`)).rows[0].version) / 10_000)

/** How often the standby answers; it takes a moment until it knows. */
async function answerEvery(standby: pg.Client, interval: string) {
  await standby.query(`ALTER SYSTEM SET wal_receiver_status_interval = '${interval}'`)
  await standby.query('SELECT pg_reload_conf()')
  await expect.poll(async () => (await standby.query('SHOW wal_receiver_status_interval')).rows[0].wal_receiver_status_interval).toBe(interval)
}
