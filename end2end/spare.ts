// The sandbox's spare shard, which lives as long as the sandbox: each test that adds it to the cluster leaves it as it was.
import { expect } from '@playwright/test'
import { MongoClient } from 'mongodb'

/** Removes the replica set `name/host:port` from the cluster, where it is a shard, and what it has kept of it. */
export async function giveBack(mongo: MongoClient, spare: string) {
  const [name, address] = spare.split('/') as [string, string]
  const shards = mongo.db('config').collection<{ _id: string }>('shards')
  if (await shards.findOne({ _id: name })) {
    // The balancer may be at work on the very chunk; what is refused then is tried again.
    await expect(() => empty(mongo, name)).toPass({ timeout: 50_000 })
  }
  // A shard must not bring databases that the cluster has: of what moved away the empty ones are left.
  const server = await new MongoClient(`mongodb://${address}/`, { directConnection: true }).connect()
  const { databases } = await server.db('admin').command({ listDatabases: 1, nameOnly: true })
  for (const { name } of databases as { name: string }[]) {
    if (!['admin', 'config', 'local'].includes(name)) await server.db(name).dropDatabase()
  }
  await server.close()
}

/** Moves all that a shard has to the first one, by hand, since the balancer may be off or heed a zone. */
async function empty(mongo: MongoClient, name: string) {
  const admin = mongo.db('admin')
  const config = mongo.db('config')
  const shards = config.collection<{ _id: string; tags?: string[] }>('shards')
  const leaving = await shards.findOne({ _id: name })
  if (!leaving) return
  const zones = leaving.tags ?? []
  const had = (await shards.findOne({ _id: 'shard1' }))?.tags ?? []
  // The last shard of a zone with ranges cannot go.
  for (const zone of zones) await admin.command({ addShardToZone: 'shard1', zone })
  await admin.command({ removeShard: name })
  for (const { _id, uuid } of await config.collection('collections').find().toArray()) {
    // With the types that the bounds have: a number of JavaScript's is not the same bound.
    const chunks = config.collection('chunks').find({ uuid, shard: name }, { promoteValues: false })
    for (const { min, max } of await chunks.toArray()) {
      await admin.command({ moveChunk: _id, bounds: [min, max], to: 'shard1', forceJumbo: true })
    }
  }
  for (const { _id } of await config.collection('databases').find({ primary: name }).toArray()) {
    await admin.command({ movePrimary: _id, to: 'shard1' })
  }
  const { state } = await admin.command({ removeShard: name })
  expect(state).toBe('completed')
  for (const zone of zones.filter((zone) => !had.includes(zone))) {
    // Its ranges are the test's own matter.
    await admin.command({ removeShardFromZone: 'shard1', zone }).catch(() => undefined)
  }
}
