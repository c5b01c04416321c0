import { call, logIn, open, test } from './fixtures.js'
import { startPostgres } from './lab.js'
test('look', async ({ page }) => {
  test.setTimeout(120_000)
  const s = await startPostgres({ major: 15 })
  await s.run(`SELECT pg_create_physical_replication_slot('forgotten', true)`)
  await s.run('SELECT pg_switch_wal()')
  await logIn(page)
  const { host, port, user, password } = s
  await call(page, 'targets/add_target', { id: 'look', kind: 'postgresql', name: 'Look', host, port, user, password, database: 'postgres' })
  const pages: [string, string][] = [
    ['settings', '/replication/settings?target=look'],
    ['form', '/replication/settings?target=look&action=change_setting&name=synchronous_standby_names'],
    ['formlevel', '/replication/settings?target=look&action=change_setting&name=wal_level&value=logical'],
    ['plan', '/replication/settings?target=look&action=set_setting&name=max_slot_wal_keep_size&value=1'],
    ['ops', '/replication/settings?target=pg-main'],
    ['add', '/replication/add?target=look'],
    ['steps', '/replication/add?target=look&name=forgotten&host=10.0.0.5&client=18&minutes=0'],
    ['stepsops', '/replication/add?target=pg-main&name=standby1&host=10.0.0.5'],
  ]
  const d = '/var/tmp/look-settings/'
  for (const [name, address] of pages) {
    await page.setViewportSize({ width: 1200, height: 900 })
    await page.emulateMedia({ colorScheme: 'light' })
    await open(page, address)
    await page.screenshot({ path: `${d}${name}.png`, fullPage: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 360, height: 800 })
    const wide = await page.evaluate('document.documentElement.scrollWidth').catch(() => '?')
    console.log(name, wide)
    await page.screenshot({ path: `${d}${name}-360.png`, fullPage: true })
  }
  await page.context().addCookies([{ name: 'lang', value: 'ko', url: page.url() }])
  await page.setViewportSize({ width: 1200, height: 900 })
  await open(page, pages[6]![1])
  await page.screenshot({ path: `${d}steps-ko.png`, fullPage: true })
  await call(page, 'targets/remove_target', { id: 'look' })
  await s.stop()
})
