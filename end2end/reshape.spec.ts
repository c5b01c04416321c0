// Changing how a collection is spread: what came of it is asked of the cluster's own catalogue, config.collections, and
// the documents are counted by a driver that knows nothing of the console.
import type { Page } from '@playwright/test'
import type { MongoClient, UUID } from 'mongodb'
import { expect, hydrated, lastRecord, logIn, open, own, readRecord, test } from './fixtures.js'

const DOCUMENTS = 600

interface Sharded {
  _id: string
  key: Record<string, unknown>
  uuid: UUID
}

const catalogue = (mongo: MongoClient, namespace: string) =>
  mongo.db('config').collection<Sharded>('collections').findOne({ _id: namespace })

const documents = (mongo: MongoClient, namespace: string) => {
  const [database = '', collection = ''] = namespace.split('.')
  return mongo.db(database).collection(collection)
}

/** A collection of documents that is sharded on `{ k: 1 }`, anew. */
async function sharded(mongo: MongoClient, name: string): Promise<string> {
  const namespace = `${own('reshape')}.${name}`
  const collection = documents(mongo, namespace)
  await collection.drop().catch(() => undefined)
  await mongo.db('admin').command({ shardCollection: namespace, key: { k: 1 } })
  await collection.insertMany(Array.from({ length: DOCUMENTS }, (_, k) => ({ k, s: `s${k % 150}` })))
  return namespace
}

const address = (namespace: string, more = '') =>
  `/sharding/reshape?target=mongo&namespace=${encodeURIComponent(namespace)}${more}`

/** The servers' least duration of a resharding, in milliseconds; it is the config server's that counts. */
const leastDuration = (config: MongoClient, millis: number) =>
  config.db('admin').command({ setParameter: 1, reshardingMinimumOperationDurationMillis: millis })

/** Confirms the plan on this page by the name of the collection. */
async function confirm(page: Page, namespace: string) {
  await page.getByLabel(/^Type the name to confirm/).fill(namespace)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page).toHaveURL(/[?&]record=\d+/)
}

/** Waits for the end of a record that still runs. */
async function ended(page: Page, id: number) {
  await expect
    .poll(async () => (await readRecord(page, id)).entry.outcome, { timeout: 60_000, intervals: [500] })
    .not.toBeNull()
  return readRecord(page, id)
}

test.describe.configure({ timeout: 90_000 })
test.beforeEach(async ({ page }) => logIn(page))

test('reshard collection: to a hashed key through the form, followed to its end with a reload in the middle', async ({
  page,
  mongo,
  config,
}) => {
  const namespace = await sharded(mongo, 'ends')
  const before = await catalogue(mongo, namespace)
  await leastDuration(config, 12_000)
  try {
    await open(page, address(namespace))
    await page.getByText('Reshard: copy all documents', { exact: false }).click()
    await page.getByLabel('New key').fill('s:hashed')
    await page.getByRole('button', { name: 'Plan the resharding' }).click()
    const plan = page.getByRole('region', { name: `Reshard ${namespace} to { s: "hashed" }` })
    await expect(plan.getByText(`sh.reshardCollection("${namespace}", { s: "hashed" }, false)`, { exact: true })).toBeVisible()
    await expect(plan.getByText('createIndex({ s: "hashed" }', { exact: false }).first()).toBeVisible()
    expect((await catalogue(mongo, namespace))?.key, 'a plan changes nothing').toEqual({ k: 1 })
    await confirm(page, namespace)
    const id = Number(new URL(page.url()).searchParams.get('record'))
    // What runs is told by the servers alone: also on a page that knows of no record.
    await open(page, address(namespace))
    const cockpit = page.getByRole('region', { name: `Resharding: ${namespace}` })
    await expect(cockpit).toBeVisible()
    await expect(cockpit.getByText('To { s: "hashed" }')).toBeVisible()
    await page.reload()
    await hydrated(page)
    await expect(cockpit.getByRole('table').first()).toContainText('shard')
    const record = await ended(page, id)
    expect(record.report?.outcome).toBe('Done')
  } finally {
    await leastDuration(config, 2_000)
  }
  const after = await catalogue(mongo, namespace)
  expect(after?.key).toEqual({ s: 'hashed' })
  expect(after?.uuid.toString()).not.toBe(before?.uuid.toString())
  expect(await documents(mongo, namespace).countDocuments()).toBe(DOCUMENTS)
  await page.reload()
  await expect(page.getByText('No resharding, move or unsharding is under way.')).toBeVisible()
})

test('abort reshard: with a reload in the middle, the old key and all documents stay', async ({ page, mongo, config }) => {
  const namespace = await sharded(mongo, 'aborted')
  await leastDuration(config, 120_000)
  try {
    await open(page, address(namespace, '&action=reshard_collection&key=s:hashed'))
    await confirm(page, namespace)
    const id = Number(new URL(page.url()).searchParams.get('record'))
    await page.reload()
    await hydrated(page)
    const cockpit = page.getByRole('region', { name: `Resharding: ${namespace}` })
    await expect(cockpit).toBeVisible()
    await cockpit.getByRole('link', { name: 'Abort…' }).click()
    await expect(page.getByText(`sh.abortReshardCollection("${namespace}")`, { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page).toHaveURL(/[?&]record=\d+/)
    const aborted = Number(new URL(page.url()).searchParams.get('record'))
    expect((await ended(page, aborted)).report?.outcome).toBe('Done')
    expect((await ended(page, id)).report?.outcome).toBe('Stopped')
  } finally {
    await leastDuration(config, 2_000)
  }
  expect((await catalogue(mongo, namespace))?.key).toEqual({ k: 1 })
  expect(await documents(mongo, namespace).countDocuments()).toBe(DOCUMENTS)
})

test('stop: what was begun here is stopped by its button, and the old key and all documents stay', async ({
  page,
  mongo,
  config,
}) => {
  const namespace = await sharded(mongo, 'stopped')
  await leastDuration(config, 120_000)
  try {
    await open(page, address(namespace, '&action=reshard_collection&key=s:hashed'))
    await confirm(page, namespace)
    const id = Number(new URL(page.url()).searchParams.get('record'))
    // Offered once the servers have told that it runs.
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('button', { name: 'Stop it' })).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 20_000 })
    await hydrated(page)
    await page.getByRole('button', { name: 'Stop it' }).click()
    expect((await ended(page, id)).report?.outcome).toBe('Stopped')
  } finally {
    await leastDuration(config, 2_000)
  }
  expect((await catalogue(mongo, namespace))?.key).toEqual({ k: 1 })
  expect(await documents(mongo, namespace).countDocuments()).toBe(DOCUMENTS)
})

test('refine key: a field is added at the end, and its index is built first', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, 'refined')
  await open(page, address(namespace))
  await page.getByText('Refine the key: add fields', { exact: false }).click()
  await expect(page.getByLabel('Refined key')).toHaveValue('k')
  await page.getByLabel('Refined key').fill('k, s')
  await page.getByRole('button', { name: 'Plan the refining' }).click()
  await confirm(page, namespace)
  const record = await lastRecord(page)
  expect((await ended(page, record.entry.id)).report?.outcome).toBe('Done')
  expect((await catalogue(mongo, namespace))?.key).toEqual({ k: 1, s: 1 })
})

test('refine key: what does not begin with the present key is refused before anything is sent', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, 'refused')
  await open(page, address(namespace, '&action=refine_key&key=s'))
  await expect(page.getByText('The new key does not begin with the present one')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  await open(page, address(namespace, '&action=refine_key&key=k,,s'))
  await expect(page.getByLabel('Refined key')).toHaveValue('k,,s')
  await expect(page.getByText("A field's name is missing.")).toBeVisible()
  expect((await catalogue(mongo, namespace))?.key).toEqual({ k: 1 })
})

test('drop collection: what is lost is told, and nothing of it is left in the catalogue', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, 'dropped')
  const uuid = (await catalogue(mongo, namespace))?.uuid
  await open(page, address(namespace, '&action=drop_collection'))
  await expect(page.getByText(`All ${DOCUMENTS} documents`, { exact: false })).toBeVisible()
  await confirm(page, namespace)
  const record = await lastRecord(page)
  expect((await ended(page, record.entry.id)).report?.outcome).toBe('Done')
  expect(await catalogue(mongo, namespace)).toBeNull()
  expect(await mongo.db('config').collection('chunks').countDocuments({ uuid })).toBe(0)
})

test('unshard collection: not offered on this version, with the reason', async ({ page, mongo }) => {
  const namespace = await sharded(mongo, 'stays')
  await open(page, address(namespace))
  const unshard = page.getByRole('group').filter({ hasText: 'Unshard: bring all documents' })
  await unshard.getByText('Unshard: bring all documents', { exact: false }).click()
  await expect(unshard.getByRole('button', { name: 'Plan the unsharding' })).toBeDisabled()
  await expect(unshard.getByText('Unsharding a collection needs MongoDB 8.0', { exact: false })).toBeVisible()
})

test('move collection: not offered on this version, with the reason', async ({ page, mongo }) => {
  const namespace = `${own('reshape')}.unsharded`
  await documents(mongo, namespace).insertOne({ k: 1 })
  await open(page, address(namespace))
  await page.getByText('Move to another shard').click()
  await expect(page.getByRole('button', { name: 'Plan the move' })).toBeDisabled()
  await expect(page.getByText('Moving a collection needs MongoDB 8.0', { exact: false })).toBeVisible()
})
