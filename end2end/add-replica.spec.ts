// A replica added to the end, as a person does it: by the page where SQL can do it, in a shell where it cannot.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { call, expect, lastRecord, logIn, open, own, test } from './fixtures.js'
import { clientsOf, startPostgres, type Server } from './lab.js'

const run = promisify(execFile)

for (const major of [15, 18]) {
  test(`add replica: a real standby of PostgreSQL ${major} appears as streaming and every step is green`, async ({ page }) => {
    test.setTimeout(90_000)
    const primary = await startPostgres({ major, settings: { max_slot_wal_keep_size: '1GB' } })
    let replica: Server | undefined
    const target = own(`add-${major}`, '-')
    try {
      await onlyDatabases(primary)
      await logIn(page)
      const { host, port, user, password } = primary
      const form = { id: target, kind: 'postgresql', name: target, host, port, user, password, database: 'postgres' }
      await call(page, 'targets/add_target', form)

      await open(page, `/replication/add?target=${target}`)
      await page.getByLabel('Name of the replica').fill('Replica-1')
      await page.getByLabel('Its IP address').fill('127.0.0.1')
      await page.getByRole('button', { name: 'Show the steps' }).click()
      await expect(page.getByRole('alert').filter({ hasText: 'only lower-case letters' })).toBeVisible()
      await expect(page.getByLabel('Its IP address'), 'what was typed stays').toHaveValue('127.0.0.1')
      await page.getByLabel('Name of the replica').fill('replica1')
      await page.getByRole('button', { name: 'Show the steps' }).click()
      const address = page.url()
      await expect(step(page, 'The server has room for a replica')).toContainText('done')

      await page.getByRole('link', { name: 'Create the role repl…' }).click()
      await expect(page.getByText('CREATE ROLE "repl" LOGIN REPLICATION;')).toBeVisible()
      await page.getByRole('button', { name: 'Apply' }).click()
      await expect(page.getByRole('status').first()).toContainText('Done: Create the role repl')
      expect(JSON.stringify(await lastRecord(page))).not.toMatch(/password '/i)
      await expect(step(page, 'The role repl may replicate'), 'the address has kept the form').toContainText('to do')
      await expect(page.getByText('\\password repl')).toBeVisible()
      await primary.run(`ALTER ROLE repl PASSWORD '${password}'`)

      await page.getByRole('link', { name: 'Create the slot replica1…' }).click()
      await page.getByRole('button', { name: 'Apply' }).click()
      await expect(page.getByRole('status').first()).toContainText('Done: Create the physical slot replica1')

      await open(page, address)
      await expect(step(page, 'The slot replica1 keeps WAL')).toContainText('done')
      const line = 'host    replication    repl    127.0.0.1/32    scram-sha-256'
      await expect(step(page, 'pg_hba.conf lets repl in')).toContainText('to do')
      await expect(page.getByText(line)).toBeVisible()
      const file = await hbaFile(primary)
      writeFileSync(file, `${readFileSync(file, 'utf8')}${line}\n`)
      await expect(async () => {
        // A file's time is known to the second only, so a reload within that second may have to be repeated.
        await open(page, address)
        await page.getByRole('link', { name: 'Read it again…' }).click({ timeout: 2_000 })
        await page.getByRole('button', { name: 'Apply' }).click()
        await expect(page.getByRole('status').first()).toContainText('Done: Have')
        await expect(step(page, 'pg_hba.conf lets repl in')).toContainText('done', { timeout: 500 })
      }).toPass({ timeout: 20_000 })

      replica = await primary.restored('replica1', async (data) => {
        await open(page, withFields(address, { data, client: `${major === 18 ? 15 : 18}` }))
        await expect(step(page, 'A base backup by pg_basebackup')).toContainText('wrong')
        await open(page, withFields(address, { data, client: `${major}` }))
        const command = await page.locator('pre').filter({ hasText: 'pg_basebackup -d' }).innerText()
        expect(command).toContain('application_name=replica1')
        const PATH = `${clientsOf(major)}:${process.env.PATH}`
        await run('bash', ['-c', command], { env: { ...process.env, PATH, PGPASSWORD: password } })
      })
      await expect(async () => {
        await open(page, address)
        await expect(page.getByText('The replica streams; every step is done.')).toBeVisible({ timeout: 500 })
      }).toPass({ timeout: 20_000 })
      for (const heading of await page.getByRole('list', { name: 'Steps' }).getByRole('heading').all()) {
        if ((await heading.innerText()).includes('What can follow')) continue
        await expect(heading).toContainText('done')
      }
      await expect(page.getByRole('link', { name: 'Let commits wait for it…' })).toBeVisible()
      await page.getByRole('link', { name: 'Let commits wait for it…' }).click()
      await expect(page.getByText('1 of the named standbys stream now; 1 are needed.')).toBeVisible()
      await page.getByRole('button', { name: 'Apply' }).click()
      await expect(page.getByRole('status').first()).toContainText('a commit returned after')
    } finally {
      await call(page, 'targets/remove_target', { id: target })
      await replica?.stop()
      await primary.stop()
    }
  })
}

const step = (page: Page, title: string) => page.getByRole('heading', { level: 2 }).filter({ hasText: title })

/** The same page, with some fields filled in otherwise. */
function withFields(address: string, fields: Record<string, string>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  return url.toString()
}

const hbaFile = async (server: Server) => (await server.run('SHOW hba_file')).rows[0].hba_file as string

/** Rules that let everybody in, and nobody for replication. */
async function onlyDatabases(server: Server) {
  writeFileSync(await hbaFile(server), 'host all all 127.0.0.1/32 scram-sha-256\n')
  await server.run('SELECT pg_reload_conf()')
}
