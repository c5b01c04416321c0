// TTL indexes: refused by their preview, lowered in stages, disarmed; what is left is counted past the console.
import type { MongoClient } from 'mongodb'
import { call, expect, lastRecord, logIn, open, own, readRecord, test } from './fixtures.js'

const LIST = '/caching/ttl-indexes?target=mongo'
const DAY = 86_400_000

const of = (mongo: MongoClient, name: string) => mongo.db('e2e').collection(name)

async function seconds(mongo: MongoClient, name: string): Promise<number | undefined> {
  const indexes = await of(mongo, name).indexes()
  return indexes.find(({ name }) => name === 'at_1')?.expireAfterSeconds
}

/** So many documents, spread over the last 30 days. */
async function fill(mongo: MongoClient, name: string, many: number) {
  await of(mongo, name).drop().catch(() => undefined)
  const now = Date.now()
  await of(mongo, name).insertMany(Array.from({ length: many }, (_, n) => ({ at: new Date(now - (n * 30 * DAY) / many), n })))
}

const page_of = (name: string, more = '') => `/caching/ttl-index?target=mongo&namespace=e2e.${name}&name=at_1${more}`

test.beforeEach(async ({ page }) => logIn(page))

test('create a TTL index: four clicks from the list to the index', async ({ page, mongo }) => {
  const name = own('ttl_new')
  await of(mongo, name).drop().catch(() => undefined)
  await of(mongo, name).insertOne({ at: new Date() })
  await open(page, '/caching')
  await page.getByRole('link', { name: 'TTL indexes' }).click()
  await page.getByLabel('Collection', { exact: true }).fill(`e2e.${name}`)
  await page.getByLabel('Field with the date').fill('at')
  await page.getByLabel('Seconds', { exact: true }).fill('7d')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  const typed = `db.getSiblingDB("e2e").getCollection("${name}").createIndex({ at: 1 }, { name: "at_1", expireAfterSeconds: 604800 })`
  await expect(page.getByText(typed, { exact: true })).toBeVisible()
  await expect(page.getByText('It deletes no document now.')).toBeVisible()
  expect(await seconds(mongo, name), 'a plan changes nothing').toBeUndefined()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await seconds(mongo, name)).toBe(604_800)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.create_ttl_index', target: 'mongo', outcome: 'Done' })
})

test('TTL index: refused by its preview, then lowered in stages, then disarmed', async ({ page, mongo }) => {
  test.setTimeout(180_000)
  const name = own('ttl')
  const MANY = 6_000
  await fill(mongo, name, MANY)
  await of(mongo, name).createIndex({ at: 1 }, { expireAfterSeconds: 90 * 86_400 })

  await open(page, page_of(name))
  await page.getByLabel('Seconds', { exact: true }).fill('7d')
  await page.getByRole('button', { name: 'Look what it would delete' }).click()
  const preview = page.locator('#preview')
  await expect(preview.getByRole('heading', { name: 'What would this delete?' })).toBeVisible()
  await expect(preview.getByText(/^4,(599|600)$/)).toBeVisible()
  await expect(preview.getByRole('row')).toHaveCount(31)

  await page.getByRole('button', { name: 'Plan to change it at once' }).click()
  const field = page.getByLabel(/Type the name to confirm/)
  const shown = await page.locator('label[for=typed] code').innerText()
  expect(Number(shown)).toBeGreaterThanOrEqual(4_599)
  // Another number than the one that is shown is no confirmation, also not of a script.
  const hidden = (field: string) => page.locator(`form[action$=apply_ttl_index] input[name=${field}]`).inputValue()
  const answer = await call(page, 'caching/apply_ttl_index', {
    change: await hidden('change'),
    fingerprint: await hidden('fingerprint'),
    ticket: await hidden('ticket'),
    typed: String(Number(shown) - 1),
  })
  expect((await readRecord(page, await answer.json())).entry.outcome).toBe('Refused')
  expect(await of(mongo, name).countDocuments()).toBe(MANY)
  await expect(field).toBeVisible()
  await page.getByRole('link', { name: 'Cancel' }).click()

  await page.getByLabel('Documents in one step, at most').fill('1000')
  await page.getByRole('button', { name: 'Plan to lower it in stages' }).click()
  const lines = page.locator('.commands pre', { hasText: 'expireAfterSeconds' })
  expect(await lines.count()).toBeGreaterThan(5)
  await page.getByLabel(/Type the name to confirm/).fill(await page.locator('label[for=typed] code').innerText())
  await page.getByRole('button', { name: 'Apply' }).click()
  const record = Number(new URL(page.url()).searchParams.get('record'))
  await expect(async () => expect((await readRecord(page, record)).entry.outcome).toBe('Done')).toPass({ timeout: 120_000 })
  const ran = (await readRecord(page, record)).report!.ran
  for (const step of ran) {
    const deleted = Number(/([\d,]+) documents deleted/.exec(step.answer.en)![1]!.replaceAll(',', ''))
    expect(deleted).toBeLessThanOrEqual(1000)
  }
  expect(await seconds(mongo, name)).toBe(604_800)
  expect(Math.abs((await of(mongo, name).countDocuments()) - 1_400)).toBeLessThanOrEqual(3)

  await open(page, page_of(name))
  await page.getByRole('link', { name: 'Disarm it…' }).click()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  expect(await seconds(mongo, name)).toBe(2_147_483_647)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'caching.disarm_index', outcome: 'Done' })
})

test('TTL index: what is no number of seconds is told at its field', async ({ page, mongo, problems }) => {
  problems.expected.push(/422/)
  const name = own('ttl_kept')
  await fill(mongo, name, 50)
  await of(mongo, name).createIndex({ at: 1 }, { expireAfterSeconds: 90 * 86_400 })
  for (const typed of ['abc', '-1', '1e400', '2147483648', '0']) {
    await open(page, page_of(name))
    const field = page.getByLabel('Seconds', { exact: true })
    await field.fill(typed)
    await page.getByRole('button', { name: 'Plan to change it at once' }).click()
    await expect(field).toHaveValue(typed)
    await expect(field).toHaveAccessibleDescription(/Whole seconds|At most|At least 1 second/)
    await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  }
  expect(await seconds(mongo, name)).toBe(90 * 86_400)
  expect(await of(mongo, name).countDocuments()).toBe(50)
})

test('TTL indexes: a hashed one is told to delete nothing', async ({ page, mongo }) => {
  const name = own('ttl_hashed')
  await of(mongo, name).drop().catch(() => undefined)
  await of(mongo, name).insertOne({ at: new Date(0) })
  await of(mongo, name).createIndex({ at: 'hashed' }, { expireAfterSeconds: 5 })
  await open(page, `${LIST}&database=e2e`)
  await expect(page.getByText(`e2e.${name} · at_hashed never deletes anything: a hashed index holds no dates.`)).toBeVisible()
  await expect(page.getByText('a router cannot tell of them: unknown', { exact: false })).toBeVisible()
})
