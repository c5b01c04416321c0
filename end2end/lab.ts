// PostgreSQL servers of any version beside the sandbox's, each for one test: what src/sandbox/lab.rs is to the Rust
// tests, with the same programs, configuration and way to copy a server that runs.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const shared = fileURLToPath(new URL('../src/sandbox/lab', import.meta.url))
const cache = process.env.OUTGROW_CACHE || `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/outgrow`
// PostgreSQL refuses to run as root, and its account may not enter root's folders.
const root = process.getuid?.() === 0
const openPlace = '/var/lib/outgrow-sandbox'
const underAccount = root ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
const prefix = 'outgrow-e2e-lab-'

export interface Wanted {
  /** 13 to 18. */
  major: number
  /** They stand in a configuration file, so that ALTER SYSTEM can change them. */
  settings?: Record<string, string>
}

/** A primary with `wal_level=logical` and 20 slots. Stop it; it is also gone when this process ends. */
export async function startPostgres({ major, settings = {} }: Wanted): Promise<Server> {
  const programs = programsOf(major)
  const folder = newFolder()
  const password = randomBytes(16).toString('hex')
  writeFileSync(`${folder}/password`, password)
  await asAccount(`${programs}/initdb`, [
    ...['--pgdata', `${folder}/data`, '--pwfile', `${folder}/password`, '--username=postgres'],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'],
  ])
  appendFileSync(`${folder}/data/postgresql.conf`, readFileSync(`${shared}/postgresql.conf`))
  return new Server({ major, name: 'primary', programs, folder, password, settings }).start()
}

interface Parts {
  major: number
  name: string
  programs: string
  folder: string
  password: string
  settings: Record<string, string>
}

export class Server {
  readonly host = '127.0.0.1'
  readonly user = 'postgres'
  port = 0
  #process: ChildProcess | undefined

  constructor(private readonly parts: Parts) {}

  get major() {
    return this.parts.major
  }

  /** The superuser's; a standby has the same. */
  get password() {
    return this.parts.password
  }

  /** The last words of the server. */
  get log() {
    return readFileSync(`${this.parts.folder}/log`, 'utf8')
  }

  /** A connection as superuser. End it; it does not mind that the server goes away before. */
  async client(database = 'postgres'): Promise<pg.Client> {
    const { host, port, user, password } = this
    const client = new pg.Client({ host, port, user, password, database })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  /** One statement as superuser. Several at once would be one transaction. */
  async run(sql: string, database = 'postgres') {
    const client = await this.client(database)
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }

  /** For programs and servers that connect through libpq, such as CREATE SUBSCRIPTION. */
  conninfo(database = 'postgres') {
    return `host=${this.host} port=${this.port} user=${this.user} password=${this.password} dbname=${database}`
  }

  /** A standby that streams through the slot `name`, which is made here unless it exists. */
  async standby(name: string, settings: Record<string, string> = {}): Promise<Server> {
    const folder = newFolder()
    const client = await this.client()
    await client.query(
      `SELECT pg_create_physical_replication_slot($1, true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1::name)`,
      [name],
    )
    await this.#copy(client, `${folder}/data`)
    const own = {
      primary_conninfo: `${this.conninfo()} application_name=${name}`,
      primary_slot_name: name,
      hot_standby_feedback: 'on',
    }
    const parts = { ...this.parts, name, folder, settings: { ...this.parts.settings, ...own, ...settings } }
    const standby = await new Server(parts).start()
    const streams = `SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'`
    await within(30, `${name} streams`, async () => (await client.query(streams, [name])).rowCount === 1)
    await client.end()
    return standby
  }

  /** Starts what somebody's own program puts into the folder that it is given, such as a base backup of this server. */
  async restored(name: string, make: (data: string) => Promise<void>): Promise<Server> {
    const folder = newFolder()
    await make(`${folder}/data`)
    if (root) await run('chown', ['-R', account().join(':'), `${folder}/data`])
    return new Server({ ...this.parts, name, folder }).start()
  }

  /** Ends the server, and removes it with its data. */
  async stop() {
    const ended = this.#process
    if (ended?.exitCode === null && ended.signalCode === null) {
      const exit = new Promise((resolve) => ended.once('exit', resolve))
      ended.kill('SIGQUIT')
      await exit
    }
    remove(this.parts.folder)
  }

  async start(): Promise<this> {
    const { folder, programs, name, settings } = this.parts
    const data = `${folder}/data`
    this.port = await freePort()
    const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    const all = { port: `${this.port}`, cluster_name: name, ...settings }
    const lines = Object.entries(all).map(([key, value]) => `${key} = ${quoted(value)}\n`)
    give(`${data}/lab.conf`, lines.join(''))
    const log = openSync(`${folder}/log`, 'w')
    const program = ['--', `${programs}/postgres`, '-D', data]
    // Bound to this process, so that it ends even when this one is killed outright.
    const options = { cwd: '/', detached: true, stdio: ['ignore', log, log] as ['ignore', number, number] }
    const server = spawn('setpriv', ['--pdeathsig', 'QUIT', ...underAccount, ...program], options)
    closeSync(log)
    this.#process = server
    await within(30, `PostgreSQL ${this.major} answers`, async () => {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ${this.major} does not start:\n${this.log}`)
      return this.run('SELECT').then(
        () => true,
        () => false,
      )
    })
    return this
  }

  async #copy(client: pg.Client, to: string) {
    const [start, stop] =
      this.major < 15
        ? [`pg_start_backup('lab', true, false)`, 'pg_stop_backup(false, false)']
        : [`pg_backup_start('lab', true)`, 'pg_backup_stop(false)']
    await client.query(`SELECT ${start}`)
    mkdirSync(to, { mode: 0o700 })
    give(to)
    // As text, since the account may not be able to enter the checkout.
    const script = readFileSync(`${shared}/copy.sh`, 'utf8')
    await asAccount('bash', ['-c', script, 'copy', `${this.parts.folder}/data`, to])
    const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM ${stop}`)
    give(`${to}/backup_label`, rows[0]!.labelfile)
    give(`${to}/standby.signal`, '')
  }
}

/** The programs that a person would run on the replica's machine, of the server's own version. */
export function clientsOf(major: number): string {
  const folder = major === 18 ? `${cache}/postgres-clients-18/bin` : `/usr/lib/postgresql/${major}/bin`
  if (!existsSync(`${folder}/pg_basebackup`)) throw new Error(`${folder}/pg_basebackup is missing`)
  return folder
}

function programsOf(major: number): string {
  const installed = `${cache}/postgres-${major}/native`
  if (!existsSync(`${installed}/bin/postgres`)) throw new Error(`${installed} is missing: run .make/setup.sh test`)
  if (!root) return `${installed}/bin`
  // The copy that the sandbox and the Rust tests use too, made in one step.
  const open = `${openPlace}/programs-${major}`
  if (!existsSync(`${open}/bin/postgres`)) {
    mkdirSync(openPlace, { recursive: true })
    chmodSync(openPlace, 0o711)
    const draft = mkdtempSync(`${openPlace}/draft-`)
    cpSync(installed, draft, { recursive: true, verbatimSymlinks: true })
    chmodSync(draft, 0o755)
    renameSync(draft, open)
  }
  return `${open}/bin`
}

const folders = new Set<string>()

/** A folder for one server, in memory where there is plenty: that is faster. */
function newFolder(): string {
  const { bavail, bsize } = existsSync('/dev/shm') ? statfsSync('/dev/shm') : { bavail: 0, bsize: 0 }
  const place = bavail * bsize > 4 * 1024 ** 3 ? '/dev/shm' : '/var/tmp'
  if (folders.size === 0) sweep(place)
  const folder = mkdtempSync(`${place}/${prefix}${process.pid}-`)
  give(folder)
  folders.add(folder)
  return folder
}

process.on('exit', () => folders.forEach(remove))

function remove(folder: string) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  folders.delete(folder)
}

/** Removes what runs left that were killed before they could. */
function sweep(place: string) {
  for (const name of readdirSync(place).filter((name) => name.startsWith(prefix))) {
    const pid = name.slice(prefix.length).split('-')[0]
    if (!existsSync(`/proc/${pid}`)) remove(`${place}/${name}`)
  }
}

/** Writes a file, where there is a text, and hands it to PostgreSQL's account. */
function give(path: string, text?: string) {
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 })
  if (root) chownSync(path, ...account())
}

function account(): [number, number] {
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m)
  if (!line) throw new Error('There is no account "postgres", which its server needs: run .make/setup.sh test')
  return [Number(line[1]), Number(line[2])]
}

async function asAccount(program: string, parameters: string[]) {
  await run('setpriv', [...underAccount, '--', program, ...parameters], { cwd: '/' })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function within(seconds: number, what: string, holds: () => Promise<boolean>) {
  const giveUp = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
