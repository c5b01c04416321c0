// What every browser test starts from: a page that may not log errors, logging in, and clients of the three databases
// that know nothing of the console, so that an effect is seen where it happened and not on our own page.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test as base, type APIResponse, type BrowserContext, type Page } from '@playwright/test'
import { MongoClient } from 'mongodb'
import pg from 'pg'
import { createClient } from 'redis'
import { address, state } from './playwright.config.js'
import { giveBack } from './spare.js'

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
  /** The sandbox's MongoDB config server, past the router: what it says is so. */
  config: MongoClient
  /** A replica set that is no shard yet, as `addShard` wants it: `spare1/host:port`. No shard again after the test. */
  spareShard: string
  redis: ReturnType<typeof createClient>
}

export const test = base.extend<Fixtures>({
  problems: [
    async ({ context }, use) => {
      const problems = watch(context)
      await use(problems)
      // Without JavaScript the browser uses nothing of what a page preloads for it, and says so.
      if (!withWasm()) problems.expected.push(/preloaded using link preload but not used/, /outgrow\.js.*: csp$/)
      const unexpected = problems.seen.filter((seen) => !problems.expected.some((pattern) => pattern.test(seen)))
      expect(unexpected, 'errors, warnings and failed requests in the browser').toEqual([])
    },
    { auto: true },
  ],
  postgres: async ({}, use) => withPostgres(databases().postgresql.port, use),
  standby: async ({}, use) => withPostgres(databases().postgresql.standby_port, use),
  mongo: async ({}, use) => withMongo(databases().mongodb.router_port, use),
  config: async ({}, use) => withMongo(databases().mongodb.config_port, use),
  spareShard: [
    async ({ mongo }, use) => {
      const { spare } = databases().mongodb
      if (!spare) throw new Error('this sandbox was started without --spare-shard')
      // A test that was killed may have left it a shard.
      await giveBack(mongo, spare)
      await use(spare)
      await giveBack(mongo, spare)
    },
    { timeout: 60_000 },
  ],
  redis: async ({}, use) => {
    const { host, port, password } = databases().redis
    const client = createClient({ socket: { host, port }, password })
    await client.connect()
    await use(client)
    await client.close()
  },
})

/** Whether this test's browser runs WebAssembly. */
export function withWasm(): boolean {
  return test.info().project.use.javaScriptEnabled !== false
}

/** A name of this project's own, since both share the databases. */
export function own(name: string, separator = '_'): string {
  return `${name}${separator}${withWasm() ? 'wasm' : 'plain'}`
}

/** Waits until the WebAssembly has taken the page over; without JavaScript there is nothing to wait for. */
export async function hydrated(page: Page) {
  if (!withWasm()) return
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
}

export async function logIn(page: Page) {
  const { user, password } = credentials()
  await page.goto('/login')
  await hydrated(page)
  // In either language.
  await page.getByLabel(/^(User|사용자)$/).fill(user)
  await page.getByLabel(/^(Password|비밀번호)$/).fill(password)
  await page.getByRole('button', { name: /^(Log in|로그인)$/ }).click()
  await expect(page).not.toHaveURL(/\/login/)
  await hydrated(page)
}

/** Opens a page as one who types its address. */
export async function open(page: Page, path: string) {
  await page.goto(path)
  await hydrated(page)
}

/** What the form of the plan on this page would post: for posting it by hand. */
export async function planForm(page: Page): Promise<{ change: string; fingerprint: string; ticket: string }> {
  const field = (name: string) => page.locator(`input[type=hidden][name=${name}]`).last().inputValue()
  return { change: await field('change'), fingerprint: await field('fingerprint'), ticket: await field('ticket') }
}

/** Calls a server function as a script would, with the session of this page. */
export function call(page: Page, path: string, form: Record<string, string | number> = {}): Promise<APIResponse> {
  return page.request.post(`/api/${path}`, { form })
}

/** The record that the address names after a change. */
export async function lastRecord(page: Page): Promise<AttemptRecord> {
  await expect(page).toHaveURL(/[?&]record=\d+/)
  return readRecord(page, Number(new URL(page.url()).searchParams.get('record')))
}

export async function readRecord(page: Page, id: number): Promise<AttemptRecord> {
  const answer = await call(page, 'audit/read_record', { id })
  expect(answer.status()).toBe(200)
  return answer.json()
}

/** The newest attempts. */
export async function attempts(page: Page): Promise<AttemptRecord['entry'][]> {
  const answer = await call(page, 'audit/list_records')
  expect(answer.status()).toBe(200)
  return (await answer.json()).entries
}

/** Checks the chain of the record by the command line, past the console that runs. Fails when it is broken. */
export function verifyRecord(): string {
  const program = fileURLToPath(new URL('../target/outgrow', import.meta.url))
  return execFileSync(program, ['audit', 'verify', '--state', state], { encoding: 'utf8' })
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
  mongodb: {
    host: string
    router_port: number
    config_port: number
    shards: Record<string, number>
    spare: string | null
  }
  postgresql: { host: string; port: number; standby_port: number; user: string; password: string; database: string }
  redis: { host: string; port: number; password: string }
  pids: Record<string, number>
}

export interface AttemptRecord {
  entry: { id: number; actor: string; word: string; target: string; title: { en: string; ko: string }; outcome: string }
  change: string
  report: {
    outcome: string
    summary: { en: string }
    ran: { command: { exact: string; typed: string }; answer: { en: string }; micros: number }[]
    read_back: { en: string }
  } | null
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

async function withMongo(port: number, use: (client: MongoClient) => Promise<void>) {
  const { host } = databases().mongodb
  const client = await new MongoClient(`mongodb://${host}:${port}/`, { directConnection: true }).connect()
  await use(client)
  await client.close()
}
