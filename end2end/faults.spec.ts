// A database that hangs, by real means: its processes are halted. Its page says so in time, the others do not notice.
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { databases, expect, hydrated, logIn, test } from './fixtures.js'

const ANSWERS = {
  '/sharding/collections?target=mongo&search=shop.': 'shop.orders',
  '/replication?target=pg-main': 'standby1',
  '/caching/keys?target=cache': /of [\d,]+ keys, page/,
}
type Path = keyof typeof ANSWERS

interface Fault {
  what: string
  processes: string[]
  path: Path
  name: string
  /** What its page says. */
  told: RegExp
  /** What it does not show then; what it shows otherwise, unless said. */
  gone?: string
  /** What the overview says. */
  overview: string
}

const faults: Fault[] = [
  {
    what: 'Redis',
    processes: ['redis'],
    path: '/caching/keys?target=cache',
    name: 'Shop cache',
    told: /Shop cache (gave no|has not|cannot)/,
    overview: 'No answer',
  },
  {
    what: 'PostgreSQL',
    processes: ['postgresql primary'],
    path: '/replication?target=pg-main',
    name: 'Shop database',
    told: /Shop database (gave no|has not|cannot)/,
    overview: 'No answer',
  },
  {
    what: 'all of MongoDB',
    processes: ['config', 'shard1', 'shard2'],
    path: '/sharding/collections?target=mongo&search=shop.',
    name: 'Shop cluster',
    told: /Shop cluster (gave no|has not|cannot)/,
    overview: '',
  },
  // The overview asks the router only, which goes on answering; what is sharded is known to the config server.
  {
    what: 'the shards',
    gone: 'shop.sessions',
    processes: ['shard1', 'shard2'],
    path: '/sharding/collections?target=mongo&search=shop.',
    name: 'Shop cluster',
    told: /could not be listed/,
    overview: '',
  },
]

let halted: number[] = []

/** Halts processes of the sandbox with all their children: a server of PostgreSQL is many. */
function halt(names: string[]) {
  const { pids } = databases()
  for (const name of names) {
    const pid = pids[name]
    if (pid === undefined) throw new Error(`the sandbox has no process ${name}: ${Object.keys(pids).join(', ')}`)
    for (const member of family(pid)) {
      process.kill(member, 'SIGSTOP')
      halted.push(member)
    }
  }
}

function resume() {
  for (const pid of halted) {
    try {
      process.kill(pid, 'SIGCONT')
    } catch {
      // It has ended meanwhile.
    }
  }
  halted = []
}

function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(family)]
}

/** How long the browser waits for the page, in milliseconds. */
async function opened(page: Page, path: string): Promise<number> {
  const begun = Date.now()
  await page.goto(path)
  const took = Date.now() - begun
  await hydrated(page)
  return took
}

test.afterEach(resume)

for (const { what, processes, path, name, told, overview, gone } of faults) {
  test(`dead database: with ${what} halted its page says so in 5 s, the others work, and it recovers`, async ({ page, problems }) => {
    test.setTimeout(90_000)
    problems.expected.push(/503/)
    await logIn(page)
    for (const [other, sign] of Object.entries(ANSWERS)) {
      await opened(page, other)
      await expect(page.getByRole('main').getByText(sign).first()).toBeVisible()
    }

    halt(processes)
    // What was read less than a second before is shown, with its age; a look after that tells.
    const looks: number[] = []
    await expect(async () => {
      looks.push(await opened(page, path))
      await expect(page.getByRole('main').getByText(told).first()).toBeVisible({ timeout: 100 })
    }).toPass({ timeout: 15_000, intervals: [300] })
    expect(Math.max(...looks), 'its page').toBeLessThan(5_000)
    expect(looks.length, 'looks until it is told').toBeLessThanOrEqual(3)
    await expect(page.getByText(gone ?? ANSWERS[path])).toHaveCount(0)
    expect(await opened(page, '/'), 'the overview').toBeLessThan(5_000)
    await expect(page.getByRole('row').filter({ hasText: name })).toContainText(overview)
    for (const [other, sign] of Object.entries(ANSWERS).filter(([other]) => other !== path)) {
      expect(await opened(page, other), other).toBeLessThan(1_500)
      await expect(page.getByRole('main').getByText(sign).first()).toBeVisible()
      await expect(page.getByRole('alert')).toHaveCount(0)
    }

    resume()
    await expect(async () => {
      await opened(page, path)
      await expect(page.getByRole('main').getByText(ANSWERS[path]).first()).toBeVisible({ timeout: 100 })
    }).toPass({ timeout: 15_000, intervals: [500] })
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
}

test('dead database: a change to it ends with a clear message and no half-done work', async ({ page, problems, redis }) => {
  test.setTimeout(60_000)
  problems.expected.push(/503/)
  await redis.set('halted', 'kept', { EX: 5000 })
  await logIn(page)
  await opened(page, '/caching/key?target=cache&action=set_ttl&key=halted&ttl=10')
  await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled()
  halt(['redis'])
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText(/gave no answer within|has not answered/).first()).toBeVisible({ timeout: 10_000 })
  resume()
  await expect.poll(() => redis.ttl('halted')).toBeGreaterThan(4900)
})
