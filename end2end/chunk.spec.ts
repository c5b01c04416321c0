// One chunk: what was done to it is asked of config.chunks.
import { BSON, type MongoClient } from 'mongodb'
import { expect, lastRecord, logIn, open, own, test } from './fixtures.js'

const address = (namespace: string, a: unknown) => {
  const min = BSON.EJSON.stringify({ a }, { relaxed: false })
  return `/sharding/chunk?target=mongo&namespace=${namespace}&min=${encodeURIComponent(min)}`
}

/** Lower bounds above MinKey, with their shards. */
async function chunks(mongo: MongoClient, namespace: string): Promise<[number, string][]> {
  const of = await mongo.db('config').collection<{ _id: string; uuid: unknown }>('collections').findOne({ _id: namespace })
  const all = await mongo.db('config').collection('chunks').find({ uuid: of?.uuid }).sort({ min: 1 }).toArray()
  return all.slice(1).map(({ min, shard }) => [min.a, shard])
}

test.beforeEach(async ({ page }) => logIn(page))

test('split, move and merge: one chunk through its forms', async ({ page, mongo }) => {
  test.setTimeout(90_000)
  const collection = own('chunked')
  const namespace = `e2e.${collection}`
  await mongo.db('e2e').collection(collection).drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: namespace, key: { a: 1 } })
  const documents = mongo.db('e2e').collection(collection)
  await documents.insertMany(Array.from({ length: 300 }, (_, a) => ({ a })))
  await mongo.db('admin').command({ split: namespace, middle: { a: 100 } })
  const here = (await chunks(mongo, namespace))[0]?.[1] ?? ''
  const there = here === 'shard1' ? 'shard2' : 'shard1'

  await open(page, address(namespace, 100))
  await page.getByRole('link', { name: 'Measure it' }).click()
  await expect(page.getByText('200 documents, about')).toBeVisible()
  await page.getByRole('radio', { name: /^At a key/ }).check()
  await page.locator('#key-0').fill('200')
  await page.getByRole('button', { name: 'Show the plan: Split' }).click()
  await expect(page.getByText(`db.adminCommand({ split: "${namespace}", middle: { a: 200 } })`, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await chunks(mongo, namespace)).toEqual([[100, here], [200, here]])

  await open(page, address(namespace, 100))
  await page.getByLabel('To', { exact: true }).selectOption(there)
  await page.getByRole('button', { name: 'Show the plan: Move' }).click()
  await expect(page.getByText('The chunk holds 100 documents; up to')).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect.poll(() => chunks(mongo, namespace), { timeout: 30_000 }).toEqual([[100, there], [200, here]])
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'sharding.move_chunk' })

  // On different shards they cannot be merged, and the plan says so.
  await open(page, `${address(namespace, 100)}&action=merge_chunks&with=next`)
  await expect(page.getByText('The chunks are on different shards')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()

  await mongo.db('admin').command({ moveRange: namespace, min: { a: 200 }, toShard: there })
  await open(page, address(namespace, 100))
  await page.getByRole('radio', { name: 'With the one after' }).check()
  await page.getByRole('button', { name: 'Show the plan: Merge' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await chunks(mongo, namespace)).toEqual([[100, there]])
  expect(await documents.countDocuments()).toBe(300)
})

test('split: by hand at the lower bound is refused at the plan', async ({ page, mongo }) => {
  const namespace = `e2e.${own('unsplit')}`
  await mongo.db('e2e').collection(own('unsplit')).drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: namespace, key: { a: 1 } })
  await mongo.db('admin').command({ split: namespace, middle: { a: 5 } })
  await open(page, `${address(namespace, 5)}&action=split_chunk&how=key&key=5`)
  await expect(page.getByText('{ a: 5 } is the lower bound of the chunk already.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
})
