// What is moved outside the console appears on the map of who looks, without a reload.
import { expect, logIn, open, test } from './fixtures.js'

test('chunks: a move made outside appears without a reload', async ({ page, mongo }) => {
  const admin = mongo.db('admin')
  await mongo.db('e2e').collection('watched').drop().catch(() => undefined)
  await admin.command({ shardCollection: 'e2e.watched', key: { k: 1 } })
  await admin.command({ split: 'e2e.watched', middle: { k: 10 } })
  const config = mongo.db('config')
  const found = await config.collection('collections').findOne({ _id: 'e2e.watched' as never })
  const low = await config.collection('chunks').findOne({ uuid: found?.uuid, 'max.k': 10 })
  const other = low?.shard === 'shard1' ? 'shard2' : 'shard1'
  await logIn(page)
  await open(page, '/sharding/chunks?target=mongo&namespace=e2e.watched')
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /MinKey/ }) }).first()
  await expect(row).toContainText(low?.shard as string)
  await page.evaluate(() => Object.assign(window, { here: true }))
  await admin.command({ moveChunk: 'e2e.watched', bounds: [low?.min, low?.max], to: other })
  await expect(row).toContainText(other, { timeout: 10_000 })
  await admin.command({ split: 'e2e.watched', middle: { k: 20 } })
  await expect(page.getByText('All 3 chunks')).toBeVisible({ timeout: 10_000 })
  expect(await page.evaluate(() => 'here' in window), 'the same page').toBe(true)
})
