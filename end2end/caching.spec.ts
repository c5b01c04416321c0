// The cache: a query stored, seen, given another time to live, expired; Redis and PostgreSQL are asked themselves.
import { call, expect, lastRecord, logIn, open, own, test, withWasm } from './fixtures.js'

const KEY = '/caching/key?target=cache'
const KEYS = '/caching/keys?target=cache'
const QUERIES = '/caching/query?target=cache'
const QUERY = 'SELECT id, name, price_krw FROM products ORDER BY id LIMIT 3'

test.beforeEach(async ({ page }) => logIn(page))

test('cache query: the textbook lines, from the query to the expiry', async ({ page, postgres, redis }) => {
  await redis.del('mydata')
  await open(page, QUERIES)
  await page.getByLabel('Database', { exact: true }).selectOption('Shop database')
  await page.getByLabel('Query', { exact: true }).fill(QUERY)
  await page.getByLabel('Store under the key').fill('mydata')
  await expect(page.getByLabel('Time to live')).toHaveValue('60')
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const plan = page.getByRole('region', { name: 'Cache the result of a query as mydata for 1 min' })
  await expect(plan.getByRole('figure', { name: 'psql' }).getByText(QUERY)).toBeVisible()
  await expect(plan.getByText(/^SET mydata .* PX 60000$/)).toBeVisible()
  await expect(plan.getByText('The key mydata is free.')).toBeVisible()
  expect(await redis.exists('mydata'), 'a plan changes nothing').toBe(0)
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page.getByRole('status')).toContainText('Done: ')
  const [value, ttl] = [await redis.get('mydata'), await redis.ttl('mydata')]
  expect(JSON.parse(value ?? '')).toEqual((await postgres.query(QUERY)).rows)
  expect(ttl).toBeLessThanOrEqual(60)
  expect(ttl).toBeGreaterThan(50)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.store_query', target: 'cache', outcome: 'Done' })

  await open(page, `${KEY}&key=mydata`)
  await expect(page.getByRole('heading', { name: 'mydata HIT' })).toBeVisible()
  const fact = (name: string) => page.locator('dl').filter({ hasText: 'Time left' }).locator(`dt:has-text("${name}") + dd`)
  await expect(fact('Time left')).toHaveText(/^(5\d s|1 min)/)
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
    await open(page, `${KEY}&key=${key}`)
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
  const answer = await call(page, 'caching/apply_key', { change, fingerprint: 'f', ticket: 'none' })
  expect(answer.status()).toBe(422)
  expect(await redis.exists(key)).toBe(1)
})

test('set TTL: refused when somebody else has changed it since the plan', async ({ page, redis }) => {
  const key = own('moved')
  await redis.set(key, 'kept', { EX: 5000 })
  await open(page, `${KEY}&action=set_ttl&ttl=10&key=${key}`)
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
  await open(page, `${KEY}&key=${key}`)
  await page.getByRole('link', { name: 'Never expire…' }).click()
  await expect(page.getByText(`PERSIST ${key}`, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect(await redis.ttl(key)).toBe(-1)
  await expect(page.getByRole('definition').filter({ hasText: 'never expires' })).toBeVisible()

  await page.getByRole('link', { name: /Before, it was to expire at .* UTC/ }).click()
  await expect(page.getByText(new RegExp(`^PEXPIREAT ${key} \\d+$`))).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect(await redis.ttl(key), 'as before').toBeGreaterThan(4900)
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
    await open(page, `${QUERIES}&${form}`)
    const field = page.getByLabel('Query', { exact: true })
    await expect(field, query).toHaveValue(query)
    await expect(field, query).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(new RegExp(`as JSON.*${rule}`))
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  expect(await count()).toEqual(before)
  expect(await redis.exists(key)).toBe(0)
})

test('keys: found in the tree, looked at, and given a time to live', async ({ page, redis }) => {
  const root = own('walk')
  for (let n = 0; n < 40; n++) await redis.set(`${root}:page:${n}`, 'a page', { EX: 5000 })
  for (let n = 0; n < 3; n++) await redis.set(`${root}:cart:${n}`, 'the value')
  await open(page, `${KEYS}&prefix=${root}:`)
  const branch = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'cart:', exact: true }) })
  await expect(branch).toContainText('100 %')
  await branch.getByRole('link', { name: 'cart:', exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`prefix=${root}%3Acart%3A`))
  await page.getByRole('link', { name: `${root}:cart:1` }).click()

  await expect(page.getByRole('heading', { name: `${root}:cart:1 HIT` })).toBeVisible()
  await expect(page.getByText('the value', { exact: true }).first()).toBeVisible()
  await page.getByLabel('Expires in').fill('1h')
  await page.getByRole('button', { name: 'Plan the TTL' }).click()
  await expect(page.getByText(`EXPIRE ${root}:cart:1 3600`, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  const ttls = await Promise.all([0, 1, 2].map((n) => redis.ttl(`${root}:cart:${n}`)))
  expect([ttls[0], ttls[2]]).toEqual([-1, -1])
  expect(ttls[1]).toBeGreaterThan(3500)
})

test('keys: filtered by the time left, and a key with odd signs in its name is found', async ({ page, redis }) => {
  const root = own('filter')
  const odd = `${root}:a b&c\\d`
  await redis.set(odd, 'odd', { EX: 30 })
  await redis.set(`${root}:ever`, 'kept')
  await open(page, KEYS)
  await page.getByLabel('Keys that begin with').fill(`${root}:`)
  await page.getByLabel('TTL', { exact: true }).selectOption('minute')
  await page.getByRole('button', { name: 'Search' }).click()
  const spelled = odd.replaceAll('\\', '\\\\')
  await expect(page.getByRole('table').getByRole('link', { name: spelled })).toBeVisible()
  await expect(page.getByRole('link', { name: `${root}:ever` })).toHaveCount(0)
  await page.getByRole('link', { name: spelled }).click()
  await expect(page.getByRole('heading', { name: `${spelled} HIT` })).toBeVisible()
  await page.getByRole('textbox', { name: 'Key', exact: true }).fill('no such key')
  await page.getByRole('button', { name: 'Look' }).click()
  await expect(page.getByRole('heading', { name: 'no such key MISS' })).toBeVisible()
})

test('edit: the value changes and the time to live stays; somebody who was faster is not overwritten', async ({ page, redis }) => {
  const key = own('edited')
  await redis.set(key, '{"a": 1}', { PX: 5_000_123 })
  const dies = await redis.pExpireTime(key)
  await open(page, `${KEY}&key=${key}`)
  await page.getByText('Edit the value').click()
  await page.getByLabel('New value').fill('{"a": 2}')
  await page.getByRole('button', { name: 'Plan the edit' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect([await redis.get(key), await redis.pExpireTime(key)]).toEqual(['{"a": 2}', dies])
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.set_value', outcome: 'Done' })

  await open(page, `${KEY}&key=${key}`)
  await page.getByText('Edit the value').click()
  await page.getByLabel('New value').fill('{"a": 3}')
  await redis.set(key, '{"theirs": 1}')
  await page.getByRole('button', { name: 'Plan the edit' }).click()
  await expect(page.getByText('Somebody else has changed the value since it was read.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  await expect(page.getByLabel('New value')).toHaveValue('{"a": 3}')
  expect(await redis.get(key)).toBe('{"theirs": 1}')
})

test('expire at: a moment that is past is blocked, and one to come is kept to the second', async ({ page, redis }) => {
  const key = own('moment')
  await redis.set(key, 'kept')
  await open(page, `${KEY}&action=expire_at&at=2001-01-01+00:00&key=${key}`)
  await expect(page.getByText('That moment is past')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  const then = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000)
  await page.getByLabel('Expires at').fill(then.toISOString().slice(0, 19))
  await page.getByRole('button', { name: 'Plan the moment' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect(await redis.pExpireTime(key)).toBe(then.getTime())
})

test('delete: only after the name was typed', async ({ page, redis }) => {
  const key = own('deleted')
  await redis.set(key, 'kept')
  await open(page, `${KEY}&key=${key}`)
  await page.getByRole('link', { name: 'Delete the key…' }).click()
  await expect(page.getByText(`UNLINK ${key}`, { exact: true })).toBeVisible()
  await page.getByLabel('Type the name to confirm').fill(key)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: ')
  expect(await redis.exists(key)).toBe(0)
})
