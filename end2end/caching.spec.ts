// The cache: a query stored, seen, given another time to live, expired; Redis and PostgreSQL are asked themselves.
import type pg from 'pg'
import { call, expect, lastRecord, logIn, open, own, planForm, readRecord, test, withWasm } from './fixtures.js'

const PAGE = '/caching/keys?target=cache'
const QUERY = 'SELECT id, name, price_krw FROM products ORDER BY id LIMIT 3'

test.beforeEach(async ({ page }) => logIn(page))

test('cache query: the textbook lines, from the query to the expiry', async ({ page, postgres, redis }) => {
  await redis.del('mydata')
  await open(page, PAGE)
  await page.getByText('Cache the result of a query').click()
  await page.getByLabel('Database', { exact: true }).selectOption('Shop database')
  await page.getByLabel('Query').fill(QUERY)
  await page.getByLabel('Store under the key').fill('mydata')
  await expect(page.getByLabel('Time to live')).toHaveValue('60')
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const plan = page.getByRole('region', { name: 'Cache the result of a query as mydata for 1 min' })
  await expect(plan.getByRole('figure', { name: 'psql' }).getByText(QUERY)).toBeVisible()
  await expect(plan.getByText(/^SET mydata .* EX 60$/)).toBeVisible()
  await expect(plan.getByText('The key mydata is free.')).toBeVisible()
  expect(await redis.exists('mydata'), 'a plan changes nothing').toBe(0)
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page.getByRole('status')).toContainText('Done: ')
  const [value, ttl] = [await redis.get('mydata'), await redis.ttl('mydata')]
  expect(JSON.parse(value ?? '')).toEqual((await postgres.query(QUERY)).rows)
  expect(ttl).toBeLessThanOrEqual(60)
  expect(ttl).toBeGreaterThan(50)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.store_query', target: 'cache', outcome: 'Done' })

  await expect(page.getByRole('heading', { name: 'mydata HIT' })).toBeVisible()
  const fact = (name: string) => page.locator('dl').filter({ hasText: 'Time left' }).locator(`dt:has-text("${name}") + dd`)
  await expect(fact('Time left')).toHaveText(/^(5\d s|1 min)$/)
  await expect(fact('From the cache')).toHaveText(/^\d+(\.\d\d)? ms$/)
  await expect(fact('From the database')).toHaveText(/^\d+(\.\d\d)? ms, when it was stored from pg-main$/)
  await expect(fact('Query')).toHaveText(QUERY)

  await page.getByLabel('Expires in').fill('2')
  await page.getByRole('button', { name: 'Plan the TTL' }).click()
  await expect(page.getByText('EXPIRE mydata 2', { exact: true })).toBeVisible()
  expect(await redis.ttl('mydata')).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: Let mydata expire in 2 s')
  expect(await redis.pTTL('mydata')).toBeLessThanOrEqual(2000)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.set_ttl', outcome: 'Done' })

  const miss = page.getByRole('heading', { name: 'mydata MISS' })
  if (withWasm()) {
    await expect(miss).toBeVisible()
  } else {
    await expect(async () => {
      await page.reload()
      await expect(miss).toBeVisible({ timeout: 100 })
    }).toPass({ timeout: 10_000 })
  }
  await expect(page.getByText('expired, or never there')).toBeVisible()
  expect(await redis.exists('mydata')).toBe(0)
})

test('set TTL: what is no time to live is told at the field, and the key stays as it was', async ({ page, redis, problems }) => {
  problems.expected.push(/422/)
  const key = own('ttl')
  await redis.set(key, 'kept', { EX: 5000 })
  for (const [typed, rule] of [
    ['0', 'At least 1 second'],
    ['-1', 'Whole seconds'],
    ['abc', 'Whole seconds'],
    ['1.5', 'Whole seconds'],
    ['99999999999', 'At most 10 years'],
  ] as const) {
    await open(page, `${PAGE}&key=${key}`)
    const field = page.getByLabel('Expires in')
    await field.fill(typed)
    await page.getByRole('button', { name: 'Plan the TTL' }).click()
    await expect(page).toHaveURL(/action=set_ttl/)
    await expect(field).toHaveAccessibleDescription(new RegExp(rule))
    await expect(field).toHaveValue(typed)
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  expect(await redis.get(key)).toBe('kept')
  expect(await redis.ttl(key)).toBeGreaterThan(4900)

  // By hand as well: such a change is not even read.
  const change = JSON.stringify({ do: 'set_ttl', target: 'cache', key, ttl: 0 })
  const answer = await call(page, 'caching/apply_change', { change, fingerprint: 'f', ticket: 'none' })
  expect(answer.status()).toBe(422)
  expect(await redis.exists(key)).toBe(1)
})

test('set TTL: refused when somebody else has changed it since the plan', async ({ page, redis }) => {
  const key = own('moved')
  await redis.set(key, 'kept', { EX: 5000 })
  await open(page, `${PAGE}&action=set_ttl&ttl=10&key=${key}`)
  await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled()
  await redis.persist(key)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('alert').first()).toContainText('The world has moved')
  expect((await lastRecord(page)).report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await redis.ttl(key)).toBe(-1)
})

test('never expire: takes the time to live away', async ({ page, redis }) => {
  const key = own('forever')
  await redis.set(key, 'kept', { EX: 5000 })
  await open(page, `${PAGE}&key=${key}`)
  await page.getByRole('link', { name: 'Never expire…' }).click()
  await expect(page.getByText(`PERSIST ${key}`, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect(await redis.ttl(key)).toBe(-1)
  await expect(page.getByRole('definition').filter({ hasText: 'never expires' })).toBeVisible()
})

test('cache query: a time to live of nothing is told at the field, and the query stays', async ({ page, redis, problems }) => {
  problems.expected.push(/422/)
  for (const typed of ['0', '-1', 'abc']) {
    await open(page, PAGE)
    await page.getByText('Cache the result of a query').click()
    await page.getByLabel('Query').fill(`${QUERY} -- <b>"&`)
    await page.getByLabel('Store under the key').fill(own('never'))
    await page.getByLabel('Time to live').fill(typed)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page).toHaveURL(/action=store_query/)
    await expect(page.getByLabel('Time to live')).toHaveAccessibleDescription(/At least 1 second|Whole seconds/)
    await expect(page.getByLabel('Time to live')).toHaveValue(typed)
    await expect(page.getByLabel('Query')).toHaveValue(`${QUERY} -- <b>"&`)
    await expect(page.getByLabel('Store under the key')).toHaveValue(own('never'))
  }
  expect(await redis.exists(own('never'))).toBe(0)
})

test('cache query: one that calls nextval is blocked, also when it is posted by hand', async ({ page, postgres, redis }) => {
  const sequence = own('e2e_seq')
  await postgres.query(`CREATE SEQUENCE IF NOT EXISTS ${sequence}; GRANT ALL ON SEQUENCE ${sequence} TO outgrow`)
  const before = await standing(postgres, sequence)
  const form = new URLSearchParams({ action: 'store_query', source: 'pg-main', key: own('written'), ttl: '60' })
  form.set('query', `SELECT nextval('${sequence}')`)
  await open(page, `${PAGE}&${form}`)
  await expect(page.getByText('It names volatile functions: nextval.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  const answer = await call(page, 'caching/apply_change', await planForm(page))
  const record = await readRecord(page, await answer.json())
  expect(record.report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await standing(postgres, sequence)).toEqual(before)
  expect(await redis.exists(own('written'))).toBe(0)
})

test('cache query: one that writes is refused at the field, and nothing is written', async ({ page, postgres, redis }) => {
  const count = async () => (await postgres.query('SELECT count(*), sum(price_krw) FROM products')).rows
  const before = await count()
  const key = own('written')
  for (const [query, rule] of [
    ['DELETE FROM products', 'Only SELECT, WITH and VALUES'],
    ['SELECT 1; DELETE FROM products', '.'],
    ['WITH gone AS (DELETE FROM products RETURNING *) SELECT * FROM gone', '.'],
    ['SELECT * INTO stolen FROM products', '.'],
    ['SELECT 1) AS q; DELETE FROM products; SELECT * FROM (SELECT 1', '.'],
    ['SELECT no_such_column FROM products', '.'],
  ] as const) {
    const form = new URLSearchParams({ action: 'store_query', source: 'pg-main', key, ttl: '60', query })
    await open(page, `${PAGE}&${form}`)
    const field = page.getByLabel('Query')
    await expect(field, query).toHaveValue(query)
    await expect(field, query).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(new RegExp(`as JSON\\..*${rule}`))
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  expect(await count()).toEqual(before)
  expect(await redis.exists(key)).toBe(0)
})

test('keys: listed by their beginning, and looked at one by one', async ({ page, redis }) => {
  await redis.set(`${own('look')}:a b&c`, 'the value', { EX: 5000 })
  await open(page, PAGE)
  await page.getByLabel('Keys that begin with').fill(own('look'))
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/prefix=look/)
  // The search goes through the keys bit by bit.
  await expect(async () => {
    const more = page.getByRole('link', { name: 'Next' })
    if ((await page.getByRole('rowheader').count()) === 0 && (await more.count()) > 0) await more.click()
    await expect(page.getByRole('rowheader')).toHaveText([`${own('look')}:a b&c`], { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await page.getByRole('rowheader').getByRole('link').click()
  await expect(page.getByRole('heading', { name: `${own('look')}:a b&c HIT` })).toBeVisible()
  await expect(page.getByText('the value', { exact: true })).toBeVisible()
  await page.getByRole('textbox', { name: 'Key', exact: true }).fill('no such key')
  await page.getByRole('button', { name: 'Look' }).click()
  await expect(page.getByRole('heading', { name: 'no such key MISS' })).toBeVisible()
})

async function standing(postgres: pg.Client, sequence: string) {
  return (await postgres.query(`SELECT last_value, is_called FROM ${sequence}`)).rows[0]
}
