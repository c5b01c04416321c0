// Logging in and out, and what nobody gets without a session.
import { readdirSync, readFileSync } from 'node:fs'
import type { BrowserContext } from '@playwright/test'
import { createServer, request as send, type IncomingHttpHeaders } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { AddressInfo } from 'node:net'
import { attempts, call, credentials, databases, expect, hydrated, logIn, open, test, verifyRecord } from './fixtures.js'
import { address, state } from './playwright.config.js'

const source = fileURLToPath(new URL('../src', import.meta.url))

/** All that the router knows, so that a new page is asked for too. */
const ROUTES = [...readFileSync(`${source}/app.rs`, 'utf8').matchAll(/path!\("(\/[^"]*)"\)/g)].map(([, path = '']) => path)
const PAGES = ROUTES.filter((path) => !['/login', '/setup'].includes(path) && !path.startsWith('/live/'))
/** The parts of pages that are asked for while one looks. */
const PARTS = ROUTES.filter((path) => path.startsWith('/live/')).map((path) => `${path}?target=pg-main&name=a&key=a&record=1`)

/** Who may call what, written down a second time: the server's own table must not be its only proof. */
const FUNCTIONS = {
  public: ['auth/create_first_admin', 'auth/log_in', 'auth/log_out', 'auth/set_appearance'],
  guarded: [
    'audit/cancel_run',
    'audit/list_records',
    'audit/pause_run',
    'audit/read_record',
    'auth/current_operator',
    'caching/apply_bulk',
    'caching/apply_cache_table',
    'caching/apply_key',
    'caching/apply_policy',
    'caching/apply_query',
    'caching/apply_ttl_index',
    'caching/list_cache_tables',
    'caching/list_findings',
    'caching/list_keys',
    'caching/list_policies',
    'caching/list_queries',
    'caching/list_ttl_findings',
    'caching/list_ttl_indexes',
    'caching/measure_key',
    'caching/measure_query',
    'caching/measure_ttl',
    'caching/open_query_form',
    'caching/plan_bulk',
    'caching/plan_cache_table',
    'caching/plan_key',
    'caching/plan_policy',
    'caching/plan_query',
    'caching/plan_ttl_index',
    'caching/preview_bulk',
    'caching/preview_ttl_index',
    'caching/read_access',
    'caching/read_bulk_job',
    'caching/read_cache',
    'caching/read_cache_entry',
    'caching/read_cache_history',
    'caching/read_cache_table',
    'caching/read_key',
    'caching/read_query',
    'caching/read_storm',
    'caching/read_ttl_advice',
    'caching/read_ttl_picture',
    'caching/read_value',
    'caching/run_query',
    'replication/apply_change',
    'replication/apply_publication',
    'replication/apply_replica',
    'replication/apply_setting',
    'replication/apply_subscription',
    'replication/keep_password',
    'replication/list_findings',
    'replication/list_offered',
    'replication/list_publications',
    'replication/list_settings',
    'replication/list_slots',
    'replication/list_subscriptions',
    'replication/logical_steps',
    'replication/peek_slot',
    'replication/plan_change',
    'replication/plan_publication',
    'replication/plan_replica',
    'replication/plan_setting',
    'replication/plan_subscription',
    'replication/read_choices',
    'replication/read_deeds',
    'replication/read_failover',
    'replication/read_horizon',
    'replication/read_horizon_queries',
    'replication/read_lag_history',
    'replication/read_replica_steps',
    'replication/read_slot',
    'replication/read_topology',
    'replication/set_wal_volume',
    'sharding/advise_keys',
    'sharding/apply_balancer',
    'sharding/apply_change',
    'sharding/apply_chunk',
    'sharding/apply_reshape',
    'sharding/apply_sampling',
    'sharding/apply_shards',
    'sharding/apply_zone',
    'sharding/find_chunk',
    'sharding/list_collections',
    'sharding/list_primaries',
    'sharding/list_reshaping',
    'sharding/list_shards',
    'sharding/list_zones',
    'sharding/open_shard_form',
    'sharding/plan_balancer',
    'sharding/plan_change',
    'sharding/plan_chunk',
    'sharding/plan_reshape',
    'sharding/plan_sampling',
    'sharding/plan_shards',
    'sharding/plan_zone',
    'sharding/read_balancer',
    'sharding/read_balancing_of',
    'sharding/read_chunk',
    'sharding/read_chunks',
    'sharding/read_cluster',
    'sharding/read_collection',
    'sharding/read_common_values',
    'sharding/read_history',
    'sharding/read_reshape',
    'sharding/read_zone_ranges',
    'sharding/suggest_keys',
    'targets/add_target',
    'targets/list_entered',
    'targets/list_names',
    'targets/list_targets',
    'targets/remove_target',
  ],
}

test('log in: a wrong password is refused, and an unknown user with the same answer', async ({ page, context }) => {
  const { user, password } = credentials()
  await open(page, '/login?next=/replication')
  await page.getByLabel('User', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('alert')).toContainText('The user or the password is not right')
  await expect(page).toHaveURL(/\/login\?/)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  expect(await sessionOf(context)).toBeUndefined()

  // From addresses that nobody has used yet, so that the tries of other tests do not slow these down.
  const [wrong, unknown, right] = [
    await post('/api/auth/log_in', { user, password: 'not the password' }),
    await post('/api/auth/log_in', { user: `nobody${Date.now()}`, password }),
    await post('/api/auth/log_in', { user, password }),
  ]
  expect([wrong.status, wrong.headers.location, wrong.body]).toEqual([unknown.status, unknown.headers.location, unknown.body])
  expect(wrong.headers['set-cookie']).toBeUndefined()
  expect(right.headers['set-cookie']?.join()).toContain('HttpOnly')
  expect(right.headers['set-cookie']?.join()).toMatch(/SameSite=(Lax|Strict)/)
})

test('log in: leads to the page that was asked for, and only within the console', async ({ page }) => {
  const { user, password } = credentials()
  await open(page, '/replication?search=standby')
  await expect(page).toHaveURL(/\/login\?next=/)
  await page.getByLabel('User', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).toHaveURL(/\/replication\?search=standby$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Replication slots')
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/api/auth/log_out']) {
    const answer = await post('/api/auth/log_in', { user, password, next })
    expect(answer.headers.location, next).toBe('/')
  }
})

test('log out: ends the session at the server, not only in the browser', async ({ page, context }) => {
  await logIn(page)
  const cookie = await sessionOf(context)
  expect(cookie).toMatchObject({ httpOnly: true, value: expect.stringMatching(/^\w{32,}$/) })
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` }
  expect((await get('/', headers)).status).toBe(200)

  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  const old = await get('/', headers)
  expect([old.status, old.headers.location, old.body]).toEqual([302, '/login', ''])
  expect((await post('/api/targets/list_names', {}, headers)).status).toBe(401)

  await logIn(page)
  const [newest] = await attempts(page)
  expect(newest).toMatchObject({ word: 'auth.log_in', outcome: 'Done', actor: credentials().user })
  expect(verifyRecord()).toMatch(/none changed, none missing/)
})

test('signed out: every page leads to the log-in, with an empty body', async () => {
  for (const path of [...PAGES, ...PARTS, '/audit?record=1', '/no-such-page', '/%2e%2e/settings', '/Settings', '/api/']) {
    const answer = await get(path)
    const where = path.startsWith('/api/') ? [401] : [302, path === '/' ? '/login' : `/login?next=${encodeURIComponent(path)}`]
    expect([answer.status, answer.headers.location].slice(0, where.length), path).toEqual(where)
    if (answer.status === 302) expect(answer.body, path).toBe('')
  }
})

test('signed out: every server function but the public ones answers 401', async () => {
  // Every function that the sources declare is one that this test knows, and the browser's half calls none of them.
  const declared = filesUnder(source).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/#\[server\([^\]]*prefix = "\/api\/(\w+)", endpoint = "(\w+)"/g)].map(([, prefix, name]) => `${prefix}/${name}`),
  )
  expect(declared.sort()).toEqual([...FUNCTIONS.public, ...FUNCTIONS.guarded].sort())
  const wasm = readFileSync(fileURLToPath(new URL('../target/site/pkg/outgrow_bg.wasm', import.meta.url)), 'latin1')
  expect(wasm.match(/\/api\/[a-z]+\/[a-z_]+/g), 'functions that the browser calls').toBeNull()

  for (const name of FUNCTIONS.guarded) {
    for (const form of [{}, { target: 'pg-main', id: '1', change: '{}' }] as Record<string, string>[]) {
      const answer = await post(`/api/${name}`, form, { accept: 'application/json' })
      expect(answer.status, name).toBe(401)
      expect(JSON.parse(answer.body), name).toMatchObject({ kind: 'SignedOut' })
    }
    expect((await get(`/api/${name}`)).status, `GET ${name}`).toBe(401)
    // A cookie that was made up is none.
    expect((await post(`/api/${name}`, {}, { cookie: `session=${'0'.repeat(64)}` })).status, name).toBe(401)
  }
  expect((await post('/api/replication/no_such_function', {})).status).toBe(401)
})

test('a foreign page: what it posts with the cookie of the session is refused with 403', async ({ page, context, problems }) => {
  problems.expected.push(/403/)
  await logIn(page)
  const cookie = await sessionOf(context)
  const session = { cookie: `${cookie?.name}=${cookie?.value}` }
  expect((await post('/api/targets/list_names', {}, { ...session, accept: 'application/json' })).status).toBe(200)
  const elsewhere: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
  ]
  for (const foreign of elsewhere) {
    const answer = await post('/api/auth/log_out', {}, { ...session, ...foreign })
    expect(answer.status, JSON.stringify(foreign)).toBe(403)
  }

  const foreign = createServer((_, response) => {
    const form = `<form method="post" action="http://${address}/api/auth/log_out"><button>Win a prize</button></form>`
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Prizes</title>${form}`)
  })
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  try {
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
    const answered = page.waitForResponse(/log_out/)
    await page.getByRole('button', { name: 'Win a prize' }).click()
    expect((await answered).status()).toBe(403)
  } finally {
    foreign.closeAllConnections()
    foreign.close()
  }
  await open(page, '/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview')
})

test('no secret: none is in a page or in the answer of a server function', async ({ page }) => {
  const { postgresql, redis } = databases()
  const targets = readFileSync(`${state}/sandbox/targets.toml`, 'utf8')
  const secrets = [postgresql.password, redis.password, credentials().password, ...targets.matchAll(/password = "(.*)"/g)]
    .map((secret) => (typeof secret === 'string' ? secret : secret[1]!))
    .filter((secret) => secret.length > 0)
  expect(secrets.length).toBeGreaterThan(4)

  const bodies: Promise<[string, string]>[] = []
  const keep = (url: string, text: Promise<string>) => bodies.push(text.then((body) => [url, body]))
  await logIn(page)
  page.on('response', (response) => {
    if (!response.url().includes('/pkg/')) keep(response.url(), response.text().catch(() => ''))
  })
  for (const path of [...PAGES, '/audit?record=1', '/caching/key?target=cache&key=plans:price_krw', '/replication?target=pg-standby']) {
    await open(page, path)
  }
  const calls: [string, Record<string, string>][] = [
    ['targets/list_targets', {}],
    ['targets/list_names', {}],
    ['targets/list_entered', {}],
    ['audit/list_records', {}],
    ['auth/current_operator', {}],
    ['replication/list_slots', { target: 'pg-main' }],
    ['sharding/list_collections', { target: 'mongo' }],
    ['caching/list_keys', { target: 'cache' }],
    ['caching/list_ttl_indexes', { target: 'mongo' }],
    ['replication/plan_change', { target: 'pg-main', action: 'create_slot', name: 'unmade' }],
  ]
  for (const [name, form] of calls) {
    const answer = await call(page, name, form)
    expect(answer.status(), name).toBe(200)
    keep(name, answer.text())
  }
  for (const [url, body] of await Promise.all(bodies)) {
    for (const secret of secrets) expect(body.includes(secret), `a secret in ${url}`).toBe(false)
  }
  await hydrated(page)
})

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  )
}

/** The only cookie besides the look of the console. */
async function sessionOf(context: BrowserContext) {
  return (await context.cookies()).find(({ name }) => !['lang', 'theme'].includes(name))
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Without a browser, without its cookies, and from a loopback address drawn by lot. */
function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return exchange('GET', path, '', headers)
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  const body = new URLSearchParams(form).toString()
  const own = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${Buffer.byteLength(body)}` }
  return exchange('POST', path, body, { accept: 'text/html', ...own, ...headers })
}

function exchange(method: string, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const [host, port] = address.split(':')
  const byte = () => 1 + Math.floor(Math.random() * 250)
  const localAddress = `127.${byte()}.${byte()}.${byte()}`
  return new Promise((resolve, reject) => {
    const request = send({ host, port, method, path, headers, localAddress, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}
