// The shard-key advisor: its figures against documents whose truth is known, and the walk from its advice to a sharded
// collection, seen in the cluster's own catalogue.
import type { MongoClient } from 'mongodb'
import { call, expect, logIn, open, own, test } from './fixtures.js'

const PAGE = '/sharding/advisor?target=mongo'

const card = (page: import('@playwright/test').Page, key: string) => page.getByRole('article', { name: key, exact: true })

/** 8,000 documents: `tenant` has 40 values, `kind` one, `step` grows, `customer` is spread, `tags` has an array. */
async function known(mongo: MongoClient, name: string) {
  const collection = mongo.db('e2e').collection(name)
  await collection.drop().catch(() => {})
  // A fixed sequence that looks random.
  let state = 2463534242
  const random = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const documents = Array.from({ length: 8000 }, (_, step) => ({
    tenant: random() % 40,
    kind: 'Visible Secret',
    step,
    customer: random(),
    tags: step === 7999 ? [1, 2] : step,
  }))
  await collection.insertMany(documents)
  await collection.createIndex({ tenant: 1, customer: 1 })
  return `e2e.${name}`
}

test.beforeEach(async ({ page }) => logIn(page))

test('advisor: from its advice to a sharded collection', async ({ page, mongo }) => {
  const namespace = await known(mongo, own('advised'))
  await open(page, PAGE)
  await page.getByLabel('Collection', { exact: true }).fill(namespace)
  await page.getByRole('button', { name: 'Suggest keys' }).click()
  await page.getByRole('checkbox', { name: /^tenant,customer/ }).check()
  await page.getByRole('checkbox', { name: /^kind/ }).check()
  await page.getByRole('checkbox', { name: /^step/ }).check()
  await page.getByLabel('Own key').fill('tags')
  await page.getByRole('button', { name: 'Compare these keys' }).click()

  await expect(page.getByRole('heading', { name: `4 keys for ${namespace}, the best first` })).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(4)
  await expect(page.getByRole('article').first()).toHaveAccessibleName('{ tenant: 1, customer: 1 }')
  await expect(card(page, '{ tenant: 1, customer: 1 }')).toContainText('Good')
  await expect(card(page, '{ kind: 1 }')).toContainText('Different values: 1 only')
  await expect(card(page, '{ step: 1 }')).toContainText('step grows with every new document')
  await expect(card(page, '{ tags: 1 }')).toContainText('Not possible')
  await expect(card(page, '{ tags: 1 }').getByRole('link', { name: /^Shard on/ })).toHaveCount(0)
  await expect(card(page, '{ step: 1 }')).toContainText('not measured')
  await expect(page.getByText('Visible Secret')).toHaveCount(0)

  await card(page, '{ tenant: 1, customer: 1 }').getByRole('link', { name: 'Shard on { tenant: 1, customer: 1 }' }).click()
  await expect(page.getByLabel('Collection', { exact: true })).toHaveValue(namespace)
  await expect(page.getByLabel('Shard key')).toHaveValue('tenant,customer')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByLabel(/^Type the name to confirm/).fill(namespace)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status').first()).toContainText('Done: ')
  const found = await mongo.db('config').collection<{ _id: string; key: object }>('collections').findOne({ _id: namespace })
  expect(Object.entries(found?.key ?? {})).toEqual([['tenant', 1], ['customer', 1]])
})

test('advisor: keys that were ticked for one collection are not asked of another', async ({ page, mongo }) => {
  const one = await known(mongo, own('ticked'))
  const other = await known(mongo, own('unticked'))
  await open(page, `${PAGE}&namespace=${one}`)
  await page.getByRole('checkbox', { name: /^tenant,customer/ }).check()
  await page.getByLabel('Collection', { exact: true }).fill(other)
  await page.getByLabel('Own key').fill('step')
  await page.getByRole('button', { name: 'Compare these keys' }).click()
  await expect(page.getByRole('heading', { name: `1 keys for ${other}, the best first` })).toBeVisible()
  await expect(card(page, '{ step: 1 }')).toBeVisible()
  await expect(page.getByRole('checkbox', { name: /^tenant,customer/ })).not.toBeChecked()
})

test('advisor: a measurement is kept, and made anew when asked for', async ({ page, mongo }) => {
  const namespace = await known(mongo, own('kept'))
  await open(page, `${PAGE}&namespace=${namespace}&key=tenant`)
  await expect(card(page, '{ tenant: 1 }').getByText('40', { exact: true })).toBeVisible()
  await mongo.db('e2e').collection(own('kept')).insertMany(Array.from({ length: 50 }, (_, n) => ({ tenant: 1000 + n, customer: n })))
  await page.reload()
  await expect(card(page, '{ tenant: 1 }').getByText('40', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Measure again' }).click()
  await expect(card(page, '{ tenant: 1 }').getByText('90', { exact: true })).toBeVisible()
})

test('advisor: the most frequent values, for who may change the cluster', async ({ page, mongo }) => {
  const namespace = await known(mongo, own('values'))
  await open(page, `${PAGE}&namespace=${namespace}&key=kind`)
  await page.getByRole('link', { name: 'Most frequent values of { kind: 1 }' }).click()
  await expect(page.getByRole('table')).toContainText('{ kind: "Visible Secret" }')
  await expect(page.getByRole('table')).toContainText('100.0 %')
})

test('advisor: what is wrong is told at its field, and sampling is explained where the cluster lacks it', async ({ page, mongo, problems }) => {
  problems.expected.push(/4\d\d/)
  const namespace = await known(mongo, own('wrong'))
  await open(page, `${PAGE}&namespace=${namespace}&key=$where`)
  await expect(page.getByLabel('Own key')).toHaveAccessibleDescription(/cannot begin with “\$”/)
  await expect(page.getByLabel('Own key')).toHaveValue('$where')
  await open(page, `${PAGE}&namespace=e2e.nothing_here&key=a`)
  await expect(page.getByLabel('Collection', { exact: true })).toHaveAccessibleDescription(/There is no collection/)

  // Whether queries are sampled is told also before any key is compared.
  for (const key of ['', '&key=tenant']) {
    await open(page, `${PAGE}&namespace=${namespace}${key}`)
    await expect(page.locator('#sampling')).toContainText('Not measured')
  }
  await expect(page.locator('#sampling').getByRole('button')).toHaveCount(0)
  await open(page, `${PAGE}&namespace=${namespace}&key=tenant&action=start_sampling&rate=5`)
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  const answer = await call(page, 'sharding/plan_sampling', { target: 'mongo', action: 'start_sampling', namespace, rate: 500 })
  expect(answer.status()).toBe(422)
})
