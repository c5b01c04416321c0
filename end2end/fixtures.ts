// What every browser test starts from: a page that may not log errors, logging in, and clients of the three databases
// that know nothing of the console, so that an effect is seen where it happened and not on our own page.
import { readFileSync } from 'node:fs'
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { MongoClient } from 'mongodb'
import pg from 'pg'
import { createClient } from 'redis'
import { address, state } from './playwright.config.js'

export { expect } from '@playwright/test'

interface Fixtures {
  /** Patterns of problems that this test causes on purpose: `problems.expected.push(/401/)`. */
  problems: Problems
  /** The sandbox's PostgreSQL primary, as its superuser. */
  postgres: pg.Client
  /** The sandbox's streaming standby. */
  standby: pg.Client
  /** The sandbox's MongoDB router. */
  mongo: MongoClient
  redis: ReturnType<typeof createClient>
}

export const test = base.extend<Fixtures>({
  problems: [
    async ({ context }, use) => {
      const problems = watch(context)
      await use(problems)
      const unexpected = problems.seen.filter((seen) => !problems.expected.some((pattern) => pattern.test(seen)))
      expect(unexpected, 'errors, warnings and failed requests in the browser').toEqual([])
    },
    { auto: true },
  ],
  postgres: async ({}, use) => withPostgres(databases().postgresql.port, use),
  standby: async ({}, use) => withPostgres(databases().postgresql.standby_port, use),
  mongo: async ({}, use) => {
    const { host, router_port } = databases().mongodb
    const client = await new MongoClient(`mongodb://${host}:${router_port}/`, { directConnection: true }).connect()
    await use(client)
    await client.close()
  },
  redis: async ({}, use) => {
    const { host, port, password } = databases().redis
    const client = createClient({ socket: { host, port }, password })
    await client.connect()
    await use(client)
    await client.close()
  },
})

/** Waits until the WebAssembly has taken the page over; without JavaScript there is nothing to wait for. */
export async function hydrated(page: Page) {
  if (test.info().project.use.javaScriptEnabled === false) return
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
}

export async function logIn(page: Page) {
  const { user, password } = credentials()
  await page.goto('/login')
  await hydrated(page)
  await page.getByLabel('User', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).not.toHaveURL(/\/login/)
  await hydrated(page)
}

/** The administrator that `outgrow demo` made for this sandbox. */
export function credentials(): { user: string; password: string } {
  return JSON.parse(readFileSync(`${state}/credentials.json`, 'utf8'))
}

/** Where the databases are and how to reach them past the console: with all rights, as their administrators do. */
export function databases(): Databases {
  return JSON.parse(readFileSync(`${state}/sandbox/independent.json`, 'utf8'))
}

interface Databases {
  mongodb: { host: string; router_port: number; config_port: number; shards: Record<string, number> }
  postgresql: { host: string; port: number; standby_port: number; user: string; password: string; database: string }
  redis: { host: string; port: number; password: string }
  pids: Record<string, number>
}

interface Problems {
  seen: string[]
  expected: RegExp[]
}

function watch(context: BrowserContext): Problems {
  const seen: string[] = []
  const ours = (url: string) => url.startsWith(`http://${address}/`)
  context.on('weberror', (error) => seen.push(`uncaught: ${error.error().stack ?? error.error().message}`))
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      seen.push(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    }
  })
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // Leaving a page ends the requests that it still had open, such as its live values.
    if (ours(request.url()) && reason !== 'net::ERR_ABORTED') {
      seen.push(`failed: ${request.method()} ${request.url()}: ${reason}`)
    }
  })
  context.on('response', (response) => {
    if (ours(response.url()) && response.status() >= 400) {
      seen.push(`${response.status()}: ${response.request().method()} ${response.url()}`)
    }
  })
  return { seen, expected: [] }
}

async function withPostgres(port: number, use: (client: pg.Client) => Promise<void>) {
  const { host, user, password, database } = databases().postgresql
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  await use(client)
  await client.end()
}
