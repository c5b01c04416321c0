// What the browser has to fetch. `make bench` measures more; these two fail when the console outgrows itself.
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { credentials, expect, hydrated, test } from './fixtures.js'

const KIB = 1024

test('budget: the WebAssembly is at most 130 KiB of brotli', () => {
  const file = fileURLToPath(new URL('../target/site/pkg/outgrow_bg.wasm.br', import.meta.url))
  expect(statSync(file).size / KIB).toBeLessThanOrEqual(130)
})

test('budget: from an empty cache to the slots, over the log-in, are at most 165 KiB in 12 requests', async ({ page, context }) => {
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  const requests = new Map<string, { url: string; bytes: number }>()
  let cached = 0
  client.on('Network.requestWillBeSent', ({ requestId, request, redirectResponse }) => {
    const earlier = requests.get(requestId)
    // A redirect goes on under the same number.
    if (earlier && redirectResponse) requests.set(`${requestId} ${requests.size}`, { ...earlier, bytes: redirectResponse.encodedDataLength })
    requests.set(requestId, { url: request.url, bytes: 0 })
  })
  client.on('Network.requestServedFromCache', ({ requestId }) => {
    requests.delete(requestId)
    cached++
  })
  client.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache) requests.delete(requestId)
  })
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId)
    if (request) request.bytes = encodedDataLength
  })

  const { user, password } = credentials()
  await page.goto('/login?next=/replication')
  await hydrated(page)
  await page.getByLabel('User', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toBeVisible()
  const fetched = [...requests.values()].filter(({ url }) => !url.startsWith('data:'))
  await hydrated(page)

  const list = fetched.map(({ url, bytes }) => `${Math.round(bytes / KIB)} KiB ${url}`).join('\n')
  expect(cached).toBeGreaterThanOrEqual(0)
  expect(fetched.length, list).toBeLessThanOrEqual(12)
  expect(fetched.reduce((sum, { bytes }) => sum + bytes, 0) / KIB, list).toBeLessThanOrEqual(165)
})
