// Measures a job over 1,000,000 keys of a real Redis beside a pipeline written by hand and redis-benchmark in the same
// run, and what another client notices of it. Prints medians with their extremes, and for each budget whether it holds.
//   node end2end/bench-caching.mjs
// OUTGROW_BENCH_SCALE=0.01 makes it smaller, for trying it out; its figures say nothing. It starts target/outgrow itself.
// Only the figures of a release build count, and only those of an idle machine: the server, the console, the other client
// and the pipeline share its cores.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { add, beside, end, freePort, measure, note, pause, run, scratch, serve, within } from './bench/kit.mjs'

const ROUNDS = 3
const PASSWORD = 'bench'
const BATCH = 250
const scale = Number(process.env.OUTGROW_BENCH_SCALE ?? 1)
const KEYS = Math.round(1_000_000 * scale)
const VALUE = 'v'.repeat(100)

await measure(async () => {
  const server = await startRedis()
  if (scale !== 1) note(`made smaller by ${scale}: these figures say nothing`)
  await fill(server.port)
  const console_ = await serve(server.targets)
  const idle = await beside_(server.port, () => pause(4_000))
  const jobs = []
  const seconds = []
  const shares = []
  const p99s = []
  const stalls = []
  const undos = []
  const pipes = []
  for (let round = 0; round < ROUNDS; round++) {
    // By turns first, since the second finds the server's memory warm.
    const byHand = async () => pipes.push(KEYS / (await pipeline(server.port)))
    if (round % 2 === 0) await byHand()
    let job
    const noticed = await beside_(server.port, async () => {
      job = await bulk(console_, { action: 'bulk_ttl', pattern: 'key:*', ttl: String(7_200 + round), only: 'all', jitter: '10' })
    })
    if (job.counts.changed !== KEYS) throw new Error(`not all were changed: ${JSON.stringify(job.counts)}`)
    if (round % 2 === 1) await byHand()
    jobs.push(job.rate)
    seconds.push(job.seconds)
    shares.push(job.rate / pipes.at(-1))
    p99s.push(percentile(noticed, 0.99))
    stalls.push(noticed.at(-1))
    const undo = await bulk(console_, { action: 'undo_bulk', job: String(job.record) })
    if (undo.undone.restored !== KEYS) throw new Error(`not all were restored: ${JSON.stringify(undo.undone)}`)
    undos.push(undo.rate)
  }
  const baseline = percentile(idle, 0.99)
  add(`a job over ${KEYS} keys with its journal`, { values: seconds, budget: 8, unit: 's' })
  beside('keys per second', { values: jobs, unit: '/s' })
  beside(`by hand: SCAN ${BATCH} and PEXPIRE × ${BATCH}, no journal`, { values: pipes, unit: '/s' })
  // A budget is the most that a figure may be, so that this is what the pipeline is faster by.
  add('the pipeline by hand is faster by a factor of', { values: shares.map((share) => 1 / share), budget: 1.25, unit: '×' })
  add('the way back, per 250,000 keys', { values: undos.map((rate) => 250_000 / rate), budget: 1, unit: 's' })
  add('another client, p99 as a multiple of its own without the job', { values: p99s.map((it) => it / baseline), budget: 3, unit: '×' })
  beside('p99 without the job', { values: [baseline], unit: 'ms' })
  beside('p99 beside the job', { values: p99s, unit: 'ms' })
  add('the longest that it waited', { values: stalls, budget: 10, unit: 'ms' })
  beside('the same without the job', { values: [idle.at(-1)], unit: 'ms' })
  for (const [what, rate] of benchmark(server.port)) beside(`redis-benchmark, ${what}`, { values: [rate], unit: '/s' })
  note(`calls of SCAN with more than 1,000 keys, KEYS, EVAL: ${await forbidden(server.port)}`)
  await end(console_.child)
  await end(server.child)
})

async function startRedis() {
  const port = await freePort()
  const folder = scratch()
  const child = run('redis-server', ['--port', port, '--bind', '127.0.0.1', '--requirepass', PASSWORD, '--save', '', '--dir', folder].map(String))
  await within(10, 'Redis answers', async () => (await ask(port, [['PING']]).catch(() => [])).includes('PONG'))
  const targets = `${folder}/targets.toml`
  const lines = ['[[target]]', 'id = "bench"', 'kind = "redis"', 'name = "Bench"', 'host = "127.0.0.1"', `port = ${port}`, `password = "${PASSWORD}"`]
  writeFileSync(targets, `${lines.join('\n')}\n`, { mode: 0o600 })
  return { port, child, targets }
}

/** One key in two has a time to live already. */
async function fill(port) {
  const client = await raw(port)
  for (let from = 0; from < KEYS; from += 10_000) {
    const commands = []
    for (let place = from; place < Math.min(from + 10_000, KEYS); place++) {
      const set = ['SET', `key:${String(place).padStart(7, '0')}`, VALUE]
      commands.push(place % 2 ? [...set, 'EX', '86400'] : set)
    }
    await client.ask(commands)
  }
  client.close()
}

/** Plans and applies as a script does, and waits for the end. */
async function bulk(it, form) {
  const planned = await call(it, 'caching/plan_bulk', Object.fromEntries([['target', 'bench'], ...Object.entries(form).map(([name, value]) => [`form[${name}]`, value])]))
  const { change, plan, ticket } = planned
  const record = await call(it, 'caching/apply_bulk', { change, fingerprint: plan.fingerprint, ticket, typed: plan.blast.TypeName ?? '' })
  let view
  await within(120, 'the job has ended', async () => {
    view = await call(it, 'caching/read_bulk_job', { target: 'bench', record })
    return view.end
  }, 20)
  if (view.end !== 'whole') throw new Error(`it did not come to its end: ${JSON.stringify(view)}`)
  const seconds = (view.at - view.began) / 1_000
  return { ...view, seconds, rate: KEYS / seconds }
}

async function call({ port, cookie }, path, form) {
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(`http://127.0.0.1:${port}/api/${path}`, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' })
  if (answer.status === 302) return Number(new URL(answer.headers.get('location'), 'http://c').searchParams.get('record'))
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** The same by hand: the next look is on its way while keys are set. Gives seconds. */
async function pipeline(port) {
  const client = await raw(port)
  const begun = performance.now()
  let [[cursor, names]] = await client.ask([['SCAN', '0', 'MATCH', 'key:*', 'COUNT', String(BATCH)]])
  for (;;) {
    const last = cursor === '0'
    const set = names.map((name) => ['PEXPIRE', name, '7200000'])
    const answers = await client.ask(last ? set : [...set, ['SCAN', cursor, 'MATCH', 'key:*', 'COUNT', String(BATCH)]])
    if (last) break
    ;[cursor, names] = answers.at(-1)
  }
  client.close()
  return (performance.now() - begun) / 1_000
}

/** How long a GET takes another client while `work` goes on, in milliseconds, in order. */
async function beside_(port, work) {
  const client = await raw(port)
  const times = []
  let ended = false
  const probing = (async () => {
    while (!ended) {
      const begun = performance.now()
      await client.ask([['GET', 'key:0000001']])
      times.push(performance.now() - begun)
      await pause(1)
    }
  })()
  await work()
  ended = true
  await probing
  client.close()
  return times.sort((a, b) => a - b)
}

function percentile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}

function benchmark(port) {
  const parameters = ['-p', port, '-a', PASSWORD, '-n', Math.max(10_000, KEYS), '-P', BATCH, '-c', 1, '-r', KEYS, '--csv', 'PEXPIRE', 'key:__rand_int__', '7200000']
  const { stdout } = spawnSync('redis-benchmark', parameters.map(String), { encoding: 'utf8' })
  const rates = [...(stdout ?? '').matchAll(/^"(PEXPIRE[^"]*)","([\d.]+)"/gm)]
  return rates.map(([, , rate]) => [`PEXPIRE in pipelines of ${BATCH}`, Number(rate)])
}

async function forbidden(port) {
  const [text] = await ask(port, [['INFO', 'commandstats']])
  const calls = (name) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(text)?.[1] ?? 0)
  return calls('keys') + calls('eval') + calls('flushall')
}

async function ask(port, commands) {
  const client = await raw(port)
  const answers = await client.ask(commands)
  client.close()
  return answers
}

/** A client as bare as can be: writes requests in one go, and reads as many answers. */
async function raw(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let rest = Buffer.alloc(0)
  let waiting
  socket.on('data', (part) => {
    rest = rest.length ? Buffer.concat([rest, part]) : part
    waiting?.read()
  })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.on('error', (error) => waiting?.reject(error))
  const client = {
    ask: (commands) =>
      new Promise((resolve, reject) => {
        const answers = []
        let at = 0
        const read = () => {
          while (answers.length < commands.length) {
            const answer = parsed(rest, at)
            if (!answer) break
            answers.push(answer[0])
            at = answer[1]
          }
          if (answers.length < commands.length) return
          rest = rest.subarray(at)
          waiting = undefined
          resolve(answers)
        }
        waiting = { read, reject }
        socket.write(commands.map(packed).join(''))
      }),
    close: () => socket.destroy(),
  }
  await client.ask([['AUTH', PASSWORD]])
  return client
}

// All that is sent is ASCII, so that characters are bytes.
function packed(command) {
  return `*${command.length}\r\n${command.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`
}

/** One answer and where the next begins; nothing where it is not whole yet. */
function parsed(buffer, at) {
  const stop = buffer.indexOf('\r\n', at)
  if (stop < 0) return undefined
  const line = buffer.latin1Slice(at + 1, stop)
  const next = stop + 2
  switch (buffer[at]) {
    case 0x24: {
      const length = Number(line)
      if (length < 0) return [null, next]
      return buffer.length < next + length + 2 ? undefined : [buffer.latin1Slice(next, next + length), next + length + 2]
    }
    case 0x2a: {
      const items = []
      let place = next
      for (let left = Number(line); left > 0; left--) {
        const item = parsed(buffer, place)
        if (!item) return undefined
        items.push(item[0])
        place = item[1]
      }
      return [items, place]
    }
    case 0x2d:
      throw new Error(line)
    case 0x3a:
      return [Number(line), next]
    default:
      return [line, next]
  }
}
