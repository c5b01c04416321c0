// Shards that come and go, and databases that move: what came of it is asked of the config server, and of the shards
// themselves. After each test the cluster has the two shards that it had.
import { type Page } from '@playwright/test'
import { type Document, MongoClient } from 'mongodb'
import { call, databases, expect, lastRecord, logIn, open, own, planForm, readRecord, test } from './fixtures.js'

const PAGE = '/sharding/shards?target=mongo'

interface Named extends Document {
  _id: string
}

const one = (client: MongoClient, collection: string, id: string) =>
  client.db('config').collection<Named>(collection).findOne({ _id: id })

/** Documents of a collection on one shard's own server. */
async function onShard(shard: string, database: string, collection: string): Promise<number> {
  const { host, shards } = databases().mongodb
  return onServer(`${host}:${shards[shard]}`, database, collection)
}

async function onServer(address: string, database: string, collection: string): Promise<number> {
  const client = await new MongoClient(`mongodb://${address}/`, { directConnection: true }).connect()
  const count = await client.db(database).collection(collection).countDocuments()
  await client.close()
  return count
}

const documents = (count: number) => Array.from({ length: count }, (_, n) => ({ k: n, text: 'x'.repeat(100) }))

/** Confirms the plan on this page; `name` is what has to be typed. */
async function apply(page: Page, name?: string) {
  if (name) await page.getByLabel(/^Type the name to confirm/).fill(name)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
}

/** Reloads until the draining of the shard says this. Balancing takes its rounds. */
async function says(page: Page, shard: string, text: string | RegExp) {
  await expect(async () => {
    await open(page, PAGE)
    await expect(page.getByRole('region', { name: `Draining ${shard}` })).toContainText(text, { timeout: 1_000 })
  }).toPass({ timeout: 90_000, intervals: [500] })
}

test.beforeEach(async ({ page }) => logIn(page))

test('add shard, then remove shard: a draining that is stuck says why, and goes on to its end', async ({
  page,
  mongo,
  config,
  spareShard,
}) => {
  test.setTimeout(240_000)
  const [spare, address] = spareShard.split('/') as [string, string]
  const [drained, home] = [own('drained'), own('at_home')]
  const settings = await one(config, 'settings', 'balancer')
  try {
    await open(page, PAGE)
    await page.getByLabel('Replica set', { exact: true }).fill(spareShard)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page.getByText(`sh.addShard("${spareShard}")`, { exact: true })).toBeVisible()
    await expect(page.getByText('Not known from here')).toBeVisible()
    expect(await one(config, 'shards', spare), 'a plan changes nothing').toBeNull()
    await apply(page)
    expect(await one(config, 'shards', spare)).toMatchObject({ host: spareShard })
    expect((await lastRecord(page)).entry).toMatchObject({ word: 'sharding.add_shard', outcome: 'Done' })

    await mongo.db('admin').command({ enableSharding: drained, primaryShard: 'shard1' })
    await mongo.db('admin').command({ shardCollection: `${drained}.items`, key: { k: 'hashed' } })
    await mongo.db(drained).collection('items').insertMany(documents(300))
    await mongo.db('admin').command({ enableSharding: home, primaryShard: spare })
    await mongo.db(home).collection('notes').insertMany(documents(40))
    expect(await onServer(address, drained, 'items')).toBeGreaterThan(0)
    await mongo.db('admin').command({ balancerStop: 1 })

    await open(page, PAGE)
    await page.getByRole('link', { name: `Drain and remove ${spare}` }).click()
    await expect(page.getByText('The balancer is off.')).toBeVisible()
    await apply(page, spare)
    expect(await one(config, 'shards', spare)).toMatchObject({ draining: true })
    const card = page.getByRole('region', { name: `Draining ${spare}` })
    await expect(card).toContainText('stuck')
    await expect(card.locator('strong').first()).toHaveText('The balancer is off: nothing moves.')
    await expect(card.getByRole('link', { name: 'Start the balancer…' }).first()).toHaveAttribute(
      'href',
      '/sharding/balancer?target=mongo&action=start_balancer',
    )

    await mongo.db('admin').command({ balancerStart: 1 })
    await says(page, spare, 'action needed')
    await card.getByRole('link', { name: `Move ${home} to` }).first().click()
    await expect(page.getByText('Collections that are not sharded will move (1)')).toBeVisible()
    await apply(page, home)
    expect((await one(config, 'databases', home))?.primary).not.toBe(spare)

    await says(page, spare, 'Nothing is left')
    await card.getByRole('link', { name: `Remove ${spare} for good…` }).click()
    await apply(page, spare)
    expect(await one(config, 'shards', spare)).toBeNull()
    expect(await mongo.db(drained).collection('items').countDocuments()).toBe(300)
    expect(await mongo.db(home).collection('notes').countDocuments()).toBe(40)
  } finally {
    await mongo.db(drained).dropDatabase()
    await mongo.db(home).dropDatabase()
    const kept = config.db('config').collection<Named>('settings')
    if (settings) await kept.replaceOne({ _id: 'balancer' }, settings, { upsert: true })
    else await kept.deleteOne({ _id: 'balancer' })
  }
})

test('add shard: what cannot be one is told at its field, and what was typed stays', async ({ page, config }) => {
  await open(page, PAGE)
  await page.getByLabel('Replica set', { exact: true }).fill('db1.example:27018')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByLabel('Replica set', { exact: true })).toHaveValue('db1.example:27018')
  await expect(page.getByText('A standalone server cannot be a shard.')).toBeVisible()

  const shard = await one(config, 'shards', 'shard1')
  await page.getByLabel('Replica set', { exact: true }).fill(shard?.host)
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText('There is a shard shard1 already')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
})

test('move primary: a database moves with its data, and a plan of before is refused', async ({ page, mongo, config }) => {
  const database = own('moving')
  await mongo.db(database).dropDatabase()
  await mongo.db('admin').command({ enableSharding: database, primaryShard: 'shard1' })
  await mongo.db(database).collection('carts').insertMany(documents(120))
  await open(page, PAGE)
  await page.getByLabel('Name contains').fill(database)
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByLabel(`Shard that ${database} is moved to`).selectOption('shard2')
  await page.getByRole('button', { name: `Move ${database}` }).click()
  await expect(page.getByText(`db.adminCommand({ movePrimary: "${database}", to: "shard2" })`, { exact: true })).toBeVisible()
  const before = await planForm(page)
  await apply(page, database)
  expect((await one(config, 'databases', database))?.primary).toBe('shard2')
  expect([await onShard('shard1', database, 'carts'), await onShard('shard2', database, 'carts')]).toEqual([0, 120])
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'sharding.move_primary', outcome: 'Done' })

  const answer = await call(page, 'sharding/apply_shards', { ...before, ticket: `${before.ticket}2`, typed: database })
  expect(answer.status()).toBe(200)
  const record = await readRecord(page, await answer.json())
  expect(record.entry).toMatchObject({ word: 'sharding.move_primary', outcome: 'Refused' })
  expect(record.report?.ran).toEqual([])
  await mongo.db(database).dropDatabase()
})
