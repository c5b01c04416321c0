// Django's cache in a table: seen with its findings, one entry's expiry and value changed, many extended, the dead purged.
import type pg from 'pg'
import { expect, lastRecord, logIn, open, own, test } from './fixtures.js'

/** `{'a': 1}` as Django stores it: the Base64 of a pickle. */
const VALUE = 'gAWVCgAAAAAAAAB9lIwBYZRLAXMu'

test.beforeEach(async ({ page }) => logIn(page))

/** A table as `createcachetable` makes it, with 300 dead and 200 living rows, and one that never expires. */
async function table(postgres: pg.Client, name: string) {
  await postgres.query(
    `CREATE TABLE ${name} (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)`,
  )
  await postgres.query(`CREATE INDEX ON ${name} (expires)`)
  await postgres.query(
    `INSERT INTO ${name} SELECT ':1:page:' || n, $1, date_trunc('second', now()) + CASE WHEN n <= 300
     THEN interval '-1 hour' ELSE interval '10 minutes' END FROM generate_series(1, 500) n`,
    [VALUE],
  )
  await postgres.query(`INSERT INTO ${name} VALUES (':1:mydata', $1, '9999-12-31 23:59:59+00')`, [VALUE])
  await postgres.query(`GRANT SELECT, UPDATE, DELETE ON ${name} TO outgrow`)
  await postgres.query(`ANALYZE ${name}`)
}

test('cache table: seen, one entry changed, many extended, the dead purged', async ({ page, postgres, problems }) => {
  problems.expected.push(/422/)
  const name = own('cache')
  await table(postgres, name)
  try {
    const number = async (where: string) =>
      Number((await postgres.query(`SELECT count(*) FROM ${name} WHERE ${where}`)).rows[0].count)
    const here = `/caching/table?target=pg-main&table=public.${name}`

    await open(page, '/caching/tables?target=pg-main')
    await page.getByRole('link', { name: `public.${name}` }).click()
    await expect(page.getByText('Of 501 rows, 300 have expired.')).toBeVisible()
    await expect(page.getByText('The table has 501 rows; MAX_ENTRIES is 300 unless the application sets it.')).toBeVisible()

    await page.getByRole('link', { name: ':1:mydata' }).click()
    await expect(page.getByText("{'a': 1}")).toBeVisible()
    await expect(page.getByText('pickle 5')).toBeVisible()
    await page.getByLabel('Expire in').fill('0')
    await page.getByRole('button', { name: 'Show the plan for its expiry' }).click()
    await expect(page.getByText('At least 1 second')).toBeVisible()
    await page.getByLabel('Expire in').fill('1h')
    await page.getByRole('button', { name: 'Show the plan for its expiry' }).click()
    expect(await number("expires > '9999-01-01'"), 'a plan changes nothing').toBe(1)
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status')).toContainText('Done: Let :1:mydata expire in 1 h')
    expect(await number("cache_key = ':1:mydata' AND expires < now() + interval '61 minutes'")).toBe(1)
    expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.set_entry_expiry', outcome: 'Done' })

    await open(page, `${here}&key=:1:mydata`)
    await page.getByLabel('Value as JSON').fill('{"a": [2, null]}')
    await page.getByRole('button', { name: 'Show the plan for the value' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status')).toContainText('Done: Change the value of :1:mydata')
    await expect(page.getByText("{'a': [2, None]}")).toBeVisible()

    await open(page, here)
    const extend = page.locator('#extend')
    await extend.getByLabel('Keys that begin with').fill(':1:page:')
    await extend.getByLabel('Live from now at least').fill('2h')
    await extend.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page.getByText('200 entries match.')).toBeVisible()
    await page.getByLabel('Type the name to confirm').fill(`public.${name}`)
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status')).toContainText('Done: Let 200 entries')
    expect(await number("expires > now() + interval '110 minutes'")).toBe(200)

    await open(page, here)
    await page.getByRole('link', { name: 'Delete expired rows…' }).first().click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status')).toContainText('Done: Delete 300 expired rows')
    expect(await number('true')).toBe(201)
  } finally {
    await postgres.query(`DROP TABLE ${name}`)
  }
})
