// Measures the pages of sharding on a real config server that describes 1,000,000 chunks of 5,003 collections, beside
// mongosh's sh.status() in the same run. Prints medians with their extremes, and for each budget whether it holds.
//   node end2end/bench-sharding.mjs          everything, some five minutes
//   node end2end/bench-sharding.mjs map      only one part: pages, map, shell
// OUTGROW_BENCH_SCALE=0.01 makes the cluster smaller, for trying it out; its figures say nothing. It starts target/outgrow
// itself. Only the figures of a release build count, and only those of an idle machine.
// What it does not have: data on the shards, so nothing here tells how long they take to be asked for sizes.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { load, move, owned, startCluster } from './bench/catalog.mjs'
import { add, beside, cache, end, get, measure, note, openBrowser, pause, resident, serve, within } from './bench/kit.mjs'

const MONGOSH = '2.12.0'
const OVERVIEW = '/sharding?target=mongo'
const LIST = '/sharding/collections?target=mongo'
const chunkMap = ({ namespace }) => `/sharding/chunks?target=mongo&namespace=${namespace}`
const live = (path) => `/live${path}`
/** The console asks a database at most once a second for each question; after this long it asks anew. */
const ANEW = 1_100
const FRESH = 5
const WARM = 12
const DELTAS = 8

const scale = Number(process.env.OUTGROW_BENCH_SCALE ?? 1)
const wanted = process.argv[2] ?? ''

await measure(async () => {
  const cluster = await startCluster(scale)
  const loaded = await load(cluster)
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`
  note(`${loaded.chunks} chunks of ${loaded.collections} collections, written in ${loaded.seconds.toFixed(1)} s: ` +
    `${mb(loaded.size)} of documents and ${mb(loaded.totalIndexSize)} of indexes, the config server's cache 1 GB`)
  if (scale !== 1) note(`made smaller by ${scale}: these figures say nothing`)
  const parts = { pages, map, shell }
  for (const [name, part] of Object.entries(parts).filter(([name]) => name.includes(wanted))) {
    const begun = performance.now()
    await part(cluster)
    console.error(`  (${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  }
  await Promise.all([cluster.router.close(), cluster.config.close()])
  await end(cluster.child)
})

// The overview and the list of collections: of a console that was just started, and of one that runs.
async function pages(cluster) {
  const first = { overview: [], list: [] }
  for (let n = 0; n < FRESH; n++) {
    const it = await serve(cluster.targets)
    // The other one first in every second round, since who comes first also opens the connection.
    const order = n % 2 ? ['list', 'overview'] : ['overview', 'list']
    for (const name of order) first[name].push(...(await asked(it, name === 'list' ? LIST : OVERVIEW)))
    await end(it.child)
  }
  const it = await serve(cluster.targets)
  const fresh = resident(it.child.pid)
  const least = []
  for (let n = 0; n < WARM; n++) least.push(...(await asked(it, '/healthz')))

  for (const [name, path, budget] of [['overview', OVERVIEW, 100], ['page of 50 collections', LIST, 50]]) {
    const anew = []
    const again = []
    for (let n = 0; n < WARM; n++) {
      const values = await asked(it, path)
      // The first one has found nothing ready.
      if (n > 0) anew.push(...values)
      again.push(...(await asked(it, path)))
      await pause(ANEW)
    }
    add(`${name}, a request every ${ANEW / 1000} s`, { values: anew, budget, unit: 'ms' })
    beside('another request at once', { values: again, unit: 'ms' })
    beside('the first of a console just started', { values: first[path === LIST ? 'list' : 'overview'], unit: 'ms' })
    await contents(it, path)
  }
  const next = nextPage((await get(it.port, LIST, it.cookie)).body)
  if (next) {
    const values = []
    let path = next
    for (let n = 0; n < WARM && path; n++) {
      values.push(...(await asked(it, path)))
      path = nextPage((await get(it.port, path, it.cookie)).body)
    }
    beside('the pages after it, each for the first time', { values, unit: 'ms' })
  } else {
    note('the list has no link to a next page')
  }
  beside('floor: an empty request to the console', { values: least, unit: 'ms' })

  const { browser, page } = await openBrowser(it)
  for (const [name, path] of [['overview', OVERVIEW], ['page of 50 collections', LIST]]) {
    const painted = []
    for (let n = 0; n < WARM; n++) {
      await page.goto(`http://127.0.0.1:${it.port}${path}`)
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
      const at = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)
      if (n >= 2) painted.push(at)
      await pause(ANEW)
    }
    beside(`${name} in a browser that has the files, first paint`, { values: painted, unit: 'ms' })
  }
  await browser.close()
  const visited = resident(it.child.pid)
  add('resident memory of the console, fresh', { values: [fresh.now], unit: 'MB' })
  add('after overview and list', { values: [visited.now], unit: 'MB' })
  await end(it.child)
}

// The map of each big collection: until it is read, as it is shown then, and after chunks have moved.
async function map(cluster) {
  const it = await serve(cluster.targets)
  const fresh = resident(it.child.pid)
  const { browser, page } = await openBrowser(it)
  for (const collection of cluster.big) {
    const path = chunkMap(collection)
    const name = `map of ${collection.chunks} chunks`
    const answer = await get(it.port, path, it.cookie)
    if (answer.status !== 200) {
      note(`${name}: ${path} answers ${answer.status}`)
      for (const what of ['shown', 'delta']) add(`${name}, ${what}`, { values: [], budget: 0, unit: 'ms' })
      continue
    }
    const begun = performance.now()
    const streamed = async () => says((await get(it.port, path, it.cookie)).body, collection.chunks)
    await within(60, `${path} tells of all ${collection.chunks} chunks`, streamed, 20)
    const read = performance.now() - begun

    const shown = await shownAt(page, `http://127.0.0.1:${it.port}${path}`, collection.chunks)
    add(`${name}, once read: first painted with the map`, { values: shown, budget: 1_000, unit: 'ms' })
    beside('until it is read, from the first request on', { values: [read], unit: 'ms' })
    const fetched = []
    let bytes = 0
    for (let n = 0; n < WARM; n++) {
      fetched.push(...(await asked(it, path, (body) => (bytes = Buffer.byteLength(body)))))
      await pause(ANEW)
    }
    beside('the page by HTTP', { values: fetched, unit: 'ms' })
    beside('its size', { values: [bytes / 1024], unit: 'KiB' })
    for (const count of [3, 1_000]) await deltas(cluster, it, collection, count)
  }
  await browser.close()
  const after = resident(it.child.pid)
  add('resident memory of the console, fresh', { values: [fresh.now], unit: 'MB' })
  add('with the maps of all three collections', { values: [after.now], unit: 'MB' })
  beside('the most it has been', { values: [after.most], unit: 'MB' })
  await end(it.child)
}

/** Moves chunks, then asks for the live part until it tells of them. */
async function deltas(cluster, it, collection, count) {
  const path = live(chunkMap(collection))
  const values = []
  const silent = []
  let asks = 0
  for (let n = 0; n < DELTAS; n++) {
    if (owned(collection)[0] < count) break
    await move(cluster, collection, count)
    await pause(ANEW)
    const begun = performance.now()
    for (let tries = 1; ; tries++) {
      const { status, body } = await get(it.port, path, it.cookie)
      if (status !== 200) throw new Error(`${path} answers ${status}`)
      const took = performance.now() - begun
      asks += 1
      if (owned(collection).every((number) => says(body, number))) {
        values.push(took)
        break
      }
      if (took > 3_000) {
        silent.push(took)
        break
      }
      await pause(5)
    }
  }
  add(`  live part after ${count} chunks have moved`, { values, budget: 50, unit: 'ms' })
  if (asks > values.length) note(`${asks} requests for ${values.length + silent.length} refreshes: the first did not always tell of the move`)
  if (silent.length) note(`${silent.length} times it told other numbers of chunks for the shards within 3 s`)
}

// The same questions, asked with mongosh.
async function shell({ host, router_port }) {
  const program = mongosh()
  const address = `mongodb://${host}:${router_port}/?directConnection=true`
  const ask = (script) => {
    const begun = performance.now()
    const options = { encoding: 'utf8', timeout: 300_000, maxBuffer: 1024 ** 3 }
    const told = execFileSync(process.execPath, [program, '--quiet', '--norc', address, '--eval', script], options)
    return { took: performance.now() - begun, told }
  }
  const rounds = 3
  const inside = []
  const whole = []
  const bare = []
  ask('1')
  for (let n = 0; n < rounds; n++) {
    bare.push(ask('1').took)
    const { took, told } = ask(`const begun = Date.now(); const all = sh.status(); print('took ' + (Date.now() - begun)); all`)
    whole.push(took)
    inside.push(Number(/took (\d+)/.exec(told)?.[1]))
    if (!told.includes('bench.orders')) throw new Error(`sh.status() does not name the collections:\n${told.slice(0, 2000)}`)
  }
  add(`mongosh ${MONGOSH}: sh.status(), in the shell`, { values: inside, unit: 'ms' })
  beside('from its start to its end', { values: whole, unit: 'ms' })
  beside('floor: mongosh that does nothing', { values: bare, unit: 'ms' })
}

/** Into the cache at the first time: it is five times what the tests need. */
function mongosh() {
  const folder = `${cache}/mongosh-${MONGOSH}`
  const program = `${folder}/node_modules/mongosh/bin/mongosh.js`
  if (!existsSync(program)) {
    console.error(`  (mongosh ${MONGOSH} goes to ${folder})`)
    mkdirSync(folder, { recursive: true })
    const install = ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', folder]
    execFileSync('npm', [...install, `mongosh@${MONGOSH}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return program
}

/** How long a request took, until all of the answer was there; nothing where there is no such page. */
async function asked(it, path, seen = () => {}) {
  const begun = performance.now()
  const { status, body } = await get(it.port, path, it.cookie)
  const took = performance.now() - begun
  seen(body)
  if (status !== 200) console.error(`  (${path} answers ${status})`)
  return status === 200 ? [took] : []
}

/** Tells how many of the collections a page names, so that nobody measures an empty one. */
async function contents(it, path) {
  const { body } = await get(it.port, path, it.cookie)
  const named = new Set(body.match(/\b(tenant\d{3}\.c\d{4}|bench\.(orders|events|files))\b/g))
  note(`the page names ${named.size} collections, in ${(Buffer.byteLength(body) / 1024).toFixed(0)} KiB`)
}

/** Where the list goes on: the link that says so, or else the one that the page after this has. */
function nextPage(html) {
  const links = [...html.matchAll(/<a\b[^>]*>/g)].map(([tag]) => tag)
  const link = links.find((tag) => /rel="?next\b/.test(tag)) ?? links.find((tag) => /collections\?[^">]*\bafter=/.test(tag))
  return /href="([^"]*)"/.exec(link ?? '')?.[1]?.replaceAll('&amp;', '&')
}

/** Whether a page has this number somewhere, with or without commas. */
function says(html, number) {
  return new RegExp(`(?<![\\d,])(${number}|${number.toLocaleString('en-US')})(?![\\d,]*\\d)`).test(html)
}

/** When the map was there in a browser that has the files already. */
async function shownAt(page, address, chunks) {
  const values = []
  for (let n = 0; n < WARM; n++) {
    await page.goto(address, { waitUntil: 'commit' })
    const text = `${chunks}|${chunks.toLocaleString('en-US')}`
    const at = await page.waitForFunction(
      (text) => {
        const painted = performance.getEntriesByName('first-contentful-paint')[0]
        if (!painted || !new RegExp(text).test(document.body?.innerHTML ?? '')) return
        window.mapSeenAt ??= performance.now()
        return Math.max(painted.startTime, window.mapSeenAt)
      },
      text,
      { polling: 'raf' },
    )
    if (n >= 2) values.push(await at.jsonValue())
    await pause(ANEW)
  }
  return values
}
