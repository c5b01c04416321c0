// Measures the budgets of the console, each beside a floor that is taken in the same run on the same machine: what
// remains when the console does nothing. Prints medians with their extremes, and for each budget whether it holds.
//   node end2end/bench.mjs          everything, under two minutes
//   node end2end/bench.mjs start    only what contains the word: start, memory, wasm, transfer, page, change
// It starts the release build itself, on databases and a state of its own under target/bench.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import http from 'node:http'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { chromium } from 'playwright-core'

const target = fileURLToPath(new URL('../target', import.meta.url))
const program = `${target}/outgrow`
const site = `${target}/site`
const scratch = `${target}/bench`
const state = `${scratch}/state`
const sandbox = `${scratch}/sandbox`
const account = { user: 'bench', password: 'only-for-the-benchmark' }
const PAGES = ['/', '/sharding', '/replication', '/caching', '/audit', '/settings']
const KIB = 1024

const wanted = process.argv[2] ?? ''
const children = new Set()
const rows = []

async function main() {
  mkdirSync(scratch, { recursive: true })
  rmSync(state, { recursive: true, force: true })
  const [load] = loadavg()
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${load.toFixed(1)}`)
  if (load > 1) console.log('The machine is busy with something else: times are worse than they are.')
  spawnSync(program, ['admin', 'create', '--name', account.user, '--state', state], { input: `${account.password}\n` })

  const parts = { start, memory, wasm, transfer, page, change }
  const chosen = Object.entries(parts).filter(([name]) => name.includes(wanted))
  if (chosen.some(([, part]) => part !== start && part !== wasm)) await startSandbox()
  for (const [name, part] of chosen) {
    const begun = performance.now()
    await part()
    console.error(`  (${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  }
  report()
}

// From the start of the process to the first page.
async function start() {
  const console_ = []
  for (let n = 0; n < 15; n++) {
    const begun = performance.now()
    const server = await serve()
    console_.push(performance.now() - begun)
    await end(server.child)
  }
  const process_ = []
  for (let n = 0; n < 15; n++) {
    const begun = performance.now()
    await ended(run('/bin/true', []))
    process_.push(performance.now() - begun)
  }
  const node = []
  const script = `require('http').createServer((q, a) => a.end('ok')).listen(+process.argv[1], '127.0.0.1')`
  for (let n = 0; n < 5; n++) {
    const begun = performance.now()
    const port = await freePort()
    const child = run(process.execPath, ['-e', script, `${port}`])
    await answers(port, '/')
    node.push(performance.now() - begun)
    await end(child)
  }
  add('start to first 200', { values: console_, budget: 200, unit: 'ms' })
  floor('/bin/true, start to end', { values: process_, unit: 'ms' })
  floor('a bare HTTP server of node', { values: node, unit: 'ms' })
}

// Resident memory of the console, without the databases.
async function memory() {
  const server = await serve(targets())
  await pause(1000)
  const fresh = resident(server.child.pid)
  const cookie = await logIn(server.port)
  for (const path of PAGES) await get(server.port, path, cookie)
  await pause(5000)
  const visited = resident(server.child.pid)
  const sleeper = run('/bin/sleep', ['60'])
  await pause(100)
  const least = resident(sleeper.pid)
  await end(sleeper)
  await end(server.child)
  add('resident memory, fresh', { values: [fresh.all], budget: 40, unit: 'MB' })
  add('resident memory, each page visited, idle for 5 s', { values: [visited.all], budget: 40, unit: 'MB' })
  note(`of it its own ${visited.own.toFixed(1)} MB, pages of the program's file ${visited.file.toFixed(1)} MB`)
  floor('/bin/sleep', { values: [least.all], unit: 'MB' })
}

// What the browser's half weighs.
function wasm() {
  const size = (name) => statSync(`${site}/pkg/${name}`).size / KIB
  add('WASM, brotli', { values: [size('outgrow_bg.wasm.br')], budget: 130, unit: 'KiB' })
  note(`raw ${size('outgrow_bg.wasm').toFixed(0)} KiB, gzip ${size('outgrow_bg.wasm.gz').toFixed(0)} KiB`)
  floor('its glue of JavaScript, brotli', { values: [size('outgrow.js.br')], unit: 'KiB' })
}

// All that goes over the wire from an empty cache over the log-in to the slots.
async function transfer() {
  const server = await serve(targets())
  const measure = async (javaScriptEnabled) => {
    const browser = await openBrowser()
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage()
    const client = await page.context().newCDPSession(page)
    await client.send('Network.enable')
    const seen = { requests: 0, bytes: 0 }
    client.on('Network.requestWillBeSent', ({ request, redirectResponse }) => {
      if (!request.url.startsWith('http')) return
      seen.requests++
      seen.bytes += redirectResponse?.encodedDataLength ?? 0
    })
    client.on('Network.requestServedFromCache', () => seen.requests--)
    client.on('Network.loadingFinished', ({ encodedDataLength }) => (seen.bytes += encodedDataLength))
    await page.goto(`http://127.0.0.1:${server.port}/login?next=/replication`)
    if (javaScriptEnabled) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
    await logInBy(page)
    await page.getByRole('rowheader', { name: 'standby1' }).waitFor()
    const result = { ...seen }
    await browser.close()
    return result
  }
  const [all, bare] = [await measure(true), await measure(false)]
  await end(server.child)
  add('log-in to slots, over the wire', { values: [all.bytes / KIB], budget: 165, unit: 'KiB' })
  floor('the same without JavaScript, preloads included', { values: [bare.bytes / KIB], unit: 'KiB' })
  add('log-in to slots, requests', { values: [all.requests], budget: 12, unit: '' })
  floor('the same without JavaScript, preloads included', { values: [bare.requests], unit: '' })
}

// The page of slots in a browser that has the files already: when it is painted, and when it can be worked with.
async function page() {
  const server = await serve(targets())
  const browser = await openBrowser()
  const context = await browser.newContext()
  await context.addInitScript(() => {
    const look = () => {
      if (document.documentElement?.dataset.hydrated !== undefined) window.hydratedAt ??= performance.now()
    }
    new MutationObserver(look).observe(document, { subtree: true, attributes: true, childList: true })
  })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/login?next=/replication`)
  await logInBy(page)
  const address = `http://127.0.0.1:${server.port}/replication?target=pg-main`
  const html = await (await page.request.get(address)).text()

  const painted = []
  const hydrated = []
  for (let n = 0; n < 18; n++) {
    await page.goto(address)
    await page.waitForFunction(() => window.hydratedAt && performance.getEntriesByName('first-contentful-paint').length > 0)
    const seen = await page.evaluate(timing)
    // The first ones warm up the code cache.
    if (n >= 3) {
      painted.push(seen.painted)
      hydrated.push(seen.hydrated)
    }
  }
  await context.close()

  const css = readFileSync(`${site}/pkg/outgrow.css`)
  const still = html.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<link[^>]*(preload|icon)[^>]*>/g, '')
  const padded = still + `<!--${'x'.repeat(Math.max(0, html.length - still.length - 7))}-->`
  const plain = http.createServer((request, response) => {
    const style = request.url.includes('.css')
    response.setHeader('content-type', style ? 'text/css' : 'text/html; charset=utf-8')
    response.setHeader('cache-control', style ? 'max-age=600' : 'no-store')
    response.end(style ? css : padded)
  })
  await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve))
  const bare = await (await browser.newContext()).newPage()
  const least = []
  for (let n = 0; n < 18; n++) {
    await bare.goto(`http://127.0.0.1:${plain.address().port}/`)
    await bare.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    if (n >= 3) least.push((await bare.evaluate(timing)).painted)
  }
  plain.closeAllConnections()
  plain.close()
  await browser.close()
  await end(server.child)
  add('slots page warm, first paint with the slots in it', { values: painted, budget: 120, unit: 'ms' })
  add('slots page warm, hydrated', { values: hydrated, budget: 120, unit: 'ms' })
  floor('a file of the same size and style, first paint', { values: least, unit: 'ms' })
}

function timing() {
  return { painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime, hydrated: window.hydratedAt }
}

// Plan and apply of a slot, over HTTP as a script does it, beside the same statements by a plain client.
async function change() {
  const server = await serve(targets())
  const cookie = await logIn(server.port)
  const { host, port, user, password, database } = JSON.parse(readFileSync(`${sandbox}/independent.json`, 'utf8')).postgresql
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  const drop = (name) => `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${name}'`
  await client.query(drop('bench'))
  await client.query(drop('bench_plain'))

  // What the console asks: facts and the slot for the plan, again before it is applied, and again to read back.
  const facts = `SELECT current_setting('server_version_num')::int4, pg_is_in_recovery(), current_setting('wal_level'),
    current_setting('max_replication_slots')::int8, (SELECT count(*) FROM pg_replication_slots),
    (SELECT setting::int8 FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
    (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user), current_user::text`
  const slot = `SELECT s.*, a.application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)
    FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = $1`
  const look = async () => {
    await client.query(facts)
    await client.query(slot, ['bench_plain'])
  }

  const call = async (name, form) => JSON.parse((await post(server.port, `/api/${name}`, form, cookie)).body)
  const total = []
  const sent = []
  const least = []
  const writes = []
  for (let n = 0; n < 33; n++) {
    // One after the other, so that both meet the same machine.
    for (const action of ['create_slot', 'drop_slot']) {
      const lsn = (await client.query(`SELECT restart_lsn::text AS lsn FROM pg_replication_slots WHERE slot_name = 'bench'`)).rows[0]?.lsn
      const begun = performance.now()
      const planned = await call('replication/plan_change', { target: 'pg-main', action, name: 'bench', restart_lsn: lsn ?? '' })
      const { change, ticket, plan } = planned
      const record = await call('replication/apply_change', { change, ticket, fingerprint: plan.fingerprint, typed: 'bench' })
      const took = performance.now() - begun
      const { report } = await call('audit/read_record', { id: `${record}` })
      if (report.outcome !== 'Done') throw new Error(`${action}: ${report.summary.en}`)
      if (n >= 3) {
        total.push(took)
        sent.push(report.ran.reduce((sum, { micros }) => sum + micros, 0) / 1000)
      }

      const create = `SELECT slot_name, lsn FROM pg_create_physical_replication_slot('bench_plain', true)`
      const start = performance.now()
      await look()
      await look()
      const before = performance.now()
      await client.query(action === 'create_slot' ? create : drop('bench_plain'))
      const after = performance.now()
      await look()
      if (n >= 3) {
        least.push(performance.now() - start)
        writes.push(after - before)
      }
    }
  }
  const http_ = []
  for (let n = 0; n < 33; n++) {
    const begun = performance.now()
    await get(server.port, '/healthz', cookie)
    await get(server.port, '/healthz', cookie)
    if (n >= 3) http_.push(performance.now() - begun)
  }
  await client.end()
  await end(server.child)
  const own = total.map((took, n) => took - least[n])
  add('plan + apply, beyond the database', { values: own, budget: 5, unit: 'ms' })
  note(`whole: ${told(total, 'ms')}; the one statement that changes, as the console timed it: ${told(sent, 'ms')}`)
  floor('the same statements by a plain client', { values: least, unit: 'ms' })
  floor('of these the one that changes', { values: writes, unit: 'ms' })
  floor('two empty requests to the console', { values: http_, unit: 'ms' })
}

function add(what, { values, budget, unit }) {
  rows.push({ what, values, budget, unit })
}

function floor(what, { values, unit }) {
  rows.push({ what: `  floor: ${what}`, values, unit })
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
    console.log(`${what.padEnd(width)}  ${told(values, unit).padEnd(44)}  ${bound.padEnd(10)} ${verdict}`.trimEnd())
  }
  const judged = rows.filter(({ budget }) => budget !== undefined)
  const over = judged.filter(({ values, budget }) => median(values) > budget)
  console.log(`\n${judged.length - over.length} of ${judged.length} budgets hold`)
}

function told(values, unit) {
  const show = (value) => (Number.isInteger(value) ? `${value}` : value.toFixed(1))
  const text = `${show(median(values))} ${unit}`.trimEnd()
  if (values.length === 1) return text
  return `${text} (${show(Math.min(...values))} to ${show(Math.max(...values))}, ${values.length} times)`
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

async function startSandbox() {
  const child = run(program, ['sandbox', 'start', '--dir', sandbox], 'pipe')
  await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (/\bready\b/.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`the sandbox ended: ${text}`)))
  })
}

const targets = () => ['--targets', `${sandbox}/targets.toml`]

/** Starts the console and waits for its first page. */
async function serve(more = []) {
  const port = await freePort()
  const child = run(program, ['serve', '--addr', `127.0.0.1:${port}`, '--state', state, '--site', site, ...more])
  await answers(port, '/login')
  return { child, port }
}

/** A process that ends with this one, however this one ends. */
function run(command, parameters, output = 'ignore') {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...parameters], { stdio: ['ignore', output, 'ignore'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  return new Promise((resolve) => child.once('exit', resolve))
}

async function end(child) {
  child.kill('SIGTERM')
  await ended(child)
}

async function answers(port, path) {
  const give_up = performance.now() + 20_000
  while (performance.now() < give_up) {
    const answer = await get(port, path).catch(() => undefined)
    if (answer?.status === 200) return
    await pause(1)
  }
  throw new Error(`no answer at port ${port}`)
}

const agent = new http.Agent({ keepAlive: true })

function get(port, path, cookie = '') {
  return exchange({ port, path, headers: { cookie } })
}

function post(port, path, form, cookie = '') {
  const body = new URLSearchParams(form).toString()
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
  return exchange({ port, path, method: 'POST', headers }, body)
}

function exchange(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', agent, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

async function logIn(port) {
  const answer = await post(port, '/api/auth/log_in', account)
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0]
  if (!cookie) throw new Error(`not logged in: ${answer.status} ${answer.body}`)
  return cookie
}

async function logInBy(page) {
  await page.getByLabel('User', { exact: true }).fill(account.user)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(/replication/)
}

function openBrowser() {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
}

/** Resident memory in MB, as the kernel counts it. */
function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6
  return { all: of('VmRSS'), own: of('RssAnon'), file: of('RssFile') }
}

function freePort() {
  return new Promise((resolve) => {
    const server = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

let failure
try {
  await main()
} catch (error) {
  failure = error
}
agent.destroy()
await Promise.all([...children].map(end))
if (failure) throw failure
