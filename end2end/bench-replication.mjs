// Measures the list of replication slots on servers that have 5,000 of them, beside psql that sends the very statement
// that the console sends, in the same run. Prints medians with their extremes, and for each budget whether it holds.
//   node end2end/bench-replication.mjs        PostgreSQL 15 and 18, some two minutes
//   node end2end/bench-replication.mjs 18     one of them
// It starts target/outgrow itself. Only the figures of a release build count, and only those of an idle machine.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, homedir, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { chromium } from 'playwright-core'

const target = fileURLToPath(new URL('../target', import.meta.url))
const program = process.env.OUTGROW_PROGRAM ?? `${target}/outgrow`
const site = `${target}/site`
const cache = process.env.OUTGROW_CACHE || `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/outgrow`
const account = { user: 'bench', password: 'only-for-the-benchmark' }
const SLOTS = 5_000
const ROUNDS = 15
const BROWSERS = 100
const root = process.getuid?.() === 0

const children = new Set()
const folders = new Set()
const rows = []

async function main() {
  const [load] = loadavg()
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${load.toFixed(1)}`)
  if (load > 1) console.log('The machine is busy with something else: times are worse than they are.')
  const wanted = process.argv[2] ? [Number(process.argv[2])] : [15, 18]
  for (const major of wanted) await measure(major)
  report()
}

async function measure(major) {
  const server = await startPostgres(major)
  const client = await server.client('postgres')
  await client.query('CREATE EXTENSION pg_stat_statements')
  await client.query(`CREATE ROLE psql SUPERUSER LOGIN PASSWORD '${server.password}'`)
  // Most of them as standbys have them; of a logical one the server has more to tell.
  await client.query(
    `SELECT count(pg_create_physical_replication_slot('slot_' || n, true)) FROM generate_series(1, ${SLOTS - 200}) n`,
  )
  await client.query(
    `SELECT count(pg_create_logical_replication_slot('cdc_' || n, 'test_decoding')) FROM generate_series(1, 200) n`,
  )
  const console_ = await serve(server)
  const cookie = await logIn(console_.port)
  const list = async () => {
    const form = new URLSearchParams({ target: 'bench' })
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(`http://127.0.0.1:${console_.port}/api/replication/list_slots`, { method: 'POST', headers, body: form })
    if (answer.status !== 200) throw new Error(`list_slots: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  await within(20, 'the console sees the slots', async () => (await list()).server.total === SLOTS)
  await statement(major, server, client, list)
  await page(major, console_.port, cookie)
  await polling(major, client, list)
  await client.end()
  await end(console_.child)
  await server.stop()
}

// The time at the server and at the client, for the console and for psql, one after the other.
async function statement(major, server, client, list) {
  const sql = await sent(client)
  const file = `${server.folder}/list.sql`
  writeFileSync(file, `\\o /dev/null\n\\timing on\n${sql};\n`)
  const environment = { ...process.env, PGPASSWORD: server.password }
  const psql = () => {
    const where = ['-h', '127.0.0.1', '-p', `${server.port}`, '-U', 'psql', '-d', 'postgres']
    const output = execFileSync('psql', ['-X', '-q', ...where, '-f', file], { env: environment, encoding: 'utf8' })
    const [, millis] = /([\d.]+) ms/.exec(output.split('\n').findLast((line) => line.includes(' ms')) ?? '') ?? []
    if (!millis) throw new Error(`psql told no time: ${output}`)
    return Number(millis)
  }
  const at = { console: [], psql: [], consoleServer: [], psqlServer: [] }
  psql()
  for (let n = 0; n < ROUNDS; n++) {
    const before = await times(client)
    const last = (await list()).watched.at
    // The console asks by itself once a second; what it saw next is another reading.
    const next = await within(5, 'another reading', async () => {
      const list_ = await list()
      return list_.watched.at !== last && list_.watched
    })
    at.console.push(next.micros / 1000)
    at.psql.push(psql())
    const after = await times(client)
    at.consoleServer.push(...each(before.postgres, after.postgres))
    at.psqlServer.push(...each(before.psql, after.psql))
  }
  const ratio = median(at.consoleServer) / median(at.psqlServer)
  add(`${major}: list of ${SLOTS}, the server's time beside psql's`, { values: [ratio], budget: 1.2, unit: '×' })
  floor('at the server, asked by the console', { values: at.consoleServer, unit: 'ms' })
  floor('at the server, asked by psql', { values: at.psqlServer, unit: 'ms' })
  floor('at the client until all rows are there, console', { values: at.console, unit: 'ms' })
  floor('at the client until all rows are there, psql', { values: at.psql, unit: 'ms' })
}

/** The statement that the console sends, as the server got it. */
async function sent(client) {
  const sql = `SELECT query FROM pg_stat_activity WHERE application_name = 'outgrow' AND query LIKE 'SELECT s.slot_name%'`
  return within(10, 'the statement of the console', async () => (await client.query(sql)).rows[0]?.query)
}

/** Calls and milliseconds of that statement since the beginning, of the console's role and of psql's. */
async function times(client) {
  const { rows } = await client.query(
    `SELECT rolname, sum(calls)::int AS calls, sum(total_exec_time)::float8 AS millis FROM pg_stat_statements
     JOIN pg_roles r ON r.oid = userid WHERE query LIKE 'SELECT s.slot_name%' GROUP BY 1`,
  )
  return Object.fromEntries(rows.map(({ rolname, calls, millis }) => [rolname, { calls, millis }]))
}

/** The mean time of the calls between two readings; none where there were none. */
function each(before = { calls: 0, millis: 0 }, after = { calls: 0, millis: 0 }) {
  const calls = after.calls - before.calls
  return calls > 0 ? [(after.millis - before.millis) / calls] : []
}

// The page of them in a browser that has its files already.
async function page(major, port, cookie) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
  const context = await browser.newContext()
  const [name, value] = cookie.split('=')
  await context.addCookies([{ name, value, url: `http://127.0.0.1:${port}` }])
  const page = await context.newPage()
  const painted = []
  for (let n = 0; n < 18; n++) {
    await page.goto(`http://127.0.0.1:${port}/replication?target=bench`)
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    const rows = await page.getByRole('rowheader').count()
    if (rows !== 50) throw new Error(`${rows} rows of slots`)
    const at = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)
    // The first ones warm up the caches.
    if (n >= 3) painted.push(at)
  }
  await browser.close()
  add(`${major}: page of them warm, first paint with the slots in it`, { values: painted, budget: 150, unit: 'ms' })
}

// A hundred who ask once a second, for ten seconds.
async function polling(major, client, list) {
  const before = await times(client)
  const begun = performance.now()
  const asked = Array.from({ length: BROWSERS }, async (_, number) => {
    await pause(number * (1000 / BROWSERS))
    for (let n = 0; n < 10; n++) {
      const next = begun + (n + 1) * 1000 + number * (1000 / BROWSERS)
      await list()
      await pause(Math.max(0, next - performance.now()))
    }
  })
  await Promise.all(asked)
  const seconds = (performance.now() - begun) / 1000
  const after = await times(client)
  const rate = (after.postgres.calls - before.postgres.calls) / seconds
  add(`${major}: statements a second for ${BROWSERS} who poll`, { values: [rate], budget: 1.05, unit: '/s' })
  note(`${BROWSERS * 10} questions in ${seconds.toFixed(1)} s`)
}

function add(what, { values, budget, unit }) {
  rows.push({ what, values, budget, unit })
}

function floor(what, { values, unit }) {
  rows.push({ what: `  ${what}`, values, unit })
}

function note(what) {
  rows.push({ what: `  ${what}` })
}

function report() {
  const width = Math.max(...rows.filter(({ values }) => values).map(({ what }) => what.length))
  console.log()
  for (const { what, values, budget, unit } of rows) {
    if (!values) {
      console.log(what)
      continue
    }
    const verdict = budget === undefined ? '' : median(values) <= budget ? 'holds' : 'OVER'
    const bound = budget === undefined ? '' : `≤ ${budget} ${unit}`
    console.log(`${what.padEnd(width)}  ${told(values, unit).padEnd(38)}  ${bound.padEnd(10)} ${verdict}`.trimEnd())
  }
  const judged = rows.filter(({ budget }) => budget !== undefined)
  const over = judged.filter(({ values, budget }) => median(values) > budget)
  console.log(`\n${judged.length - over.length} of ${judged.length} budgets hold`)
}

function told(values, unit) {
  const show = (value) => value.toFixed(value < 10 ? 2 : 1)
  const text = `${show(median(values))} ${unit}`
  if (values.length === 1) return text
  return `${text} (${show(Math.min(...values))} to ${show(Math.max(...values))}, ${values.length} times)`
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** A server with room for the slots, as the laboratory of the tests has them: see src/sandbox/lab. */
async function startPostgres(major) {
  const installed = `/var/lib/outgrow-sandbox/programs-${major}`
  const programs = `${root && existsSync(installed) ? installed : `${cache}/postgres-${major}/native`}/bin`
  if (!existsSync(`${programs}/postgres`)) throw new Error(`${programs} is missing: run .make/setup.sh test and make test`)
  const folder = scratch()
  const password = `bench${process.pid}`
  writeFileSync(`${folder}/password`, password)
  const under = root ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  const made = spawnSync('setpriv', [...under, '--', `${programs}/initdb`, '--pgdata', `${folder}/data`,
    '--pwfile', `${folder}/password`, '--username=postgres', '--auth=scram-sha-256', '--locale=C', '--no-sync'], { cwd: '/' })
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const shared = readFileSync(new URL('../src/sandbox/lab/postgresql.conf', import.meta.url), 'utf8')
  appendFileSync(`${folder}/data/postgresql.conf`, `${shared}
port = ${port}
max_replication_slots = 10000
shared_preload_libraries = 'pg_stat_statements'
track_activity_query_size = 16384
`)
  const child = run('setpriv', ['--pdeathsig', 'QUIT', ...under, '--', `${programs}/postgres`, '-D', `${folder}/data`])
  const client = async (database) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  await within(30, `PostgreSQL ${major} answers`, async () => {
    const it = await client('postgres').catch(() => undefined)
    await it?.end()
    return it
  })
  const stop = async () => {
    await end(child, 'SIGQUIT')
    remove(folder)
  }
  return { port, password, folder, client, stop }
}

/** A console on this server, with an account, and waits for its first page. */
async function serve(server) {
  const state = scratch()
  const port = await freePort()
  spawnSync(program, ['admin', 'create', '--name', account.user, '--state', `${state}/state`], { input: `${account.password}\n` })
  const lines = ['[[target]]', 'id = "bench"', 'kind = "postgresql"', 'host = "127.0.0.1"', `port = ${server.port}`,
    'user = "postgres"', `password = "${server.password}"`, 'database = "postgres"']
  writeFileSync(`${state}/targets.toml`, `${lines.join('\n')}\n`, { mode: 0o600 })
  const parameters = ['serve', '--addr', `127.0.0.1:${port}`, '--state', `${state}/state`, '--site', site]
  const child = run('setpriv', ['--pdeathsig', 'TERM', program, ...parameters, '--targets', `${state}/targets.toml`])
  await within(20, 'the console answers', () => fetch(`http://127.0.0.1:${port}/healthz`).then(({ ok }) => ok, () => false))
  return { child, port }
}

async function logIn(port) {
  const body = new URLSearchParams(account)
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/log_in`, { method: 'POST', body, redirect: 'manual' })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`not logged in: ${answer.status} ${await answer.text()}`)
  return cookie
}

/** A folder of the run's own that PostgreSQL's account can use. */
function scratch() {
  const folder = mkdtempSync('/var/tmp/outgrow-bench-')
  folders.add(folder)
  if (root) chownSync(folder, ...idsOf('postgres'))
  return folder
}

function idsOf(name) {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith(`${name}:`))
  if (!line) throw new Error(`there is no account ${name}`)
  return line.split(':').slice(2, 4).map(Number)
}

function remove(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  folders.delete(folder)
}

/** A process that ends with this one, however this one ends. */
function run(command, parameters) {
  const child = spawn(command, parameters, { cwd: '/', stdio: ['ignore', 'ignore', process.env.VERBOSE ? 'inherit' : 'ignore'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

async function end(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exit
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function within(seconds, what, holds) {
  const give_up = performance.now() + seconds * 1000
  for (;;) {
    const held = await holds()
    if (held) return held
    if (performance.now() > give_up) throw new Error(`not within ${seconds} s: ${what}`)
    await pause(50)
  }
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

let failure
try {
  await main()
} catch (error) {
  failure = error
}
await Promise.all([...children].map((child) => end(child)))
folders.forEach(remove)
if (failure) throw failure
