// The console's rights at the cache: what it has, and the access list that a person copies into redis-cli.
import { expect, logIn, open, test } from './fixtures.js'

const PAGE = '/caching/access?target=cache'
const USER = 'e2e-template'

test.beforeEach(async ({ page }) => logIn(page))
test.afterEach(async ({ redis }) => {
  await redis.sendCommand(['ACL', 'DELUSER', USER])
})

test('access: nothing is missing, and a user made from the template may do what the console does', async ({ page, redis }) => {
  await open(page, PAGE)
  await page.getByLabel('Prefix of the keys').fill(':1:')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page).toHaveURL(/prefix=%3A1%3A/)
  await expect(page.getByText('Nothing is missing.')).toBeVisible()
  await expect(page.getByRole('row', { name: /^pexpire .*allowed/ })).toBeVisible()

  const line = await page.locator('#template pre').first().textContent()
  expect(line).toMatch(/^ACL SETUSER outgrow on >PASSWORD resetkeys ~:1:\* resetchannels -@all \+/)
  const [acl, setuser, , ...rules] = (line ?? '').split(' ')
  await redis.sendCommand([acl ?? '', setuser ?? '', USER, ...rules])
  const dry = (...command: string[]) => redis.sendCommand(['ACL', 'DRYRUN', USER, ...command])
  expect(await dry('PEXPIRE', ':1:a', '1000')).toBe('OK')
  for (const command of [['PEXPIRE', 'other', '1000'], ['KEYS', '*'], ['FLUSHDB'], ['CONFIG', 'SET', 'hz', '10']]) {
    expect(await dry(...command), command.join(' ')).not.toBe('OK')
  }
})

test('access: a prefix with a space is refused at its field and stays there', async ({ page }) => {
  await open(page, `${PAGE}&prefix=a%20b`)
  await expect(page.getByText('an access list cannot hold them')).toBeVisible()
  await expect(page.getByLabel('Prefix of the keys')).toHaveValue('a b')
  await expect(page.locator('#template')).toHaveCount(0)
})
