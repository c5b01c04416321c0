// The servers that other specs start beside the sandbox's. No page is looked at here.
import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { startPostgres } from './lab.js'

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

function left(): string[] {
  const places = ['/dev/shm', '/var/tmp'].filter((place) => existsSync(place))
  const ours = `outgrow-e2e-lab-${process.pid}-`
  return places.flatMap((place) => readdirSync(place)).filter((name) => name.startsWith(ours))
}
