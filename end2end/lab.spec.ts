// The servers that other specs start beside the sandbox's, and its spare shard. No page is looked at here.
import { existsSync, readdirSync } from 'node:fs'
import { databases, expect, own, test } from './fixtures.js'
import { startPostgres } from './lab.js'
import { giveBack } from './spare.js'

for (const major of [13, 18]) {
  test(`a PostgreSQL ${major} of a test's own has a standby, and nothing is left of it`, async () => {
    const before = left()
    const primary = await startPostgres({ major, settings: { work_mem: '3MB' } })
    const standby = await primary.standby('sb1')
    try {
      const { rows } = await primary.run(`SELECT current_setting('server_version_num') AS version,
        current_setting('work_mem') AS memory, (SELECT active FROM pg_replication_slots) AS active`)
      expect(rows).toEqual([{ version: expect.stringMatching(`^${major}`), memory: '3MB', active: true }])
      await primary.run('CREATE TABLE t AS SELECT 7 AS n')
      const client = await standby.client()
      await expect.poll(() => client.query('SELECT n FROM t').then((it) => it.rows[0]?.n, () => 0)).toBe(7)
      await client.end()
    } finally {
      await standby.stop()
      await primary.stop()
    }
    expect(left()).toEqual(before)
  })
}

// Twice, since the next test finds it as this one has left it.
for (const time of ['first', 'second']) {
  test(`the spare shard takes chunks and a database, and gives them back: ${time} time`, async ({ mongo, config, spareShard }) => {
    const admin = mongo.db('admin')
    const [name] = spareShard.split('/') as [string]
    const database = own('spare')
    const added = await admin.command({ addShard: spareShard })
    expect(added.shardAdded).toBe(name)
    await admin.command({ enableSharding: database, primaryShard: name })
    await admin.command({ shardCollection: `${database}.c`, key: { k: 'hashed' } })
    await mongo.db(database).collection('c').insertMany(Array.from({ length: 300 }, (_, k) => ({ k })))
    const shards = config.db('config').collection<{ _id: string; host: string }>('shards')
    expect((await shards.findOne({ _id: name }))?.host).toBe(spareShard)

    await giveBack(mongo, databases().mongodb.spare!)
    expect(await shards.findOne({ _id: name })).toBeNull()
    expect(await mongo.db(database).collection('c').countDocuments({})).toBe(300)
    await mongo.db(database).dropDatabase()
  })
}

function left(): string[] {
  const places = ['/dev/shm', '/var/tmp'].filter((place) => existsSync(place))
  const ours = `outgrow-e2e-lab-${process.pid}-`
  return places.flatMap((place) => readdirSync(place)).filter((name) => name.startsWith(ours))
}
