// The map of a collection's chunks, and what its moves became: compared with the catalogue and with the shards' own servers.
import { MinKey, MongoClient, type UUID } from 'mongodb'
import { databases, expect, logIn, open, own, test } from './fixtures.js'

interface Chunk {
  min: Record<string, unknown>
  shard: string
}

/** A collection in ten chunks over both shards, with documents in each. */
async function presplit(mongo: MongoClient, namespace: string) {
  const [database, collection] = namespace.split('.') as [string, string]
  const admin = mongo.db('admin')
  await mongo.db(database).collection(collection).drop().catch(() => undefined)
  await admin.command({ shardCollection: namespace, key: { user_id: 1 } })
  await mongo.db(database).collection(collection).insertMany(Array.from({ length: 200 }, (_, n) => ({ user_id: n * 5 })))
  for (let bound = 100; bound < 1000; bound += 100) await admin.command({ split: namespace, middle: { user_id: bound } })
  const [first] = await chunks(mongo, namespace)
  const other = first!.shard === 'shard1' ? 'shard2' : 'shard1'
  for (const bound of [300, 600]) {
    const bounds = [{ user_id: bound }, { user_id: bound + 100 }]
    await admin.command({ moveChunk: namespace, bounds, to: other, _waitForDelete: true })
  }
  return { first: first!.shard, other }
}

async function chunks(mongo: MongoClient, namespace: string): Promise<Chunk[]> {
  const config = mongo.db('config')
  const found = await config.collection<{ _id: string; uuid: UUID }>('collections').findOne({ _id: namespace })
  return config.collection<Chunk>('chunks').find({ uuid: found?.uuid }).sort({ min: 1 }).toArray()
}

/** The shards that have such a document, asked of their own servers. */
async function shardsWith(namespace: string, filter: object): Promise<string[]> {
  const [database, collection] = namespace.split('.') as [string, string]
  const { host, shards } = databases().mongodb
  const found: string[] = []
  for (const [name, port] of Object.entries(shards)) {
    const shard = await new MongoClient(`mongodb://${host}:${port}/`, { directConnection: true }).connect()
    if (await shard.db(database).collection(collection).findOne(filter)) found.push(name)
    await shard.close()
  }
  return found
}

const map = (namespace: string) => `/sharding/chunks?target=mongo&namespace=${namespace}`

test.beforeEach(async ({ page }) => logIn(page))

test('chunks: the map tells every chunk with its owner, and leads to a part and to one chunk', async ({ page, mongo }) => {
  const namespace = `e2e.${own('map')}`
  await presplit(mongo, namespace)
  await open(page, map(namespace))
  const table = page.getByRole('table', { name: 'The map in words: 10 chunks' })
  const rows = table.getByRole('row').filter({ has: page.getByRole('rowheader') })
  const all = await chunks(mongo, namespace)
  await expect(rows).toHaveCount(all.length)
  for (const [place, chunk] of all.entries()) {
    await expect(rows.nth(place)).toContainText(chunk.shard)
    const bound = chunk.min.user_id instanceof MinKey ? 'MinKey' : String(chunk.min.user_id)
    await expect(rows.nth(place).getByRole('rowheader')).toHaveText(new RegExp(`user_id: ${bound}`))
  }
  await expect(page.locator('.lanes')).toContainText('shard1')
  await expect(rows.nth(3).getByRole('link')).toHaveAttribute('href', /\/sharding\/chunk\?.*min=%7B%22user_id%22/)

  const bound = (value: number) => encodeURIComponent(`{"user_id":{"$numberInt":"${value}"}}`)
  await open(page, `${map(namespace)}&from=${bound(300)}&to=${bound(500)}`)
  await expect(page.getByText('Chunks 4 to 5 of 10')).toBeVisible()
  await page.getByRole('link', { name: 'Higher keys →' }).click()
  await expect(page.getByText('Chunks 6 to 7 of 10')).toBeVisible()
  await page.getByRole('navigation', { name: 'Parts of the map' }).getByRole('link', { name: 'All' }).click()
  await expect(page.getByText('All 10 chunks')).toBeVisible()
})

test('chunks: where a document lives is where its shard has it', async ({ page, mongo }) => {
  const namespace = `e2e.${own('where')}`
  await presplit(mongo, namespace)
  for (const user of [0, 305, 400, 695, 995]) {
    await open(page, map(namespace))
    await page.getByLabel('Its values of the shard key').fill(`{ user_id: ${user} }`)
    await page.getByRole('button', { name: 'Find its chunk' }).click()
    const [shard, ...more] = await shardsWith(namespace, { user_id: user })
    expect(more).toEqual([])
    await expect(page.locator('#where').getByRole('definition').first()).toHaveText(new RegExp(`^${shard}`))
    await expect(page.getByLabel('Its values of the shard key')).toHaveValue(`{ user_id: ${user} }`)
  }
  await page.getByLabel('Its values of the shard key').fill('{ user_id: [1] }')
  await page.getByRole('button', { name: 'Find its chunk' }).click()
  await expect(page.getByLabel('Its values of the shard key')).toHaveAccessibleDescription(/is an array/)
})

test('chunks: a document of a hashed key is found by a hash that the console computes', async ({ page, mongo }) => {
  const { customer_id } = (await mongo.db('shop').collection('orders').findOne({}, { sort: { _id: 1 } }))!
  await open(page, map('shop.orders'))
  await page.getByLabel('Its values of the shard key').fill(`{ customer_id: ${JSON.stringify(customer_id)} }`)
  await page.getByRole('button', { name: 'Find its chunk' }).click()
  const [shard] = await shardsWith('shop.orders', { customer_id })
  await expect(page.locator('#where').getByRole('definition').first()).toHaveText(new RegExp(`^${shard}`))
  await expect(page.locator('#where')).toContainText('Long("')
})

test('chunks: moves are told on the map and in the history, and one that cannot be is told with what to do', async ({ page, mongo }) => {
  const namespace = `e2e.${own('moves')}`
  const { first, other } = await presplit(mongo, namespace)
  await open(page, map(namespace))
  const moves = page.getByRole('table', { name: 'Moves, the newest first' })
  await expect(moves.getByRole('row').filter({ hasText: `${first} → ${other}` })).toHaveCount(2)
  await expect(moves).toContainText('moved')

  const admin = mongo.db('admin')
  const [database, collection] = namespace.split('.') as [string, string]
  const text = 'x'.repeat(8_000)
  const bulk = Array.from({ length: 1_000 }, () => ({ user_id: 50, text }))
  const config = mongo.db('config').collection<{ _id: string; value: number }>('settings')
  await config.updateOne({ _id: 'chunksize' }, { $set: { value: 1 } }, { upsert: true })
  try {
    await mongo.db(database).collection(collection).insertMany(bulk)
    const bounds = [{ user_id: new MinKey() }, { user_id: 100 }]
    await expect(admin.command({ moveChunk: namespace, bounds, to: other })).rejects.toMatchObject({ code: 153 })
  } finally {
    await config.deleteOne({ _id: 'chunksize' })
  }
  await open(page, `/sharding/history?target=mongo&namespace=${namespace}`)
  const failed = page.getByRole('listitem').filter({ hasText: `${first} → ${other}` })
  await expect(failed).toContainText('1 ×')
  await expect(failed).toContainText('too big to move')
  await expect(page.getByRole('table', { name: 'Moves, the newest first' })).toContainText('failed')
  await expect(page.getByRole('table', { name: 'Other changes, the newest first' })).toContainText('Chunk split')
})

test('chunks: what is not sharded, not there or no router is told', async ({ page, problems }) => {
  problems.expected.push(/422|404/)
  await open(page, map('shop.logs'))
  await expect(page.getByText('shop.logs is not sharded')).toBeVisible()
  await open(page, `${map('shop.orders')}&from=%7B`)
  await expect(page.getByRole('alert').first()).toBeVisible()
  await open(page, '/sharding/chunks?target=mongo')
  await page.getByLabel('Collection', { exact: true }).fill('shop.orders')
  await page.getByRole('button', { name: 'Show the map' }).click()
  await expect(page.getByRole('heading', { name: 'shop.orders' })).toBeVisible()
})

test('chunks: the last bound is told', async ({ page, mongo }) => {
  const namespace = `e2e.${own('ends')}`
  await mongo.db('e2e').collection(own('ends')).drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: namespace, key: { a: 1, b: 1 } })
  const [only] = await chunks(mongo, namespace)
  expect(only?.min).toEqual({ a: new MinKey(), b: new MinKey() })
  await open(page, map(namespace))
  await expect(page.getByText('The last one ends before { a: MaxKey, b: MaxKey }')).toBeVisible()
})
