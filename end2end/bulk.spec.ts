// Many keys at once: a prefix is given times to live and one half is taken back; a policy is set and its keys are brought
// into line. Redis is asked itself.
import { expect, lastRecord, logIn, open, own, test } from './fixtures.js'

test.beforeEach(async ({ page }) => logIn(page))

test('a prefix is given times to live, and one half is taken back', async ({ page, redis }) => {
  const prefix = own('bulk', ':')
  const names = [...Array(400).keys()].map((place) => `${prefix}:${place % 2 ? 'odd' : 'even'}:${place}`)
  await Promise.all(names.map((name) => redis.set(name, 'v', { EX: 50_000 })))
  await redis.set(`${prefix}:lasting`, 'v')
  const before = await Promise.all(names.map((name) => redis.pExpireTime(name)))

  await open(page, '/caching/bulk?target=cache')
  await page.getByLabel('Pattern', { exact: true }).fill(`${prefix}:*`)
  await page.getByLabel('Time to live', { exact: true }).fill('0')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText('At least 1 second: 0 would delete the key.')).toBeVisible()
  await expect(page.getByLabel('Pattern', { exact: true })).toHaveValue(`${prefix}:*`)

  await page.getByLabel('Time to live', { exact: true }).fill('2h')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  const plan = page.getByRole('region', { name: /a TTL of 2 h/ })
  await expect(plan.getByText('401 keys match now: 400 with a TTL, 1 without.')).toBeVisible()
  await expect(plan.getByText(/redis-cli --scan --pattern/)).toBeVisible()
  expect(await Promise.all(names.map((name) => redis.pExpireTime(name))), 'a plan changes nothing').toEqual(before)
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page).toHaveURL(/\/caching\/bulk\/job\?/)
  await expect(page.getByRole('status').first()).toContainText('401 keys matched: 400 changed, 1 refused by the condition')
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.bulk_ttl', target: 'cache', outcome: 'Done' })
  const left = await Promise.all(names.map((name) => redis.ttl(name)))
  expect(Math.min(...left)).toBeGreaterThan(6_400)
  expect(Math.max(...left)).toBeLessThanOrEqual(7_920)
  expect(await redis.ttl(`${prefix}:lasting`)).toBe(-1)

  // Somebody else changes one of those that are taken back.
  await redis.expire(`${prefix}:even:0`, 77)
  await page.getByLabel('Only keys like').fill(`${prefix}:even:*`)
  await page.getByRole('button', { name: 'Plan the undo' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('199 of 200 keys have their former expiry again; 1 do not have the expiry that the job set')
  const after = await Promise.all(names.map((name) => redis.pExpireTime(name)))
  for (const [place, at] of after.entries()) {
    if (place === 0) expect(await redis.ttl(names[place] ?? '')).toBeLessThanOrEqual(77)
    else if (place % 2) expect(at, names[place]).not.toBe(before[place])
    else expect(at, names[place]).toBe(before[place])
  }
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.undo_bulk', outcome: 'Done' })
  await redis.del([...names, `${prefix}:lasting`])
})

test('sessions are changed only by who types that they are meant', async ({ page, redis }) => {
  const prefix = `session:${own('bulk')}`
  await redis.set(`${prefix}:1`, 'v', { EX: 50_000 })
  await open(page, `/caching/bulk?target=cache&action=bulk_ttl&ttl=1h&pattern=${encodeURIComponent(`${prefix}:*`)}`)
  await expect(page.getByText('Names that look like sessions match.')).toBeVisible()
  const typed = page.getByLabel(/Type the name to confirm/)
  await typed.fill(`sessions ${prefix}:*`)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('1 changed')
  await redis.del(`${prefix}:1`)
})

test('a policy shows what breaks it and brings it into line', async ({ page, redis }) => {
  const prefix = `${own('policy', ':')}:`
  await Promise.all([1, 2, 3].map((place) => redis.set(`${prefix}${place}`, 'v')))
  await open(page, '/caching/policies?target=cache')
  await page.getByLabel('Keys that begin with').fill(prefix)
  await page.getByLabel('Time to live', { exact: true }).fill('1h')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  const row = page.getByRole('row').filter({ hasText: prefix })
  await expect(row.getByRole('cell').nth(2)).toHaveText('3')
  await row.getByRole('link', { name: 'Bring into line…' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('3 changed')
  expect(await redis.ttl(`${prefix}1`)).toBeGreaterThan(3_000)
  await open(page, '/caching/policies?target=cache')
  await expect(row.getByRole('cell').nth(2)).toHaveText('0')
  await row.getByRole('link', { name: 'Remove…' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText('No policy has been set yet.')).toBeVisible()
  await redis.del([1, 2, 3].map((place) => `${prefix}${place}`))
})
