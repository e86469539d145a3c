import { expect, test } from 'vitest'
import type { Lent } from '../../src/kernel/accounts/lent.ts'
import { boundTo, openConfirmed, openLent } from '../../src/kernel/accounts/lent.ts'
import { parseHead } from '../../src/kernel/entry.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

const verifier = (account: string) => `$argon2id$ what proves ${account}`
let asked = 0
const at = (box: TestBox, site: string, action: string, input: unknown, who = 'owner') =>
  box.box.act(site, { action, key: `ask ${(asked += 1)}`, who, input })

async function person(hub: TestBox, account: string, role: string, site: string | null): Promise<void> {
  const said = async (action: string, input: unknown) =>
    expect(await at(hub, 'fleet', action, input)).toMatchObject({ is: 'answered' })
  await said('account.save', { account, login: `login-${account}`, name: `Name ${account}`, language: 'fr' })
  const sealed = hub.box
    .vault('fleet')
    ?.seal(verifier(account), boundTo({ site: 'fleet', account }, 'password'))
  await said('account.prove', { account, proof: 'password', sealed, until: null })
  await said('role.grant', { account, role, site })
}

/** The hub keeps the organisation's log and follows `fair`, which another box keeps. */
async function hubAndSite(boxes: Boxes): Promise<{ hub: TestBox; keeper: TestBox }> {
  const [hub, keeper] = [boxes.make('hub'), boxes.make('keeper')]
  hub.vouch = { within: 10, by: 'network' }
  for (const box of [hub, keeper]) await box.start()
  await hub.box.found('fleet')
  await keeper.box.found('fair')
  await until(() => hub.site('fleet').role === 'keeping' && keeper.site().role === 'keeping')
  await keeper.box.assign('fair', hub.member)
  await hub.box.serve('fair', keeper.above)
  await until(() => hub.box.vault('fair') !== undefined && hub.site().n === keeper.site().n)
  return { hub, keeper }
}

const rowsOf = (box: TestBox, table: string) =>
  box.views.get('fair')?.prepare(`SELECT * FROM kernel_${table} ORDER BY 1, 2`).all() ?? []

/** Who can sign in at the site by what this box has of it. */
function lentAt(box: TestBox): Readonly<Record<string, Lent>> {
  const vault = box.box.vault('fair')
  const [said] = rowsOf(box, 'confirmed')
  if (!vault || !said) return {}
  const lendings = JSON.parse(String(said['lendings'])) as readonly string[]
  const word = openConfirmed(vault, 'fair', { lendings, sealed: String(said['sealed']) })
  if (!word) throw new Error('the word of the hub does not open')
  const all = rowsOf(box, 'lendings').filter(({ lending }) => lendings.includes(String(lending)))
  return Object.fromEntries(
    all.map(({ account, lending, sealed }) => {
      const row = { site: 'fair', account: String(account), lending: String(lending), sealed: String(sealed) }
      const lent = openLent(vault, row)
      if (!lent) throw new Error(`${row.account} does not open`)
      return [row.account, lent]
    }),
  )
}
const who = (box: TestBox) => Object.keys(lentAt(box)).toSorted().join(' ')

/** Whether all that was ever lent there of an account is without its body on this disk. */
const hollow = (box: TestBox) =>
  box.truth
    .prepare(`SELECT head, bodies FROM log WHERE head LIKE '%"account.lent"%'`)
    .all()
    .flatMap(({ head, bodies }) => {
      const parsed = parseHead(String(head))
      const lines = String(bodies).split('\n')
      return parsed.form === 'a' ? lines.filter((_, i) => parsed.kinds[i] === 'account.lent') : []
    })
    .map((line) => line.startsWith('~'))

test('ACCOUNT-11 whoever has a role at the site and a password can sign in there without the hub, except owners', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await person(hub, 'boss', 'manager', null)
  await person(hub, 'marie', 'owner', null)
  await person(hub, 'other', 'lead', 'hall')
  await person(hub, 'gone', 'lead', 'fair')
  await at(hub, 'fleet', 'account.suspend', { account: 'gone', suspended: true })
  const totp = hub.box
    .vault('fleet')
    ?.seal('the app’s secret', boundTo({ site: 'fleet', account: 'boss' }, 'totp'))
  await at(hub, 'fleet', 'account.prove', { account: 'boss', proof: 'totp', sealed: totp, until: null })
  await until(() => lentAt(keeper)['boss']?.factor === true && who(keeper) === 'boss lead')
  expect(lentAt(keeper)['lead']).toMatchObject({
    login: 'login-lead',
    roles: ['lead'],
    verifier: verifier('lead'),
    factor: false,
  })
  expect(JSON.stringify(lentAt(keeper))).not.toContain('secret')
})

test('ACCOUNT-12 nothing that was lent can be read without the site’s key, or put in another’s place', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await until(() => who(keeper) === 'lead')
  for (const text of ['login-lead', 'Name lead', verifier('lead')]) expect(keeper.holds(text)).toBe(false)
  const [row] = rowsOf(keeper, 'lendings')
  const lending = String(row?.['lending'])
  const sealed = String(row?.['sealed'])
  const vault = keeper.box.vault('fair')
  const fleet = hub.box.vault('fleet')
  if (!vault || !fleet) throw new Error('there are no keys')
  expect(openLent(vault, { site: 'fair', account: 'boss', lending, sealed })).toBeUndefined()
  expect(openLent(vault, { site: 'hall', account: 'lead', lending, sealed })).toBeUndefined()
  expect(openLent(fleet, { site: 'fair', account: 'lead', lending, sealed })).toBeUndefined()
})

test('ACCOUNT-12 an ask that comes late, a small box, and the organisation’s own log lend nothing', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  const small = boxes.make('small')
  await small.start()
  await person(hub, 'lead', 'lead', 'fair')
  await until(() => who(keeper) === 'lead')
  await keeper.box.assign('fair', { ...small.member, small: true })
  await small.box.serve('fair', keeper.above)
  await until(() => small.box.status().links.length === 1)
  const [said] = rowsOf(keeper, 'confirmed')
  const word = { logins: [], lendings: [], sealed: 'made up' }
  const after = Number(said?.['n'])
  expect(await at(keeper, 'fair', 'login.lend', { ...word, after: after - 1 })).toMatchObject({
    code: 'lent-meanwhile',
  })
  expect(await at(keeper, 'fair', 'login.lend', { ...word, lendings: ['nobody'], after })).toMatchObject({
    code: 'not-lent',
  })
  await until(async () => {
    const answer = await at(small, 'fair', 'login.lend', { ...word, after })
    return answer.is === 'refused' && answer.code === 'not-assigned'
  })
  expect(await at(hub, 'fleet', 'login.lend', { ...word, after: 0 })).toMatchObject({ code: 'lent-to-hub' })
  expect(who(keeper)).toBe('lead')
})

test('ACCOUNT-12 what somebody without the key makes up opens for nobody, and the hub puts it right', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await until(() => who(keeper) === 'lead')
  const [said] = rowsOf(keeper, 'confirmed')
  const logins = [{ account: 'lead', lending: 'madeup', sealed: 'madeup' }]
  const word = { logins, lendings: ['madeup'], sealed: 'made up', after: Number(said?.['n']) }
  expect(await at(keeper, 'fair', 'login.lend', word)).toMatchObject({ is: 'answered' })
  await until(() => {
    const [row] = rowsOf(keeper, 'confirmed')
    return row?.['sealed'] !== 'made up' && who(keeper) === 'lead'
  })
})

test('ACCOUNT-15 who is suspended or loses his role while the site is away is out when it is back', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await person(hub, 'boss', 'manager', null)
  await until(() => who(keeper) === 'boss lead' && who(hub) === 'boss lead')
  // Nothing is under way any more that would be tried again by itself.
  await new Promise((resolve) => setTimeout(resolve, 500))
  boxes.cut.add('hub-keeper')
  await until(() => hub.box.status().links.length === 0, 30_000)
  await at(hub, 'fleet', 'account.suspend', { account: 'lead', suspended: true })
  await at(hub, 'fleet', 'role.remove', { account: 'boss', role: 'manager', site: null })
  await at(hub, 'fleet', 'role.grant', { account: 'boss', role: 'viewer', site: 'fair' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(who(keeper)).toBe('boss lead')
  boxes.cut.clear()
  await until(() => who(keeper) === 'boss' && lentAt(keeper)['boss']?.roles.join() === 'viewer', 30_000)
}, 90_000)

test('ACCOUNT-15 a new password and a sign-out at the hub are another lending', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await until(() => who(keeper) === 'lead')
  const first = rowsOf(keeper, 'confirmed')[0]?.['lendings']
  await at(hub, 'fleet', 'session.end', { account: 'lead', session: null })
  await until(() => who(keeper) === 'lead' && rowsOf(keeper, 'confirmed')[0]?.['lendings'] !== first)
  const sealed = hub.box
    .vault('fleet')
    ?.seal('another', boundTo({ site: 'fleet', account: 'lead' }, 'password'))
  await at(hub, 'fleet', 'account.prove', { account: 'lead', proof: 'password', sealed, until: null })
  await until(() => lentAt(keeper)['lead']?.verifier === 'another')
  expect(rowsOf(keeper, 'lendings')).toHaveLength(3)
})

test('ACCOUNT-15 whoever takes over the organisation’s log goes on lending', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  const spare = boxes.make('spare')
  await spare.start()
  await hub.box.assign('fleet', spare.member)
  await keeper.box.assign('fair', spare.member)
  await spare.box.serve('fleet', hub.above)
  await spare.box.serve('fair', keeper.above)
  await person(hub, 'lead', 'lead', 'fair')
  await until(() => who(keeper) === 'lead' && spare.box.vault('fleet') !== undefined)
  await until(() => spare.site('fleet').n === hub.site('fleet').n && spare.site().n === keeper.site().n)
  const { n } = keeper.site()
  await hub.stop()
  expect(await spare.box.takeOver('fleet', 'lead')).toMatchObject({ is: 'answered' })
  await at(spare, 'fleet', 'account.suspend', { account: 'lead', suspended: true })
  await until(() => who(keeper) === '', 20_000)
  // What was there stood as it was: it took one word.
  expect(keeper.site().n).toBe(n + 1)
}, 60_000)

test('ACCOUNT-15 an erased person is hollow at the sites too, whatever he was lent since', async () => {
  await using boxes = new Boxes()
  const { hub, keeper } = await hubAndSite(boxes)
  await person(hub, 'lead', 'lead', 'fair')
  await person(hub, 'boss', 'manager', null)
  await until(() => who(keeper) === 'boss lead')
  const placeNow = () => {
    const [n, i] = lentAt(keeper)['lead']?.saved ?? [0, 0]
    return { n, i }
  }
  const saved = placeNow()
  await at(hub, 'fleet', 'account.save', {
    account: 'lead',
    login: 'login-lead',
    name: 'Name lead',
    language: 'en',
  })
  await until(() => lentAt(keeper)['lead']?.language === 'en')
  const places = [saved, placeNow()]
  expect(await at(hub, 'fleet', 'facts.erase', { places })).toMatchObject({ is: 'answered' })
  await until(() => who(keeper) === 'boss', 20_000)
  for (const box of [hub, keeper]) await until(() => hollow(box).filter(Boolean).length === 2, 20_000)
  expect(hollow(keeper)).toHaveLength(3)
  expect(rowsOf(keeper, 'lendings').map(({ account }) => account)).toEqual(['boss'])
}, 60_000)

test('ACCOUNT-11 where every box has the organisation’s log nothing is lent, and with the last other box it is returned', async () => {
  await using boxes = new Boxes()
  const hub = boxes.make('hub')
  await hub.start()
  await hub.box.found('fleet')
  await hub.box.found('fair')
  await until(() => hub.site('fleet').role === 'keeping' && hub.site().role === 'keeping')
  await person(hub, 'lead', 'lead', 'fair')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(rowsOf(hub, 'confirmed')).toEqual([])
  const other = boxes.make('other')
  await other.start()
  await hub.box.assign('fair', other.member)
  await other.box.serve('fair', hub.above)
  await until(() => who(other) === 'lead', 20_000)
  await at(hub, 'fair', 'box.unassign', { box: other.identity.box })
  await until(() => who(hub) === '')
  // The box that left is told so, and lets nobody in by what it still has.
  await until(() => other.site().left)
  expect(who(other)).toBe('lead')
}, 60_000)
