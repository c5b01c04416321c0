// Replication slots: created, refused, dropped; what came of it is asked of PostgreSQL itself.
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { attempts, call, expect, lastRecord, logIn, open, own, planForm, readRecord, test, withWasm } from './fixtures.js'

const PAGE = '/replication?target=pg-main'

const slotsOf = async (postgres: pg.Client, name: string) =>
  (await postgres.query('SELECT slot_type, active, restart_lsn::text FROM pg_replication_slots WHERE slot_name = $1', [name])).rows

/** Makes a slot past the console, and waits until its watcher has seen it. */
const create = async (page: Page, postgres: pg.Client, name: string) => {
  await postgres.query('SELECT pg_create_physical_replication_slot($1, true)', [name])
  await expect.poll(() => lists(page, name), 'the watcher sees the slot').toBe(true)
}

const lists = async (page: Page, name: string): Promise<boolean> => {
  const list = await (await call(page, 'replication/list_slots', { target: 'pg-main', search: name })).json()
  return list.slots.some(({ slot }: { slot: { name: string } }) => slot.name === name)
}

/** Moves the place where a new slot begins. */
const moveOn = async (postgres: pg.Client) => {
  await postgres.query(`SELECT pg_logical_emit_message(false, 'e2e', repeat('x', 100000))`)
  await postgres.query('CHECKPOINT')
}

test.beforeEach(async ({ page, postgres }) => {
  // What a test that failed may have left.
  await postgres.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
     WHERE NOT active AND slot_name NOT IN ('standby1', 'forgotten_reporting')`,
  )
  await logIn(page)
})

test('create slot, drop slot: the textbook slot myslot, through the forms', async ({ page, postgres }) => {
  await open(page, PAGE)
  await page.getByLabel('Slot name').fill('myslot')
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const plan = page.getByRole('region', { name: 'Create the physical slot myslot on Shop database' })
  const command = `SELECT slot_name, lsn FROM pg_create_physical_replication_slot('myslot', true);`
  await expect(plan.getByText(command)).toBeVisible()
  await expect(plan.getByText('No slot is called myslot.')).toBeVisible()
  await expect(plan.getByText('Drop the slot myslot.')).toBeVisible()
  expect(await slotsOf(postgres, 'myslot'), 'a plan changes nothing').toEqual([])
  await plan.getByRole('button', { name: 'Apply' }).click()

  await expect(page.getByRole('status')).toContainText('Done: Create the physical slot myslot')
  const [slot] = await slotsOf(postgres, 'myslot')
  expect(slot).toMatchObject({ slot_type: 'physical', active: false })
  const made = await lastRecord(page)
  expect(made.entry).toMatchObject({ word: 'replication.create_slot', target: 'pg-main', outcome: 'Done' })
  expect(made.report?.ran.map(({ command }) => command.exact)).toEqual([command])

  const row = page.getByRole('row').filter({ hasText: 'myslot' })
  await expect(row.getByRole('cell').nth(0)).toHaveText('physical')
  await expect(row.getByRole('cell').nth(1)).toHaveText(/^nobody/)
  await expect(row.getByRole('cell').nth(3)).toHaveText(/^[\d.]+ (B|KiB|MiB)$/)
  await row.getByRole('link', { name: 'Drop myslot' }).click()

  const dropping = page.getByRole('region', { name: 'Drop the slot myslot on Shop database' })
  await expect(dropping.getByText(`pg_drop_replication_slot(slot_name)`)).toContainText(slot.restart_lsn)
  await dropping.getByLabel(/^Type the name to confirm: myslot/).fill('myslot')
  await dropping.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done: Drop the slot myslot')
  expect(await slotsOf(postgres, 'myslot')).toEqual([])
  await expect(page.getByRole('row').filter({ hasText: 'myslot' })).toHaveCount(0)

  await page.getByRole('link', { name: /^Record no/ }).click()
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Drop the slot myslot on Shop database')
  await expect(page.getByRole('definition').filter({ hasText: 'replication.drop_slot' })).toBeVisible()
})

test('create slot: without holding WAL, as the form says', async ({ page, postgres }) => {
  const name = own('later')
  await open(page, PAGE)
  await page.getByLabel('Slot name').fill(name)
  await page.getByLabel('From the first connection').check()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(page.getByText('The slot holds no WAL until a standby connects')).toBeVisible()
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Done')
  expect(await slotsOf(postgres, name)).toEqual([{ slot_type: 'physical', active: false, restart_lsn: null }])
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('holds none yet')
})

test('create slot: a name that cannot be used is told at the field, and what was typed stays', async ({ page, postgres, problems }) => {
  problems.expected.push(/422/)
  for (const [name, rule] of [
    ['MySlot', '“M” is not allowed'],
    ['my-slot', '“-” is not allowed'],
    [`my'slot`, `“'” is not allowed`],
    ['슬롯', '“슬” is not allowed'],
    ['a'.repeat(64), 'At most 63 characters'],
  ] as const) {
    await open(page, PAGE)
    const field = page.getByLabel('Slot name')
    await field.fill(name)
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page).toHaveURL(/action=create_slot/)
    await expect(field).toHaveAccessibleDescription(new RegExp(rule))
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveValue(name)
    expect(await slotsOf(postgres, name.toLowerCase())).toEqual([])
  }
  // The browser does not send an empty field; an address can be written by hand.
  await open(page, `${PAGE}&action=create_slot&name=`)
  await expect(page.getByLabel('Slot name')).toHaveAccessibleDescription(/Give the slot a name/)
})

test('create slot: a name that is taken is blocked in the plan, also when it is posted by hand', async ({ page, postgres }) => {
  const name = own('taken')
  await create(page, postgres, name)
  const before = await slotsOf(postgres, name)
  await open(page, `${PAGE}&action=create_slot&name=${name}`)
  await expect(page.getByText(`There is a physical slot ${name} already.`)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  const answer = await call(page, 'replication/apply_change', await planForm(page))
  const record = await readRecord(page, await answer.json())
  expect(record.entry).toMatchObject({ word: 'replication.create_slot', outcome: 'Refused' })
  expect(record.report?.ran).toEqual([])
  expect(await slotsOf(postgres, name)).toEqual(before)
})

test('drop slot: not without the typed name', async ({ page, postgres }) => {
  const name = own('kept')
  await create(page, postgres, name)
  await open(page, PAGE)
  await page.getByRole('link', { name: `Drop ${name}` }).click()
  const typed = page.getByLabel(/^Type the name to confirm/)
  await typed.fill(name.toUpperCase())
  const apply = page.getByRole('button', { name: 'Apply' })
  if (withWasm()) {
    await expect(apply).toBeDisabled()
    await typed.press('Enter')
    await typed.fill(name)
    await expect(apply).toBeEnabled()
    await typed.fill(name.toUpperCase())
    await expect(apply).toBeDisabled()
  } else {
    await apply.click()
  }
  // The browser itself compares it.
  expect(await typed.evaluate((field: HTMLInputElement) => field.validity.patternMismatch)).toBe(true)
  await expect(page).toHaveURL(/action=drop_slot/)
  expect(await slotsOf(postgres, name)).toHaveLength(1)

  const form = await planForm(page)
  for (const [wrong, ticket] of [['', form.ticket], [`${name} `, `${form.ticket}b`]] as const) {
    const answer = await call(page, 'replication/apply_change', { ...form, ticket, typed: wrong })
    const record = await readRecord(page, await answer.json())
    expect(record.report).toMatchObject({ outcome: 'Refused', ran: [] })
    expect(record.report?.summary.en).toContain('The typed name is not')
  }
  expect(await slotsOf(postgres, name)).toHaveLength(1)
})

test('drop slot: a slot in use cannot be dropped, and the page says who uses it', async ({ page, postgres }) => {
  await open(page, PAGE)
  const row = page.getByRole('row').filter({ hasText: 'standby1' })
  await expect(row).toContainText('in use')
  await expect(row.getByRole('link', { name: /^Drop/ })).toHaveCount(0)

  const [slot] = await slotsOf(postgres, 'standby1')
  await open(page, `${PAGE}&action=drop_slot&name=standby1&restart_lsn=${slot.restart_lsn}`)
  await expect(page.getByText('It is in use by standby1')).toBeVisible()
  await expect(page.getByText('Stop that consumer first.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Apply' })).toHaveAccessibleDescription(/a check above blocks it/)
  const answer = await call(page, 'replication/apply_change', { ...(await planForm(page)), typed: 'standby1' })
  expect((await readRecord(page, await answer.json())).report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect((await slotsOf(postgres, 'standby1'))[0]).toMatchObject({ active: true })
})

test('drop slot: refused when the slot is another one than the plan was made for', async ({ page, postgres }) => {
  const name = own('moved')
  await create(page, postgres, name)
  await open(page, PAGE)
  await page.getByRole('link', { name: `Drop ${name}` }).click()
  await page.getByLabel(/^Type the name to confirm/).fill(name)
  await moveOn(postgres)
  await postgres.query('SELECT pg_drop_replication_slot($1)', [name])
  await create(page, postgres, name)
  const now = await slotsOf(postgres, name)

  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('alert').first()).toContainText('The world has moved since this plan was made')
  await expect(page.getByRole('alert').first()).toContainText('Nothing was sent to the database')
  const record = await lastRecord(page)
  expect(record.report).toMatchObject({ outcome: 'Refused', ran: [] })
  expect(await slotsOf(postgres, name)).toEqual(now)
})

test('drop slot: refused when the slot is gone', async ({ page, postgres }) => {
  const name = own('gone')
  await create(page, postgres, name)
  await open(page, PAGE)
  await page.getByRole('link', { name: `Drop ${name}` }).click()
  await page.getByLabel(/^Type the name to confirm/).fill(name)
  await postgres.query('SELECT pg_drop_replication_slot($1)', [name])
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('alert').first()).toContainText('Not sent')
  expect((await lastRecord(page)).report).toMatchObject({ outcome: 'Refused', ran: [] })
})

test('second click: two clicks, or two posts of one ticket, are one change and one record', async ({ page, postgres }) => {
  const [clicked, posted] = [own('clicked'), own('posted')]
  await open(page, `${PAGE}&action=create_slot&name=${clicked}`)
  await page.getByRole('button', { name: 'Apply' }).dblclick()
  await expect(page.getByRole('status')).toContainText('Done')
  expect(await slotsOf(postgres, clicked)).toHaveLength(1)
  const of = async (name: string) => (await attempts(page)).filter(({ title }) => title.en.includes(` ${name} `))
  expect(await of(clicked)).toHaveLength(1)
  expect((await of(clicked))[0]).toMatchObject({ outcome: 'Done' })

  await open(page, `${PAGE}&action=create_slot&name=${posted}`)
  const form = await planForm(page)
  const answers = await Promise.all([1, 2, 3].map(() => call(page, 'replication/apply_change', form)))
  const records = await Promise.all(answers.map((answer) => answer.json()))
  expect(new Set(records).size).toBe(1)
  expect(await slotsOf(postgres, posted)).toHaveLength(1)
  expect(await of(posted)).toHaveLength(1)

  // Back in the browser, and once more: the first one's record is shown.
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page).toHaveURL(new RegExp(`record=${records[0]}$`))
})

test('slots: searched by name, in an address that can be sent to others', async ({ page, postgres }) => {
  await create(page, postgres, own('searched'))
  await open(page, PAGE)
  await page.getByLabel('Name contains').fill('searched')
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/search=searched/)
  await expect(page.getByRole('rowheader')).toHaveText([own('searched')])
  await page.goBack()
  await expect(page.getByRole('rowheader').filter({ hasText: 'standby1' })).toBeVisible()
})
