// Cached queries: the textbook's three lines; a name that is kept, run, measured, invalidated and deleted; what is refused.
import { call, expect, lastRecord, logIn, open, own, planForm, readRecord, test } from './fixtures.js'

const QUERY = 'SELECT id, name, price_krw FROM products ORDER BY id LIMIT 3'
const FORM = '/caching/query?target=cache'

test.beforeEach(async ({ page }) => logIn(page))

test('cached query: the textbook lines, from the query to the hit', async ({ page, postgres, redis }) => {
  const key = own('mydata')
  await redis.del(key)
  await open(page, '/caching/queries?target=cache')
  await page.getByRole('link', { name: 'Cache an SQL query…' }).click()
  await page.getByLabel('Database', { exact: true }).selectOption('Shop database')
  await page.getByLabel('Query', { exact: true }).fill(QUERY)
  await page.getByLabel('Store under the key').fill(key)
  await expect(page.getByLabel('Time to live')).toHaveValue('60')
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const plan = page.getByRole('region', { name: `Cache the result of a query as ${key} for 1 min` })
  await expect(plan.getByRole('figure', { name: 'psql' }).getByText(QUERY)).toBeVisible()
  await expect(plan.getByText(/^SET \S+ .* PX 60000$/)).toBeVisible()
  await expect(plan.getByText(`The key ${key} is free.`)).toBeVisible()
  expect(await redis.exists(key), 'a plan changes nothing').toBe(0)
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(JSON.parse((await redis.get(key)) ?? '')).toEqual((await postgres.query(QUERY)).rows)
  expect(await redis.pTTL(key)).toBeGreaterThan(50_000)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.store_query', target: 'cache', outcome: 'Done' })
  await expect(page.getByRole('heading', { name: `${key} HIT` })).toBeVisible()
  const fact = (name: string) => page.locator('dl').filter({ hasText: 'Time left' }).locator(`dt:has-text("${name}") + dd`)
  await expect(fact('From the cache')).toHaveText(/^\d+(\.\d\d)? ms$/)
  await expect(fact('From the database')).toHaveText(/^\d+(\.\d\d)? ms, when it was stored from pg-main$/)
  await expect(fact('Query')).toHaveText(QUERY)
})

test('cached query: kept by a name, run, measured, invalidated and deleted', async ({ page, redis }) => {
  const [name, key] = [own('top', '-'), own('top')]
  await redis.del(key)
  const form = new URLSearchParams({ action: 'save_query', source: 'pg-main', key, ttl: '60', name, query: QUERY })
  await open(page, `${FORM}&${form}`)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('heading', { name: `${name} MISS` })).toBeVisible()
  expect(await redis.exists(key), 'keeping stores nothing').toBe(0)

  const run = async () => (await call(page, 'caching/run_query', { name })).json()
  expect(await run()).toMatchObject({ name, state: 'MISS' })
  const again = await run()
  expect(again).toMatchObject({ name, state: 'HIT' })
  expect(again.rows).toHaveLength(3)
  expect(JSON.parse((await redis.get(key)) ?? '')).toEqual(again.rows)

  await open(page, '/caching/queries?target=cache')
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
  await expect(row).toContainText('HIT')
  await expect(row).toContainText('50.0 % of 2 runs')
  await row.getByRole('link', { name, exact: true }).click()
  await expect(page.getByText('Unknown: it was not measured yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Measure' }).click()
  await expect(page.getByRole('table', { name: /^Times, measured at/ }).getByRole('row')).toHaveCount(3)
  await expect(page.getByText(/^(Worth caching|Not worth caching): $/)).toBeVisible()

  await page.getByRole('link', { name: 'Invalidate…' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('heading', { name: `${name} MISS` })).toBeVisible()
  expect(await redis.exists(key)).toBe(0)
  await page.getByRole('link', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText(`Done: Forget the cached query ${name}`)
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0)
})

test('cached query: what is no time or no query is told at its field, and nothing typed is lost', async ({ page, redis, problems }) => {
  problems.expected.push(/422/)
  const key = own('never')
  for (const [name, typed, label, rule] of [
    ['ttl', '0', 'Time to live', /At least 1 second/],
    ['grace', '10', 'Grace', /needs a name/],
    ['query', 'DELETE FROM products', 'Query', /Only SELECT, WITH and VALUES/],
    ['query', 'SELECT no_such_column FROM products', 'Query', /SQLSTATE/],
  ] as const) {
    const form = new URLSearchParams({ action: 'store_query', source: 'pg-main', key, ttl: '60', query: QUERY })
    form.set(name, typed)
    await open(page, `${FORM}&${form}`)
    const field = page.getByLabel(label, { exact: true })
    await expect(field).toHaveAccessibleDescription(rule)
    await expect(field).toHaveValue(typed)
    await expect(page.getByLabel('Store under the key')).toHaveValue(key)
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  expect(await redis.exists(key)).toBe(0)
})

test('cached query: one that calls a volatile function is blocked, also when it is posted by hand', async ({ page, redis }) => {
  const key = own('written')
  const form = new URLSearchParams({ action: 'store_query', source: 'pg-main', key, ttl: '60', query: 'SELECT random()' })
  await open(page, `${FORM}&${form}`)
  await expect(page.getByText('It names volatile functions: random.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  const answer = await call(page, 'caching/apply_query', await planForm(page))
  expect((await readRecord(page, await answer.json())).report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await redis.exists(key)).toBe(0)
})
