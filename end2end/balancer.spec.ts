// The balancer: its switch, its window, and settings that kill it, each seen in the config server afterwards.
import { type Page } from '@playwright/test'
import type { MongoClient } from 'mongodb'
import { expect, hydrated, lastRecord, logIn, open, test } from './fixtures.js'

interface Setting {
  _id: string
  stopped?: unknown
  activeWindow?: { start?: string; stop?: string }
  value?: unknown
}

const page_of = '/sharding/balancer?target=mongo'

// As the sandbox had it; each test begins with nothing set, which means on.
let before: Setting[] = []

test.beforeEach(async ({ page, config }) => {
  before = await ours(config).find({ _id: { $in: names } }).toArray()
  await ours(config).deleteMany({ _id: { $in: names } })
  await logIn(page)
})

test.afterEach(async ({ config }) => {
  await ours(config).deleteMany({ _id: { $in: names } })
  if (before.length > 0) await ours(config).insertMany(before)
})

test('stop the balancer in two clicks, and start it again', async ({ page, config }) => {
  const settings = ours(config)
  await open(page, page_of)
  await page.getByRole('link', { name: 'Stop the balancer…' }).click()
  await hydrated(page)
  await expect(page.getByText('sh.stopBalancer(60000)').first()).toBeVisible()
  await applied(page)
  expect((await settings.findOne({ _id: 'balancer' }))?.stopped).toBe(true)
  await shows(page, page.url(), 'Switched off')

  await page.getByRole('link', { name: 'Start the balancer…' }).first().click()
  await hydrated(page)
  await applied(page)
  expect((await settings.findOne({ _id: 'balancer' }))?.stopped).toBe(false)
  await shows(page, page.url(), 'It is balancing')
})

test('set the window, refused at the field when it is none, and remove it again', async ({ page, config }) => {
  const settings = ours(config)
  const plan = async (start: string, stop: string) => {
    await open(page, page_of)
    await page.getByLabel('Start', { exact: true }).fill(start)
    await page.getByLabel('Stop', { exact: true }).fill(stop)
    await page.getByRole('button', { name: 'Show the plan for the window' }).click()
    await hydrated(page)
  }
  for (const [start, stop, field, told] of [
    ['25:00', '06:00', 'start', 'from 00:00 to 23:59'],
    ['22:00', '', 'stop', 'from 00:00 to 23:59'],
    ['22:00', '22:00', 'stop', 'must differ'],
  ] as const) {
    await plan(start, stop)
    await expect(page.locator(`#${field}-error`)).toContainText(told)
    // Nothing typed is lost.
    await expect(page.getByLabel('Start', { exact: true })).toHaveValue(start)
    await expect(page.getByLabel('Stop', { exact: true })).toHaveValue(stop)
    expect(await settings.findOne({ _id: 'balancer' })).toBeNull()
  }
  await plan('22:00', '06:00')
  await applied(page)
  expect((await settings.findOne({ _id: 'balancer' }))?.activeWindow).toEqual({ start: '22:00', stop: '06:00' })
  await expect(page.getByText('22:00–06:00').first()).toBeVisible()

  await page.getByRole('link', { name: 'Remove the window…' }).click()
  await hydrated(page)
  await applied(page)
  expect((await settings.findOne({ _id: 'balancer' }))?.activeWindow).toBeUndefined()
})

test('set the chunk size, refused at the field when it is none', async ({ page, config }) => {
  const settings = ours(config)
  for (const wrong of ['0', '2048', 'many']) {
    await open(page, page_of)
    await page.getByLabel('Size in MiB').fill(wrong)
    await page.getByRole('button', { name: 'Show the plan for the size' }).click()
    await expect(page.locator('#mib-error')).toContainText('from 1 to 1024')
  }
  await open(page, page_of)
  await page.getByLabel('Size in MiB').fill('64')
  await page.getByRole('button', { name: 'Show the plan for the size' }).click()
  await hydrated(page)
  await applied(page)
  expect((await settings.findOne({ _id: 'chunksize' }))?.value).toBe(64)
})

test('malformed settings are told on the page, with a way out', async ({ page, config, mongo }) => {
  const settings = ours(config)
  await settings.insertOne({ _id: 'balancer', activeWindow: { start: '25:00', stop: '06:00' } })
  expect((await mongo.db('admin').command({ balancerStatus: 1 })).mode).toBe('full')
  await shows(page, page_of, 'Dead: every round is skipped')
  await expect(page.getByText('Balancing is dead: balancer.activeWindow.start is "25:00"').first()).toBeVisible()
  await page.getByRole('link', { name: 'Remove the window…' }).first().click()
  await hydrated(page)
  await applied(page)
  await shows(page, page.url(), 'It is balancing')
})

test('freeze and unfreeze a collection', async ({ page, config, mongo }) => {
  const name = 'balanced.frozen'
  await mongo.db('balanced').dropDatabase()
  await mongo.db('admin').command({ shardCollection: name, key: { k: 'hashed' } })
  const entry = () => config.db('config').collection<{ _id: string; permitMigrations?: boolean }>('collections').findOne({ _id: name })
  for (const [action, permitted] of [
    ['Freeze it…', false],
    ['Unfreeze it…', true],
  ] as const) {
    await open(page, `${page_of}&namespace=${name}`)
    await page.getByRole('link', { name: action, exact: true }).click()
    await hydrated(page)
    await applied(page)
    expect((await entry())?.permitMigrations ?? true).toBe(permitted)
  }
  await mongo.db('balanced').dropDatabase()
})

const names = ['balancer', 'chunksize']

function ours(config: MongoClient) {
  return config.db('config').collection<Setting>('settings')
}

/** Confirms the plan on this page, and waits for its end: stopping the balancer waits for what it moves. */
async function applied(page: Page) {
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(async () => {
    expect((await lastRecord(page)).report?.outcome).toBe('Done')
  }).toPass({ timeout: 20_000, intervals: [200] })
  // Once more, with what came of it.
  await open(page, page.url())
}

/** Opens a page until it shows this: what it tells is up to a second old, and without WASM stays as it was opened. */
async function shows(page: Page, path: string, text: string) {
  await expect(async () => {
    await open(page, path)
    await expect(page.getByText(text, { exact: true }).first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 10_000, intervals: [300] })
}
