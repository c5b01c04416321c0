// A real cluster whose config server describes a million chunks. The shards have no data of them, and the balancer is
// off: what is measured is what the console asks of the config server. The cluster is thrown away afterwards.
import { readFileSync } from 'node:fs'
import { Long, MaxKey, MinKey, MongoClient, ObjectId, Timestamp, UUID } from 'mongodb'
import { program, run, scratch } from './kit.mjs'

const BATCH = 5_000
const TOGETHER = 3
const SHARDS = ['shard1', 'shard2']
/** As a config server of that size would have it; the sandbox's own is a quarter. */
const CACHE = 'cache_size=1G'

/**
 * The big collections: how many chunks, and how many neighbours the same shard owns on average. `orders` is hashed and
 * was balanced chunk by chunk, the worst case for a map; `files` has grown at one end.
 */
const BIG = [
  { name: 'orders', chunks: 600_000, run: 3, key: { customer_id: 'hashed' }, bound: hashed },
  { name: 'events', chunks: 300_000, run: 20, key: { tenant: 1, at: 1 }, bound: tenantAndTime },
  { name: 'files', chunks: 80_000, run: 200, key: { _id: 1 }, bound: objectId },
]
const SMALL = { collections: 5_000, chunks: 4, each: 100 }

/** Starts it. `scale` makes all of it smaller, for trying the benchmark out. */
export async function startCluster(scale) {
  const folder = scratch()
  const child = run(program, ['sandbox', 'start', '--no-seed', '--dir', folder], 'pipe')
  await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      if (/^ready\b/m.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`the sandbox ended: ${text}`)))
  })
  const { host, router_port, config_port } = JSON.parse(readFileSync(`${folder}/independent.json`, 'utf8')).mongodb
  const open = (port) => new MongoClient(`mongodb://${host}:${port}/`, { directConnection: true }).connect()
  const [router, config] = await Promise.all([open(router_port), open(config_port)])
  await router.db('admin').command({ balancerStop: 1 })
  await config.db('admin').command({ setParameter: 1, wiredTigerEngineRuntimeConfig: CACHE })
  // It would compare the indexes of all collections on all shards every ten minutes.
  await config.db('admin').command({ setParameter: 1, enableShardedIndexConsistencyCheck: false })
  const big = BIG.map((it) => ({ ...it, chunks: Math.max(8, Math.round(it.chunks * scale)) }))
  const small = { ...SMALL, collections: Math.max(60, Math.round(SMALL.collections * scale)) }
  return { child, host, router_port, router, config, targets: `${folder}/targets.toml`, big, small }
}

/** Writes the description into the config server; tells how much it is and how long it took. */
export async function load({ config, big, small }) {
  const begun = performance.now()
  const db = config.db('config')
  const databases = ['bench', ...Array.from({ length: Math.ceil(small.collections / small.each) }, (_, n) => tenant(n))]
  await db.collection('databases').insertMany(databases.map(database))
  const collections = []
  const writer = inBatches(db.collection('chunks'))
  for (const it of big) {
    it.namespace = `bench.${it.name}`
    it.uuid = new UUID()
    it.owners = owners(it.chunks, it.run)
    it.first = chunksSoFar
    collections.push(collection(it.namespace, it.uuid, it.key))
    for (const chunk of chunks(it)) await writer.add(chunk)
  }
  for (let n = 0; n < small.collections; n++) {
    const uuid = new UUID()
    const key = { user_id: 1 }
    collections.push(collection(`${tenant(Math.floor(n / small.each))}.c${`${n}`.padStart(4, '0')}`, uuid, key))
    const owned = Array.from({ length: small.chunks }, (_, at) => (at + n) % 2)
    for (const chunk of chunks({ uuid, chunks: small.chunks, owners: owned, bound: wholeNumber })) await writer.add(chunk)
  }
  await writer.end()
  await db.collection('collections').insertMany(collections)
  const seconds = (performance.now() - begun) / 1000
  // Sizes are counted when all is on the disk.
  await config.db('admin').command({ fsync: 1 })
  const [{ size, storageSize, totalIndexSize }] = await db
    .collection('chunks')
    .aggregate([{ $collStats: { storageStats: {} } }, { $replaceWith: '$storageStats' }])
    .toArray()
  return { chunks: chunksSoFar, collections: collections.length, seconds, size, storageSize, totalIndexSize }
}

/** How many chunks each shard has of a collection, as it was written. */
export function owned({ owners }) {
  const second = owners.reduce((sum, owner) => sum + owner, 0)
  return [owners.length - second, second]
}

/** Moves so many chunks of the first shard to the second, as migrations do: each gets a version above all others. */
export async function move({ config }, it, count) {
  const free = []
  it.owners.forEach((owner, at) => owner === 0 && free.push(at))
  const step = Math.floor(free.length / count)
  if (!step) throw new Error(`${it.namespace} has no ${count} chunks left to move`)
  it.major ??= Math.ceil(it.chunks / 100) + 1
  const writes = Array.from({ length: count }, (_, n) => {
    const at = free[n * step]
    it.owners[at] = 1
    it.major += 1
    const lastmod = new Timestamp({ t: it.major, i: 0 })
    const history = [{ validAfter: validAfter(), shard: SHARDS[1] }]
    return { updateOne: { filter: { _id: idOf(it.first + at) }, update: { $set: { shard: SHARDS[1], lastmod, history } } } }
  })
  const { modifiedCount } = await config.db('config').collection('chunks').bulkWrite(writes, { ordered: false })
  if (modifiedCount !== count) throw new Error(`${modifiedCount} of ${count} chunks were changed`)
}

let chunksSoFar = 0

function* chunks({ uuid, chunks, owners, bound }) {
  for (let n = 0; n < chunks; n++) {
    const shard = SHARDS[owners[n]]
    yield {
      _id: idOf(chunksSoFar++),
      uuid,
      min: bound(n, chunks),
      max: bound(n + 1, chunks),
      shard,
      lastmod: new Timestamp({ t: 1 + Math.floor(n / 100), i: n % 100 }),
      history: [{ validAfter: validAfter(), shard }],
      // Some cannot be split any more.
      ...(n % 5_000 === 4_999 ? { jumbo: true } : {}),
    }
  }
}

/** Who owns each chunk: runs of neighbours, of random length with this mean. */
function owners(count, mean) {
  const all = new Uint8Array(count)
  let owner = 0
  for (let n = 0; n < count; n++) {
    if (random() < 1 / mean) owner = 1 - owner
    all[n] = owner
  }
  return all
}

/** The same numbers each time, so that two runs measure the same. */
let seed = 0x9e3779b9
function random() {
  seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
  return ((seed ^ (seed >>> 13)) >>> 0) / 2 ** 32
}

const MIN = new MinKey()
const MAX = new MaxKey()

function at(n, count, value) {
  return n === 0 ? MIN : n === count ? MAX : value()
}

function hashed(n, count) {
  const step = (1n << 64n) / BigInt(count)
  return { customer_id: at(n, count, () => Long.fromBigInt(-(1n << 63n) + step * BigInt(n))) }
}

function tenantAndTime(n, count) {
  if (n === 0 || n === count) return { tenant: at(n, count), at: at(n, count) }
  const [name, day] = [Math.floor(n / 300), n % 300]
  return { tenant: `t${`${name}`.padStart(5, '0')}`, at: day === 0 ? MIN : new Date(Date.UTC(2026, 0, 1 + day)) }
}

function objectId(n, count) {
  return { _id: at(n, count, () => new ObjectId((0x60000000 + n * 1_000).toString(16).padEnd(24, '0'))) }
}

function wholeNumber(n, count) {
  return { user_id: at(n, count, () => n * 10_000) }
}

function idOf(n) {
  return new ObjectId(`6b000000beefbeef${n.toString(16).padStart(8, '0')}`)
}

function tenant(n) {
  return `tenant${`${n}`.padStart(3, '0')}`
}

const now = Math.floor(Date.now() / 1000)
const validAfter = () => new Timestamp({ t: now, i: 1 })

function database(_id) {
  const version = { uuid: new UUID(), timestamp: validAfter(), lastMod: 1 }
  return { _id, primary: SHARDS[0], partitioned: false, version }
}

function collection(_id, uuid, key) {
  return {
    _id,
    lastmodEpoch: new ObjectId(),
    lastmod: new Date(),
    timestamp: validAfter(),
    uuid,
    key,
    unique: false,
    chunksAlreadySplitForDowngrade: false,
    noBalance: false,
  }
}

/** Writes what it is given, some batches at a time. */
function inBatches(into) {
  const options = { ordered: false, writeConcern: { w: 1 } }
  const running = new Set()
  let batch = []
  const flush = () => {
    if (!batch.length) return
    const write = into.insertMany(batch, options).finally(() => running.delete(write))
    running.add(write)
    batch = []
  }
  return {
    async add(document) {
      batch.push(document)
      if (batch.length < BATCH) return
      flush()
      if (running.size >= TOGETHER) await Promise.race(running)
    },
    async end() {
      flush()
      await Promise.all(running)
    },
  }
}
