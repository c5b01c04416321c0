// Sharding a collection: what came of it is asked of the cluster's own catalogue, config.collections and config.chunks.
import type { Collection, MongoClient, UUID } from 'mongodb'
import { call, expect, lastRecord, logIn, open, own, planForm, readRecord, test, withWasm } from './fixtures.js'

const LIST = '/sharding/collections?target=mongo'
const PAGE = '/sharding/shard?target=mongo'
const PLAN = `${PAGE}&action=shard_collection`

interface Sharded {
  _id: string
  key: Record<string, unknown>
  unique: boolean
  uuid: UUID
}

const catalogue = (mongo: MongoClient, namespace: string) =>
  mongo.db('config').collection<Sharded>('collections').findOne({ _id: namespace })

const chunks = async (mongo: MongoClient, namespace: string) => {
  const uuid = (await catalogue(mongo, namespace))?.uuid
  return uuid ? mongo.db('config').collection('chunks').find({ uuid }).toArray() : []
}

/** As the shell's drop(): nothing to do where there is nothing. */
const drop = (mongo: MongoClient, namespace: string) =>
  collectionOf(mongo, namespace)
    .drop()
    .catch((error: { codeName?: string }) => {
      if (error.codeName !== 'NamespaceNotFound') throw error
    })

const collectionOf = (mongo: MongoClient, namespace: string): Collection => {
  const [database, ...rest] = namespace.split('.')
  return mongo.db(database).collection(rest.join('.'))
}

/** A collection with documents that is not sharded. */
async function waiting(mongo: MongoClient, namespace: string) {
  const collection = collectionOf(mongo, namespace)
  await drop(mongo, namespace)
  await collection.insertMany(Array.from({ length: 500 }, (_, n) => ({ user_id: n % 100, region: n % 2 ? 'kr' : 'de' })))
}

test.beforeEach(async ({ page }) => logIn(page))

test('shard collection: the textbook collection on user_id, ranged, through the form', async ({ page, mongo }) => {
  // The seeded one is sharded once; without WASM another takes its place.
  const namespace = withWasm() ? 'mydatabase.mycollection' : 'mydatabase.plaincollection'
  if (!withWasm() || (await catalogue(mongo, namespace))) await waiting(mongo, namespace)
  const documents = await collectionOf(mongo, namespace).countDocuments()
  expect(documents).toBeGreaterThan(100)

  await open(page, PAGE)
  // What is seldom asked for is out of the way.
  await expect(page.getByLabel('First chunks', { exact: true })).toBeHidden()
  await page.getByLabel('Collection', { exact: true }).fill(namespace)
  await page.getByLabel('Shard key').fill('user_id')
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const plan = page.getByRole('region', { name: `Shard ${namespace} on { user_id: 1 } at Shop cluster` })
  await expect(plan.getByText(`sh.shardCollection("${namespace}", { user_id: 1 })`, { exact: true })).toBeVisible()
  const [database, collection] = namespace.split('.')
  const index = `db.getSiblingDB("${database}").getCollection("${collection}").createIndex({ user_id: 1 }, { name: "user_id_1" })`
  await expect(plan.getByText(index, { exact: true })).toBeVisible()
  await expect(plan.getByRole('heading', { name: 'Way back' })).toBeVisible()
  expect(await catalogue(mongo, namespace), 'a plan changes nothing').toBeNull()
  // It holds documents, so there is no cheap way back: the name is asked for.
  await plan.getByLabel(/^Type the name to confirm/).fill(namespace)
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page.getByRole('status').first()).toContainText('Done: ')
  // The record stands on the page of the collection, which shows what came of it.
  await expect(page).toHaveURL((url) => url.pathname === '/sharding/collection' && url.searchParams.get('namespace') === namespace)
  await expect(page.getByRole('heading', { name: `Collection ${namespace}`, exact: true })).toBeVisible()
  expect(await catalogue(mongo, namespace)).toMatchObject({ key: { user_id: 1 }, unique: false })
  expect((await chunks(mongo, namespace)).length).toBeGreaterThanOrEqual(1)
  expect(await collectionOf(mongo, namespace).countDocuments()).toBe(documents)
  const record = await lastRecord(page)
  expect(record.entry).toMatchObject({ word: 'sharding.shard_collection', target: 'mongo', outcome: 'Done' })
  expect(record.report?.ran.at(-1)?.command.typed).toBe(`sh.shardCollection("${namespace}", { user_id: 1 })`)
})

test('shard collection: hashed, into a collection that does not exist yet', async ({ page, mongo }) => {
  const namespace = `e2e.${own('hashed')}`
  await drop(mongo, `e2e.${own('hashed')}`)
  await open(page, PAGE)
  await page.getByLabel('Collection', { exact: true }).fill(namespace)
  await page.getByLabel('Shard key').fill('user_id')
  await page.getByRole('radio', { name: /^Hashed/ }).check()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText(`sh.shardCollection("${namespace}", { user_id: "hashed" })`, { exact: true })).toBeVisible()
  await expect(page.getByText(`There is no collection ${namespace} yet`)).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await catalogue(mongo, namespace)).toMatchObject({ key: { user_id: 'hashed' } })
  const shards = new Set((await chunks(mongo, namespace)).map(({ shard }) => shard))
  expect([...shards].sort()).toEqual(['shard1', 'shard2'])
})

test('shard collection: several fields and unique, as typed', async ({ page, mongo }) => {
  const namespace = `e2e.${own('compound')}`
  await drop(mongo, `e2e.${own('compound')}`)
  await open(page, PAGE)
  await page.getByLabel('Collection', { exact: true }).fill(`  ${namespace} `)
  await page.getByLabel('Shard key').fill('region, user_id')
  await page.getByRole('checkbox', { name: /^Unique/ }).check()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  const found = await catalogue(mongo, namespace)
  expect(found).toMatchObject({ key: { region: 1, user_id: 1 }, unique: true })
  expect(Object.keys(found?.key ?? {})).toEqual(['region', 'user_id'])
})

test('shard collection: wrong input is told at its field, and what was typed stays', async ({ page, mongo, problems }) => {
  problems.expected.push(/422/)
  for (const [collection, key, at, rule] of [
    ['e2e.wrong', '$where', 'Shard key', 'cannot begin with “\\$”'],
    ['e2e.wrong', 'a,,b', 'Shard key', 'name is missing'],
    ['e2e.wrong', 'a, a', 'Shard key', 'named twice'],
    ['admin.users', 'user_id', 'Collection', 'MongoDB.s own collections'],
    ['config.chunks', 'uuid', 'Collection', 'MongoDB.s own collections'],
    ['mycollection', 'user_id', 'Collection', 'Write database.collection'],
    ['e2e.$cmd', 'user_id', 'Collection', 'cannot contain “\\$”'],
  ] as const) {
    await open(page, PAGE)
    await page.getByLabel('Collection', { exact: true }).fill(collection)
    await page.getByLabel('Shard key').fill(key)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page).toHaveURL(/action=shard_collection/)
    const field = page.getByLabel(at, { exact: true })
    await expect(field, `${collection} on ${key}`).toHaveAccessibleDescription(new RegExp(rule))
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel('Collection', { exact: true })).toHaveValue(collection)
    await expect(page.getByLabel('Shard key')).toHaveValue(key)
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  await open(page, `${PLAN}&namespace=e2e.wrong&key=`)
  await expect(page.getByLabel('Shard key')).toHaveAccessibleDescription(/name is missing/)
  expect(await mongo.db('e2e').listCollections({ name: 'wrong' }).toArray()).toEqual([])
})

test('shard collection: one that is sharded already is blocked, also when it is posted by hand', async ({ page, mongo }) => {
  const namespace = `e2e.${own('already')}`
  await drop(mongo, `e2e.${own('already')}`)
  await mongo.db('admin').command({ shardCollection: namespace, key: { user_id: 1 } })
  const before = await catalogue(mongo, namespace)
  for (const [key, told] of [
    ['user_id', 'It is sharded on { user_id: 1 } already.'],
    ['region', 'It is sharded already, on { user_id: 1 }'],
  ] as const) {
    await open(page, `${PLAN}&namespace=${namespace}&key=${key}`)
    await expect(page.getByText(told)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
    const answer = await call(page, 'sharding/apply_change', await planForm(page))
    expect(answer.status()).toBe(200)
    const record = await readRecord(page, await answer.json())
    expect(record.entry).toMatchObject({ word: 'sharding.shard_collection', outcome: 'Refused' })
    expect(record.report?.ran).toEqual([])
  }
  expect(await catalogue(mongo, namespace)).toEqual(before)
})

test('shard collection: a form opened before somebody else replaced the collection is not planned to be sent', async ({ page, mongo }) => {
  const namespace = `e2e.${own('early')}`
  await waiting(mongo, namespace)
  await open(page, `${PAGE}&namespace=${namespace}`)
  await waiting(mongo, namespace)
  await page.getByLabel('Shard key').fill('user_id')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText(`${namespace} is no longer what you looked at`)).toBeVisible()
  await expect(page.getByText('Open the form anew.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  expect(await catalogue(mongo, namespace)).toBeNull()
})

test('shard collection: more options open by themselves where one is filled, and do what they say', async ({ page, mongo }) => {
  const namespace = `e2e.${own('chunky')}`
  await drop(mongo, namespace)
  await open(page, `${PAGE}&namespace=${namespace}&key=user_id&spread=hashed&chunks=10`)
  await expect(page.getByLabel('First chunks', { exact: true })).toHaveValue('10')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  const line = `sh.shardCollection("${namespace}", { user_id: "hashed" }, false, { numInitialChunks: 10 })`
  await expect(page.getByText(line, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await chunks(mongo, namespace)).toHaveLength(10)
})

test('shard collection: from the plan back to the form nothing that was filled is lost', async ({ page, mongo }) => {
  const namespace = `e2e.${own('backward')}`
  await drop(mongo, namespace)
  await open(page, `${PLAN}&namespace=${namespace}&key=user_id&spread=hashed&chunks=8`)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByLabel('Collection', { exact: true })).toHaveValue(namespace)
  await expect(page.getByLabel('Shard key')).toHaveValue('user_id')
  await expect(page.getByRole('radio', { name: /^Hashed/ })).toBeChecked()
  await expect(page.getByLabel('First chunks', { exact: true })).toHaveValue('8')
  await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  // The advisor is asked about the key as it would be spread.
  const advice = await page.getByRole('link', { name: 'Which key? Ask the advisor' }).getAttribute('href')
  expect(new URL(advice ?? '', page.url()).searchParams.get('key')).toBe('user_id:hashed')
})

test('shard collection: a time series is made and sharded', async ({ page, mongo }) => {
  const namespace = `e2e.${own('series')}`
  await drop(mongo, namespace)
  await open(page, `${PAGE}&namespace=${namespace}`)
  await page.getByText('More options', { exact: true }).click()
  await page.getByLabel('Time series: field of the time').fill('at')
  await page.getByLabel('Time series: field of the source').fill('sensor')
  await page.getByLabel('Shard key').fill('sensor.id')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  const [database, name] = namespace.split('.')
  expect(await catalogue(mongo, `${database}.system.buckets.${name}`)).toMatchObject({ key: { 'meta.id': 1 } })
})

test('shard collection: what the server would refuse is blocked with what to do, and the server does refuse it', async ({ page, mongo }) => {
  const documents = () => Array.from({ length: 60 }, (_, n) => ({ a: n, b: n % 5, c: n }))
  const name = (what: string) => own(`no_${what}`)
  const db = mongo.db('e2e')
  const fresh = async (what: string, rows: object[]) => {
    await drop(mongo, `e2e.${name(what)}`)
    if (rows.length) await db.collection(name(what)).insertMany(rows)
    return db.collection(name(what))
  }
  await (await fresh('unique', documents())).createIndex({ c: 1 }, { unique: true })
  await (await fresh('unique_a', documents())).createIndex({ a: 1 })
  await (await fresh('array', [{ a: [1, 2] }])).createIndex({ a: 1 })
  await fresh('capped', [])
  await db.createCollection(name('capped'), { capped: true, size: 4096 })
  await fresh('view', [])
  await db.createCollection(name('view'), { viewOn: 'x', pipeline: [] })
  await fresh('new', [])
  const cases: [string, string, string, string, object][] = [
    ['unique', 'key=a', 'does not begin with the key', 'Drop it, or choose a key', { key: { a: 1 } }],
    ['unique_a', 'key=a&unique=yes', 'but not unique', 'leave “unique” unticked', { key: { a: 1 }, unique: true }],
    ['array', 'key=a', 'an array in the key', 'Choose another key', { key: { a: 1 } }],
    ['capped', 'key=a', 'capped', 'Copy it to an ordinary collection', { key: { a: 1 } }],
    ['view', 'key=a', 'This is a view', 'Shard the collection that it looks at', { key: { a: 1 } }],
    ['new', 'key=a&spread=hashed&unique=yes', 'hashed key cannot be unique', 'or use ranges', { key: { a: 'hashed' }, unique: true }],
    ['new', 'key=a&chunks=4', 'no field is hashed', 'Hash a field', { key: { a: 1 }, numInitialChunks: 4 }],
    ['new', 'key=a&spread=hashed&chunks=99999', 'too many', 'Ask for fewer', { key: { a: 'hashed' }, numInitialChunks: 99999 }],
  ]
  for (const [what, query, told, advice, command] of cases) {
    const namespace = `e2e.${name(what)}`
    await open(page, `${PLAN}&namespace=${namespace}&${query}`)
    const check = page.getByRole('listitem').filter({ hasText: told }).filter({ hasText: 'Blocked' })
    await expect(check.first(), `${what}: ${told}`).toContainText(advice)
    await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
    // A missing index is not the fault here: the plan would build it.
    if (what === 'unique') await db.collection(name(what)).createIndex({ a: 1 })
    await expect(mongo.db('admin').command({ shardCollection: namespace, ...command }), what).rejects.toThrow()
    expect(await catalogue(mongo, namespace)).toBeNull()
  }
})

test('shard collection: refused when the collection is another one than the plan was made for', async ({ page, mongo }) => {
  const namespace = `e2e.${own('replaced')}`
  await waiting(mongo, namespace)
  await open(page, `${PLAN}&namespace=${namespace}&key=user_id`)
  await page.getByLabel(/^Type the name to confirm/).fill(namespace)
  await waiting(mongo, namespace)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('alert').first()).toContainText('Not sent')
  expect((await lastRecord(page)).report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await catalogue(mongo, namespace)).toBeNull()
  expect(await collectionOf(mongo, namespace).indexes()).toHaveLength(1)
})

test('shard collection: a change that was made up is not read', async ({ page, mongo }) => {
  await open(page, `${PLAN}&namespace=e2e.${own('made_up')}&key=user_id`)
  const form = await planForm(page)
  for (const [from, to] of [['e2e.', 'config.'], ['"user_id"', '"$where"'], ['"unique":', '"numInitialChunks":8000,"unique":']] as const) {
    const change = form.change.replace(from, to)
    expect(change).not.toBe(form.change)
    const answer = await call(page, 'sharding/apply_change', { ...form, change })
    expect(answer.status()).toBe(422)
  }
  expect(await mongo.db('e2e').listCollections({ name: own('made_up') }).toArray()).toEqual([])
})

test('collections: searched by name, with how each is spread', async ({ page }) => {
  // The bytes of a cluster are read in the background, and its pages do not wait for them.
  await expect(async () => {
    await open(page, `${LIST}&search=orders`)
    const orders = page.getByRole('row').filter({ hasText: 'shop.orders' })
    await expect(orders).toContainText('{ customer_id: "hashed" }')
    await expect(orders).toContainText(/shard1 \d+ · shard2 \d+/)
    await expect(orders).toContainText('10,000', { timeout: 500 })
    await expect(orders).toContainText('even', { timeout: 500 })
  }).toPass()
  await page.getByLabel('Name contains').fill('shop.')
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/search=shop\./)
  await expect(page.getByRole('rowheader')).toHaveText(['shop.logs', 'shop.orders', 'shop.sessions'])
})

test('collections: the address chooses which are shown and how they are sorted', async ({ page }) => {
  await open(page, `${LIST}&search=shop.`)
  await page.getByLabel('Show', { exact: true }).selectOption('sharded')
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/sharded=yes/)
  await expect(page.getByRole('rowheader')).toHaveText(['shop.orders'])
  await open(page, `${LIST}&search=shop.&sharded=no&order=desc`)
  await expect(page.getByRole('rowheader')).toHaveText(['shop.sessions', 'shop.logs'])
  await open(page, `${LIST}&search=shop.&sort=sharded`)
  await expect(page.getByRole('rowheader')).toHaveText(['shop.orders', 'shop.logs', 'shop.sessions'])
  await expect(page.getByLabel('Sort by')).toHaveValue('sharded')
})
