// What a benchmark needs beside what it measures: processes that end with it, requests as a client sends them, and a
// table of medians with their extremes that says for each budget whether it holds.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { cpus, homedir, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const target = fileURLToPath(new URL('../../target', import.meta.url))
export const program = process.env.OUTGROW_PROGRAM ?? `${target}/outgrow`
const site = `${target}/site`
export const cache = process.env.OUTGROW_CACHE || `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/outgrow`
const account = { user: 'bench', password: 'only-for-the-benchmark' }

const children = new Set()
const folders = new Set()
const rows = []

/** Runs a benchmark, prints what it has added, and leaves nothing behind, however it ends. */
export async function measure(main) {
  const [load] = loadavg()
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${load.toFixed(1)}`)
  if (load > 1) console.log('The machine is busy with something else: times are worse than they are.')
  let failure
  try {
    await main()
  } catch (error) {
    failure = error
  }
  agent.destroy()
  // What was measured before a failure is worth knowing.
  report()
  await Promise.all([...children].map((child) => end(child)))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  if (failure) throw failure
}

/** A figure with a budget: it holds where the median does. */
export function add(what, { values, budget, unit }) {
  rows.push({ what, values, budget, unit })
}

/** A figure to compare with, below the one that it belongs to. */
export function beside(what, { values, unit }) {
  rows.push({ what: `  ${what}`, values, unit })
}

export function note(what) {
  rows.push({ what: `  ${what}` })
}

function report() {
  const width = Math.max(0, ...rows.filter(({ values }) => values).map(({ what }) => what.length))
  console.log()
  for (const { what, values, budget, unit } of rows) {
    if (!values?.length) {
      console.log(values ? `${what.padEnd(width)}  not measured` : what)
      continue
    }
    const verdict = budget === undefined ? '' : median(values) <= budget ? 'holds' : 'OVER'
    const bound = budget === undefined ? '' : `≤ ${budget} ${unit}`
    console.log(`${what.padEnd(width)}  ${told(values, unit).padEnd(40)}  ${bound.padEnd(10)} ${verdict}`.trimEnd())
  }
  const judged = rows.filter(({ budget }) => budget !== undefined)
  const held = judged.filter(({ values, budget }) => values.length && median(values) <= budget)
  console.log(`\n${held.length} of ${judged.length} budgets hold`)
}

function told(values, unit) {
  const show = (value) => value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0)
  const text = `${show(median(values))} ${unit}`
  if (values.length === 1) return text
  return `${text} (${show(Math.min(...values))} to ${show(Math.max(...values))}, ${values.length} times)`
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** A console on the targets of this file, with an account; it is there when it answers. */
export async function serve(targets) {
  const state = scratch()
  const port = await freePort()
  spawnSync(program, ['admin', 'create', '--name', account.user, '--state', `${state}/state`], { input: `${account.password}\n` })
  const parameters = ['serve', '--addr', `127.0.0.1:${port}`, '--state', `${state}/state`, '--site', site, '--targets', targets]
  const child = run(program, parameters)
  await within(20, 'the console answers', () => get(port, '/healthz').then(({ status }) => status === 200, () => false))
  return { child, port, cookie: await logIn(port) }
}

async function logIn(port) {
  const body = new URLSearchParams(account).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
  const answer = await exchange({ port, path: '/api/auth/log_in', method: 'POST', headers }, body)
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0]
  if (!cookie) throw new Error(`not logged in: ${answer.status} ${answer.body}`)
  return cookie
}

const agent = new http.Agent({ keepAlive: true })

export function get(port, path, cookie = '') {
  return exchange({ port, path, headers: { cookie } })
}

function exchange(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', agent, ...options }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status, headers } = response
        resolve({ status, headers, body: Buffer.concat(parts).toString() })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** A browser that is logged in, and tells when a text was first to be seen on the page. */
export async function openBrowser({ port, cookie }) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
  const context = await browser.newContext()
  const [name, value] = cookie.split('=')
  await context.addCookies([{ name, value, url: `http://127.0.0.1:${port}` }])
  return { browser, page: await context.newPage() }
}

/** Resident memory in MB, as the kernel counts it, and the most that it has been. */
export function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6
  return { now: of('VmRSS'), most: of('VmHWM') }
}

/** A process that ends with this one, however this one ends. */
export function run(command, parameters, output = 'ignore') {
  const errors = process.env.VERBOSE ? 'inherit' : 'ignore'
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...parameters], { stdio: ['ignore', output, errors] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exit
}

/** A folder that goes with the run. */
export function scratch() {
  const folder = mkdtempSync('/var/tmp/outgrow-bench-')
  folders.add(folder)
  return folder
}

export function freePort() {
  return new Promise((resolve) => {
    const server = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

export async function within(seconds, what, holds, every = 50) {
  const giveUp = performance.now() + seconds * 1000
  for (;;) {
    const held = await holds()
    if (held) return held
    if (performance.now() > giveUp) throw new Error(`not within ${seconds} s: ${what}`)
    await pause(every)
  }
}

export const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
