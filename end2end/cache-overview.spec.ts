// A cache as a whole: what is wrong leads to where it is put right, and its numbers move while one looks.
import { expect, logIn, open, own, test, withWasm } from './fixtures.js'

const PAGE = '/caching?target=cache'

test.beforeEach(async ({ page }) => logIn(page))

test('cache overview: what is wrong stands first and leads to the fix', async ({ page }) => {
  await open(page, PAGE)
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('What stands out')
  await expect(page.getByText(/has no memory limit \(maxmemory 0\)/)).toBeVisible()
  // Sessions and carts beside Django's keys.
  const clear = page.getByRole('listitem').filter({ hasText: 'Database 0 holds keys of Django' })
  await expect(clear).toContainText('FLUSHDB')
  await clear.getByRole('link', { name: 'See the keys' }).click()
  await expect(page).toHaveURL(/\/caching\/keys\?target=cache/)
})

test('cache overview: keys without TTL are counted by prefix, each with the way to give them one', async ({ page }) => {
  await open(page, PAGE)
  const carts = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'cart:', exact: true }) })
  await expect(carts).toContainText('≈')
  const bulk = carts.getByRole('link', { name: 'Give them a TTL' })
  await expect(bulk).toHaveAttribute('href', '/caching/bulk?target=cache&pattern=cart%3A%2A&only=lasting')
  await carts.getByRole('link', { name: 'See them' }).click()
  await expect(page).toHaveURL('/caching/keys?target=cache&prefix=cart%3A&ttl=none')
})

test('cache overview: numbers move without a reload', async ({ page, redis }) => {
  await open(page, PAGE)
  const database = page.getByRole('row').filter({ hasText: 'looked at' })
  const keys = async () => Number((await database.getByRole('cell').first().innerText()).replaceAll(',', ''))
  const before = await keys()
  expect(before).toBeGreaterThan(20_000)
  const names = Array.from({ length: 1_000 }, (_, number) => `${own('grown')}:${number}`)
  try {
    await Promise.all(names.map((name) => redis.set(name, 'v', { EX: 600 })))
    await expect(async () => {
      if (!withWasm()) await page.reload()
      expect(await keys()).toBeGreaterThan(before + 500)
    }).toPass({ timeout: 15_000 })
  } finally {
    await redis.del(names)
  }
})

test('ttl advisor: says why it cannot know, and draws nothing then', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, '/caching/advisor?target=cache&prefix=cart:')
  await page.getByRole('button', { name: 'Measure' }).click()
  await expect(page).toHaveURL(/\/caching\/advisor\?target=cache/)
  await expect(async () => {
    if (!withWasm()) await page.reload()
    await expect(page.getByText('It cannot be known.')).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 90_000 })
  await expect(page.getByText(/have no TTL/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'Set it' })).toHaveCount(0)
})
