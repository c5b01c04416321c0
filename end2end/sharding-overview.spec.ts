// The cluster as a whole and one collection: what the pages tell is what the config server has.
import type { MongoClient } from 'mongodb'
import { expect, hydrated, logIn, open, own, test, withWasm } from './fixtures.js'

const PAGE = '/sharding?target=mongo'

interface Setting {
  _id: string
  [name: string]: unknown
}

const settings = (config: MongoClient) => config.db('config').collection<Setting>('settings')

test.beforeEach(async ({ page }) => logIn(page))

test('cluster: its shards, routers and config servers are those of the catalog', async ({ page, config }) => {
  await open(page, PAGE)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sharding')
  const shards = page.getByRole('table', { name: 'Shards of the cluster' })
  for (const { _id, host } of await config.db('config').collection<{ _id: string; host: string }>('shards').find().toArray()) {
    const row = shards.getByRole('row').filter({ hasText: _id })
    await expect(row).toContainText(host.split('/')[1] ?? host)
    await expect(row).toContainText('answers')
    await expect(row).toContainText('6.0.5')
  }
  const router = await config.db('config').collection<{ _id: string }>('mongos').findOne()
  await expect(page.getByRole('table', { name: /Routers/ })).toContainText(router?._id ?? 'none')
  await expect(page.getByText('a router does not tell it')).toBeVisible()
})

test('cluster: settings that kill the balancer stand first, within one refresh', async ({ page, mongo, config }) => {
  await settings(config).deleteOne({ _id: 'balancer' })
  await open(page, PAGE)
  const dead = page.getByRole('listitem').filter({ hasText: 'The balancer is dead' })
  await expect(dead).toHaveCount(0)
  try {
    await settings(config).updateOne(
      { _id: 'balancer' },
      { $set: { activeWindow: { start: '25:00', stop: '06:00' } } },
      { upsert: true },
    )
    expect((await mongo.db('admin').command({ balancerStatus: 1 })).mode, 'the server says that all is well').toBe('full')
    // Without WASM a page is as fresh as it was opened; the answer is shared for less than a second.
    if (!withWasm()) {
      await expect(async () => {
        await open(page, PAGE)
        await expect(dead).toHaveCount(1, { timeout: 100 })
      }).toPass({ timeout: 2_500 })
    }
    await expect(dead).toContainText('25:00', { timeout: 4_000 })
    await expect(page.getByRole('listitem').first()).toContainText('Now')
    await expect(dead.getByRole('link', { name: 'Repair the settings' })).toHaveAttribute('href', /^\/sharding\/balancer/)
  } finally {
    await settings(config).deleteOne({ _id: 'balancer' })
  }
})

test('collection: how it lies on the shards, and what can be done to it', async ({ page, mongo }) => {
  const name = own('spread')
  const collection = mongo.db('e2e').collection(name)
  await collection.drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: `e2e.${name}`, key: { k: 'hashed' } })
  await collection.insertMany(Array.from({ length: 1_000 }, (_, k) => ({ k, text: 'x'.repeat(200) })))
  await open(page, '/sharding/collections?target=mongo&search=e2e.')
  await page.getByRole('link', { name: `e2e.${name}`, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Collection e2e.${name}`)
  await hydrated(page)
  const spread = page.getByRole('table', { name: /What each shard has/ })
  const cells = await spread.getByRole('row').filter({ hasText: /shard[12]/ }).allTextContents()
  expect(cells).toHaveLength(2)
  const counts = await Promise.all(
    ['shard1', 'shard2'].map((shard) => spread.getByRole('row', { name: shard }).getByRole('cell').nth(1).textContent()),
  )
  expect(counts.reduce((sum, text) => sum + Number(text?.replace(',', '')), 0)).toBe(await collection.countDocuments())
  await expect(page.getByRole('row').filter({ hasText: 'k_hashed' })).toContainText('supports it')
  await expect(page.getByRole('link', { name: 'Chunk map' })).toHaveAttribute('href', new RegExp(`namespace=e2e\\.${name}`))
  // What 6.0 lacks is told, and not offered.
  await expect(page.getByRole('button', { name: 'Unshard' })).toBeDisabled()
  await expect(page.getByRole('listitem').filter({ hasText: 'Unsharding a collection' })).toContainText('8.0')
  await collection.drop()
})
