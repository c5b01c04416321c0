// Measures the preview of a TTL index on 1,000,000 documents over 30 days on a real MongoDB server, beside the same count
// by the driver itself, and compares the number that was shown with what the server then deletes.
//   node end2end/bench-ttl.mjs          some two minutes
// OUTGROW_BENCH_SCALE=0.1 makes it smaller, for trying it out; its figures say nothing. It starts target/outgrow itself.
import { writeFileSync } from 'node:fs'
import { MongoClient } from 'mongodb'
import { add, beside, cache, end, freePort, get, measure, note, pause, run, scratch, serve, within } from './bench/kit.mjs'

const DAY = 86_400_000
const BATCH = 10_000
const TIMES = 8
/** The console keeps a preview for four seconds. */
const ANEW = 4_200
const PAGE = '/caching/ttl-index?target=mongo&namespace=bench.docs&name=at_1&when=after&seconds=7d'

const scale = Number(process.env.OUTGROW_BENCH_SCALE ?? 1)
const many = Math.round(1_000_000 * scale)

await measure(async () => {
  const { child, port } = await mongod()
  const client = await new MongoClient(`mongodb://127.0.0.1:${port}/`, { directConnection: true }).connect()
  const docs = client.db('bench').collection('docs')
  await load(docs)
  if (scale !== 1) note(`made smaller by ${scale}: these figures say nothing`)
  const targets = `${scratch()}/targets.toml`
  writeFileSync(targets, `[[target]]\nid = "mongo"\nkind = "mongodb"\nname = "Bench"\nhost = "127.0.0.1"\nport = ${port}\n`)
  const it = await serve(targets)
  const shown = await previews(it, docs)
  await deletes(it, client, docs, shown)
  await client.close()
  await end(it.child)
  await end(child)
})

async function mongod() {
  const [port, folder] = [await freePort(), scratch()]
  const parameters = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet',
    '--wiredTigerCacheSizeGB', '0.5', '--setParameter', 'ttlMonitorSleepSecs=1',
    '--setParameter', 'diagnosticDataCollectionEnabled=false']
  const child = run(`${cache}/mongod-6.0.5/mongod`, parameters)
  // A client that has found nobody looks again only after a while, so each try has its own.
  const answers = async () => {
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, { directConnection: true, serverSelectionTimeoutMS: 2_000 })
    const answered = await client.db('admin').command({ ping: 1 }).then(() => true, () => false)
    await client.close()
    return answered
  }
  await within(30, 'mongod answers', answers)
  return { child, port }
}

async function load(docs) {
  const begun = performance.now()
  const now = Date.now()
  const batch = (first) => Array.from({ length: Math.min(BATCH, many - first) }, (_, k) => {
    const n = first + k
    return { at: new Date(now - (n * 30 * DAY) / many), user: n % 5_000, text: 'a document of some hundred bytes'.repeat(2) }
  })
  const firsts = Array.from({ length: Math.ceil(many / BATCH) }, (_, n) => n * BATCH)
  const worker = async () => {
    for (let first; (first = firsts.pop()) !== undefined; ) await docs.insertMany(batch(first), { ordered: false })
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 2_147_483_647 })
  note(`${many} documents over 30 days, written in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
}

async function previews(it, docs) {
  const [pages, counts] = [[], []]
  const late = []
  let shown = 0
  for (let n = 0; n < TIMES; n++) {
    const begun = performance.now()
    const { status, body } = await get(it.port, PAGE, it.cookie)
    if (status !== 200) throw new Error(`the page answers ${status}`)
    // The first one opens the connections.
    if (n > 0) pages.push(performance.now() - begun)
    const told = /id="preview"[^]*?<strong>([^<]*)/.exec(body)?.[1] ?? ''
    if (/^[\d,]+$/.test(told)) shown = Number(told.replaceAll(',', ''))
    else late.push(told)
    const again = performance.now()
    await docs.countDocuments({ at: { $lte: new Date(Date.now() - 7 * DAY) } }, { hint: 'at_1' })
    counts.push(performance.now() - again)
    await pause(ANEW)
  }
  add(`page with the preview of a TTL of 7 d: number, bytes, 30 bars`, { values: pages, budget: 1_000, unit: 'ms' })
  beside('countDocuments() by the driver: the number alone', { values: counts, unit: 'ms' })
  if (late.length) note(`${late.length} of ${TIMES} pages told no exact number at once, but “${late[0]}”`)
  if (!shown) throw new Error('no page told an exact number')
  return shown
}

async function deletes(it, client, docs, shown) {
  const post = async (name, form) => {
    const headers = { cookie: it.cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const answer = await fetch(`http://127.0.0.1:${it.port}/api/caching/${name}`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`${name} answers ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  const ttl = async () => (await client.db('admin').command({ serverStatus: 1 })).metrics.ttl.deletedDocuments
  const before = Number(await ttl())
  const begun = performance.now()
  const { change, plan, ticket } = await post('plan_ttl_index', {
    target: 'mongo', action: 'set_ttl_seconds', namespace: 'bench.docs', name: 'at_1', when: 'after', seconds: '7d',
  })
  const planned = performance.now() - begun
  const cutoff = new Date(Date.now() - 7 * DAY)
  await post('apply_ttl_index', { change, fingerprint: plan.fingerprint, ticket, typed: plan.blast.TypeName })
  await within(300, 'all is deleted', async () => !(await docs.findOne({ at: { $lte: cutoff } })), 500)
  const deleted = Number(await ttl()) - before
  add('shown beforehand and then deleted: they differ by', {
    values: [(Math.abs(deleted - shown) / shown) * 100], budget: 0.1, unit: '%',
  })
  note(`shown ${shown}, to be typed ${plan.blast.TypeName}, deleted ${deleted} in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
  beside('the plan of the change, with all its checks', { values: [planned], unit: 'ms' })
}
