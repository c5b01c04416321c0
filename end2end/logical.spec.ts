// Logical copies: publications that keep the application writing, and a copy between two servers of different versions,
// watched until it is synced. What came of it is asked of the servers themselves.
import type { Page } from '@playwright/test'
import { attempts, call, expect, lastRecord, logIn, open, own, readRecord, test } from './fixtures.js'
import { startPostgres, type Server } from './lab.js'

const ORDERS = 'CREATE TABLE orders (id int PRIMARY KEY, item text)'

async function shop(major: number): Promise<Server> {
  const server = await startPostgres({ major })
  await server.run('CREATE DATABASE shop')
  return server
}

/** Makes a server of this test known to the console. */
async function enter(page: Page, id: string, server: Server) {
  const { host, port, user, password } = server
  const answer = await call(page, 'targets/add_target', { id, kind: 'postgresql', host, port, user, password, database: 'shop' })
  expect(answer.ok()).toBe(true)
}

async function forget(page: Page, ...ids: string[]) {
  for (const id of ids) await call(page, 'targets/remove_target', { id })
}

const apply = (page: Page) => page.getByRole('button', { name: 'Apply' }).click()

test.beforeEach(async ({ page }) => logIn(page))

test('publish, subscribe: a logical copy between two servers, watched until synced', async ({ page }) => {
  test.setTimeout(90_000)
  const [from, to] = [own('from', '-'), own('to', '-')]
  const [publisher, subscriber] = await Promise.all([shop(15), shop(18)])
  try {
    await publisher.run(ORDERS, 'shop')
    await publisher.run(`INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 500) AS n`, 'shop')
    await enter(page, from, publisher)
    await enter(page, to, subscriber)

    await open(page, '/replication/add-logical')
    await page.getByLabel('Publisher', { exact: true }).selectOption(from)
    await page.getByLabel('Its database').first().fill('shop')
    await page.getByLabel('Publication', { exact: true }).fill('p')
    await page.getByLabel('Subscriber', { exact: true }).selectOption(to)
    await page.getByLabel('Its database').last().fill('shop')
    await page.getByLabel('Subscription', { exact: true }).fill('copy')
    await page.getByRole('button', { name: 'Show the steps' }).click()
    const steps = page.getByRole('region', { name: 'Steps' }).getByRole('listitem')
    await expect(steps.nth(0)).toContainText('done')
    await expect(steps.nth(1)).toContainText('now')
    const address = page.url()

    await steps.nth(1).getByRole('link', { name: 'Go there…' }).click()
    await expect(page.getByLabel('Publication name')).toHaveValue('p')
    await page.getByRole('checkbox', { name: 'public.orders' }).check()
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await expect(page.getByText('CREATE PUBLICATION "p" FOR TABLE "public"."orders"')).toBeVisible()
    await apply(page)
    await expect(page.getByRole('status').first()).toContainText('Done: Create the publication p')

    await page.goto(address)
    await expect(steps.nth(3), 'the table is missing, and what copies it is printed').toContainText(`-t 'public.orders'`)
    await subscriber.run(ORDERS, 'shop')
    await page.goto(address)
    await expect(steps.nth(3)).toContainText('done')
    await steps.nth(4).getByRole('link', { name: 'Go there…' }).click()
    await expect(page.getByText(`password=‹password of ${from}›`)).toBeVisible()
    expect(await page.content()).not.toContain(publisher.password)
    await apply(page)
    await expect(page).toHaveURL(/record=\d+/)

    await expect(async () => {
      await page.goto(address)
      await expect(steps.nth(5)).toContainText('done', { timeout: 500 })
    }).toPass({ timeout: 30_000 })
    await steps.nth(5).getByRole('link').click()
    const copy = page.getByRole('region', { name: 'Subscription copy', exact: true })
    await expect(copy.getByRole('heading')).toContainText('synced and following')
    await expect(copy.getByRole('row').filter({ hasText: 'public.orders' })).toContainText('ready')
    expect(await page.content()).not.toContain(publisher.password)
    const { rows } = await subscriber.run('SELECT count(*)::int AS rows FROM orders', 'shop')
    expect(rows).toEqual([{ rows: 500 }])
    await publisher.run(`UPDATE orders SET item = 'new' WHERE id = 7`, 'shop')
    await expect
      .poll(async () => (await subscriber.run('SELECT item FROM orders WHERE id = 7', 'shop')).rows[0].item)
      .toBe('new')

    await copy.getByRole('link', { name: 'Drop… copy', exact: true }).click()
    await page.getByLabel(/^Type the name to confirm/).fill('copy')
    await apply(page)
    const dropped = await lastRecord(page)
    await expect.poll(async () => (await readRecord(page, dropped.entry.id)).report?.outcome).toBe('Done')
    expect((await publisher.run('SELECT FROM pg_replication_slots')).rowCount, 'no slot is left').toBe(0)
    const ours = (await attempts(page)).filter(({ target }) => [from, to].includes(target))
    expect(ours.length).toBeGreaterThanOrEqual(3)
    for (const { id } of ours) expect(JSON.stringify(await readRecord(page, id))).not.toContain(publisher.password)
  } finally {
    await forget(page, from, to)
    await Promise.all([publisher.stop(), subscriber.stop()])
  }
})

test('publish: refused for a table without a key, and allowed by the fix that is offered', async ({ page }) => {
  const id = own('keyless', '-')
  const server = await shop(18)
  try {
    await server.run('CREATE TABLE visits (id int NOT NULL, at text)', 'shop')
    await server.run('CREATE UNIQUE INDEX visits_id ON visits (id)', 'shop')
    await server.run(`INSERT INTO visits VALUES (1, 'x')`, 'shop')
    await enter(page, id, server)
    const asked = `/replication/publications?target=${id}&database=shop`
    await open(page, `${asked}&action=create_publication&name=p&names=public.visits`)
    await expect(page.getByText('Tables without a usable replica identity (1): public.visits.')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
    await expect(page.getByRole('link', { name: 'Plan again, with inserts only' })).toBeVisible()

    await page.getByRole('row').filter({ hasText: 'public.visits' }).getByRole('link', { name: 'Use index visits_id…' }).click()
    await expect(page.getByText('ALTER TABLE "public"."visits" REPLICA IDENTITY USING INDEX "visits_id";')).toBeVisible()
    await apply(page)
    await expect(page.getByRole('status').first()).toContainText('Done: Tell the rows of public.visits apart')

    await open(page, `${asked}&action=create_publication&name=p&names=public.visits`)
    await apply(page)
    await expect(page.getByRole('status').first()).toContainText('Done: Create the publication p')
    await server.run(`UPDATE visits SET at = 'y' WHERE id = 1`, 'shop')
    const { rows } = await server.run('SELECT pubname, tablename FROM pg_publication_tables', 'shop')
    expect(rows).toEqual([{ pubname: 'p', tablename: 'visits' }])
  } finally {
    await forget(page, id)
    await server.stop()
  }
})

test('subscribe: a typed password comes back in no address, page or plan', async ({ page }) => {
  const id = own('typed', '-')
  const server = await shop(18)
  try {
    await enter(page, id, server)
    await open(
      page,
      `/replication/subscriptions?target=${id}&database=shop&action=create_subscription&name=copy&publications=p` +
        '&host=127.0.0.1&port=1&publisher_database=shop&user=repl',
    )
    await page.getByText('Log in at the publisher with another password').click()
    await page.getByLabel('Password').fill(`it's \\ hunter2`)
    await page.getByRole('button', { name: 'Keep it and plan again' }).click()
    await expect(page.getByText('password=‹password as typed›')).toBeVisible()
    await expect(page.getByText('with the password that you typed')).toBeVisible()
    expect(page.url()).toMatch(/secret=[0-9a-f]{32}/)
    expect(page.url() + (await page.content())).not.toContain('hunter2')
    await apply(page)
    const { entry } = await lastRecord(page)
    await expect.poll(async () => (await readRecord(page, entry.id)).report?.outcome).toBe('Failed')
    expect(JSON.stringify(await readRecord(page, entry.id))).not.toContain('hunter2')
  } finally {
    await forget(page, id)
    await server.stop()
  }
})
