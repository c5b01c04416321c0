// Zones: what a zone did to data is seen on the shards themselves, past the router.
import { MongoClient } from 'mongodb'
import { databases, expect, lastRecord, logIn, open, own, test } from './fixtures.js'

const ZONES = '/sharding/zones?target=mongo'

/** Documents that a shard really has. */
async function onShard(shard: string, collection: string, filter: object): Promise<number> {
  const { host, shards } = databases().mongodb
  const client = await new MongoClient(`mongodb://${host}:${shards[shard]}/`, { directConnection: true }).connect()
  try {
    return await client.db('e2e').collection(collection).countDocuments(filter)
  } finally {
    await client.close()
  }
}

async function sharded(mongo: MongoClient, collection: string) {
  const namespace = `e2e.${collection}`
  await mongo.db('config').collection('tags').deleteMany({ ns: namespace })
  await mongo.db('e2e').collection(collection).drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: namespace, key: { region: 1 } })
  const many = Array.from({ length: 200 }, (_, n) => ({ region: n % 2 ? 'kr' : 'de', n }))
  await mongo.db('e2e').collection(collection).insertMany(many)
  return namespace
}

test.beforeEach(async ({ page }) => logIn(page))

test('zone: two ranges move the data of a collection to their shards', async ({ page, mongo }) => {
  test.setTimeout(150_000)
  const collection = own('zoned')
  const namespace = await sharded(mongo, collection)
  const [kr, de] = [own('KR'), own('DE')]
  for (const [shard, zone] of [['shard1', kr], ['shard2', de]] as const) {
    await mongo.db('admin').command({ removeShardFromZone: shard, zone })
    await open(page, ZONES)
    await page.getByLabel('Shard', { exact: true }).selectOption(shard)
    await page.getByLabel('Zone', { exact: true }).fill(zone)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page.getByText(`sh.addShardToZone("${shard}", "${zone}")`, { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status').first()).toContainText('Done: ')
    expect(await mongo.db('config').collection('shards').findOne({ _id: shard as never })).toMatchObject({
      tags: expect.arrayContaining([zone]),
    })
  }
  for (const [zone, min, max] of [[kr, '"kr"', '"l"'], [de, '"de"', '"e"']] as const) {
    await open(page, `${ZONES}&namespace=${namespace}`)
    await page.getByLabel('Zone', { exact: true }).selectOption(zone)
    await page.locator('#min-0').fill(min)
    await page.locator('#max-0').fill(max)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    const line = `sh.updateZoneKeyRange("${namespace}", { region: ${min} }, { region: ${max} }, "${zone}")`
    await expect(page.getByText(line, { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByRole('status').first()).toContainText('Done: ')
    expect((await lastRecord(page)).entry).toMatchObject({ word: 'sharding.set_zone_range', outcome: 'Done' })
  }
  await expect(page.getByRole('img', { name: /2 ranges and 3 gaps/ })).toBeVisible()
  await expect
    .poll(() => Promise.all([onShard('shard1', collection, { region: 'kr' }), onShard('shard2', collection, { region: 'de' })]), {
      timeout: 90_000,
    })
    .toEqual([100, 100])
  expect(await mongo.db('e2e').collection(collection).countDocuments()).toBe(200)
})

test('zone: a range that overlaps another is refused at the plan', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, own('overlap'))
  const zone = own('OVERLAP')
  await mongo.db('admin').command({ addShardToZone: 'shard1', zone })
  await mongo.db('admin').command({ updateZoneKeyRange: namespace, min: { region: 'a' }, max: { region: 'c' }, zone })
  const before = await mongo.db('config').collection('tags').find({ ns: namespace }).toArray()
  expect(before).toHaveLength(1)
  await open(page, `${ZONES}&namespace=${namespace}`)
  await page.getByLabel('Zone', { exact: true }).selectOption(zone)
  await page.locator('#min-0').fill('"b"')
  await page.getByLabel('Kind of region').last().selectOption('max')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText('These ranges would overlap')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  expect(await mongo.db('config').collection('tags').find({ ns: namespace }).toArray()).toEqual(before)
})

test('zone: a bound that cannot be read is told at its field, and stays', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, own('unread'))
  await open(page, `${ZONES}&namespace=${namespace}&action=set_zone_range&zone=x&min=ObjectId(&max=5`)
  await expect(page.locator('#min-0-error')).not.toBeEmpty()
  await expect(page.locator('#min-0')).toHaveValue('ObjectId(')
  await expect(page.locator('#max-0')).toHaveValue('5')
})

test('zone: what was typed stays on the way back from a plan', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, own('back'))
  const zone = own('BACK')
  await mongo.db('admin').command({ addShardToZone: 'shard1', zone })
  await open(page, `${ZONES}&namespace=${namespace}`)
  await page.getByLabel('Zone', { exact: true }).selectOption(zone)
  await page.locator('#min-0').fill('"b"')
  await page.getByLabel('Kind of region').last().selectOption('max')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByLabel('Zone', { exact: true })).toHaveValue(zone)
  await expect(page.locator('#min-0')).toHaveValue('"b"')
  await expect(page.getByLabel('Kind of region').last()).toHaveValue('max')
})

test('zone: a range that was set before its collection is sharded is removed', async ({ page, mongo }) => {
  const namespace = `e2e.${own('early')}`
  const zone = own('EARLY')
  const tags = mongo.db('config').collection('tags')
  await tags.deleteMany({ ns: namespace })
  await mongo.db('admin').command({ addShardToZone: 'shard1', zone })
  await mongo.db('admin').command({ updateZoneKeyRange: namespace, min: { region: 'a' }, max: { region: 'c' }, zone })
  await open(page, `${ZONES}&namespace=${namespace}`)
  await page.getByRole('link', { name: /^Remove…/ }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await tags.countDocuments({ ns: namespace })).toBe(0)
})

test('zone: a key that cannot be used is told at its field, and stays', async ({ page }) => {
  await open(page, `${ZONES}&namespace=e2e.${own('nokey')}&key=a,,b`)
  await expect(page.locator('#key-error')).not.toBeEmpty()
  await expect(page.locator('#key')).toHaveValue('a,,b')
})
