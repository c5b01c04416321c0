// Targets that are entered in the browser: tried, kept sealed, shown, taken out again.
import { readdirSync, readFileSync } from 'node:fs'
import { databases, expect, lastRecord, logIn, open, own, test, verifyRecord, withWasm } from './fixtures.js'
import { address, state } from './playwright.config.js'

test.beforeEach(async ({ page }) => logIn(page))

test('add target: a second way to the cache, seen on the overview, its password sealed, and removed', async ({ page }) => {
  const { host, port, password } = databases().redis
  const id = own('second', '-')
  await open(page, '/settings')
  await page.getByLabel('Redis').check()
  await page.getByLabel('Short name').fill(id)
  await page.getByLabel('Name for people').fill(`Second cache (${id})`)
  await page.getByLabel('Host').fill(host)
  await page.getByLabel('Port').fill(`${port}`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Test and add' }).click()
  await expect(page.getByRole('status')).toContainText('Done: The targets are as you asked.')
  const record = await lastRecord(page)
  expect(record.entry).toMatchObject({ word: 'targets.add_target', target: id, outcome: 'Done' })
  expect(JSON.stringify(record)).not.toContain(password)

  await open(page, '/')
  const row = page.getByRole('row').filter({ hasText: `Second cache (${id})` })
  await expect(row).toContainText('Answers')
  await expect(row).toContainText(`${host}:${port}`)
  await row.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/caching\\?target=${id}`))
  await expect(page.getByRole('table', { name: 'Servers that hold keys' })).toBeVisible()

  expect(filesOfTheStore().length).toBeGreaterThan(0)
  for (const [file, bytes] of filesOfTheStore()) expect(bytes.includes(password), `the password in ${file}`).toBe(false)
  expect(page.url()).not.toContain(password)

  await open(page, '/settings')
  await page.getByRole('button', { name: `Remove ${id}` }).click()
  await expect(page.getByRole('status')).toContainText('The database itself was not touched.')
  await expect(page.getByRole('rowheader').filter({ hasText: id })).toHaveCount(0)
  await open(page, '/')
  await expect(page.getByRole('rowheader').filter({ hasText: id })).toHaveCount(0)
  expect(verifyRecord()).toMatch(/none changed, none missing/)
})

test('add target: a wrong password is told, and the other fields are kept', async ({ page }) => {
  const { host, port } = databases().redis
  const id = own('wrong', '-')
  await open(page, '/settings')
  await page.getByLabel('Redis').check()
  await page.getByLabel('Short name').fill(id)
  await page.getByLabel('Name for people').fill('Wrong & "quoted"')
  await page.getByLabel('Host').fill(host)
  await page.getByLabel('Port').fill(`${port}`)
  await page.getByLabel('Password').fill('not-the-password')
  await page.getByRole('button', { name: 'Test and add' }).click()

  await expect(page.getByRole('alert').first()).toContainText(/password/i)
  expect((await lastRecord(page)).entry).toMatchObject({ word: 'targets.add_target', outcome: 'Refused' })
  await expect(page.getByLabel('Redis')).toBeChecked()
  await expect(page.getByLabel('Short name')).toHaveValue(id)
  await expect(page.getByLabel('Name for people')).toHaveValue('Wrong & "quoted"')
  await expect(page.getByLabel('Host')).toHaveValue(host)
  await expect(page.getByLabel('Port')).toHaveValue(`${port}`)
  // With WASM the page stays and so does what was typed into it; nothing brings a password back.
  if (!withWasm()) await expect(page.getByLabel('Password')).toHaveValue('')
  await expect(page.getByLabel('Password')).toHaveAttribute('value', '')
  expect(page.url()).not.toContain('not-the-password')
  await expect(page.getByRole('rowheader').filter({ hasText: id })).toHaveCount(0)
  for (const [file, bytes] of filesOfTheStore()) expect(bytes.includes('not-the-password'), file).toBe(false)
})

test('add target: addresses where no database is are refused', async ({ page }) => {
  for (const [host, port, told] of [
    ['169.254.169.254', '80', 'No database can be at this address'],
    [...(address.split(':') as [string, string]), 'No database can be at this address'],
    ['a b', '6379', 'A host name or an IP address'],
    ['127.0.0.1', '0', 'A number from 1 to 65535'],
    ['127.0.0.1', '1', 'No answer'],
  ] as const) {
    await open(page, '/settings')
    await page.getByLabel('Redis').check()
    await page.getByLabel('Short name').fill(own('refused', '-'))
    await page.getByLabel('Host').fill(host)
    await page.getByLabel('Port').fill(port)
    await page.getByRole('button', { name: 'Test and add' }).click()
    await expect(page.getByRole('alert').first(), `${host}:${port}`).toContainText(told)
    await expect(page.getByLabel('Host')).toHaveValue(host)
  }
  await expect(page.getByRole('rowheader').filter({ hasText: own('refused', '-') })).toHaveCount(0)
})

function filesOfTheStore(): [string, Buffer][] {
  return readdirSync(state)
    .filter((file) => file.startsWith('console.sqlite'))
    .map((file) => [file, readFileSync(`${state}/${file}`)])
}
