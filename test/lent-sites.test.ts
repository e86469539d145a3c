// A box that serves two sites whose keepers are apart: what one of them makes up is worth nothing at the other.
import { expect, test } from 'vitest'
import { accountDoor } from '../src/doors/accounts/account-door.ts'
import { hashPassword } from '../src/doors/accounts/passwords.ts'
import { Trouble } from '../src/doors/errors.ts'
import type { Lent } from '../src/kernel/accounts/lent.ts'
import { boundTo, openLent, sealConfirmed, sealLent } from '../src/kernel/accounts/lent.ts'
import { sha256 } from '../src/kernel/digest.ts'
import type { TestBox } from './kernel/boxes.ts'
import { Boxes, known, until } from './kernel/boxes.ts'

const password = 'correct horse battery'
const near = { cookie: undefined, address: '192.168.1.7', secure: false }
const outside = { cookie: undefined, address: '203.0.113.9', secure: true }
let asked = 0
const act = (box: TestBox, site: string, action: string, input: unknown) =>
  box.box.act(site, { action, key: `ask ${(asked += 1)}`, who: 'owner', input })

type Trial = {
  readonly hub: TestBox
  readonly north: TestBox
  readonly south: TestBox
  readonly spot: TestBox
}

/** Two sites, each with its keeper. The hub follows both, and so does the box on the spot. */
async function twoSites(boxes: Boxes): Promise<Trial> {
  const make = (name: string) => boxes.make(name)
  const [hub, north, south, spot] = [make('hub'), make('north'), make('south'), make('spot')]
  for (const box of [hub, north, south, spot]) await box.start()
  await hub.box.found('fleet')
  await until(() => hub.site('fleet').role === 'keeping')
  for (const keeper of [north, south]) {
    const site = keeper.name
    await keeper.box.found(site)
    await until(() => keeper.site(site).role === 'keeping')
    for (const box of [hub, spot]) {
      await keeper.box.assign(site, box.member)
      await box.box.serve(site, keeper.above)
      await until(() => box.box.vault(site) !== undefined && box.site(site).n === keeper.site(site).n)
    }
  }
  return { hub, north, south, spot }
}

async function person(hub: TestBox, account: string, role: string): Promise<void> {
  await act(hub, 'fleet', 'account.save', { account, login: account, name: account, language: 'fr' })
  const vault = hub.box.vault('fleet')
  const proof = await hashPassword(password, hub.machine().random)
  const sealed = vault?.seal(proof, boundTo({ site: 'fleet', account }, 'password'))
  await act(hub, 'fleet', 'account.prove', { account, proof: 'password', sealed, until: null })
  await act(hub, 'fleet', 'role.grant', { account, role, site: null })
}

const lendingsOf = (box: TestBox, site: string) =>
  box.views.get(site)?.prepare('SELECT * FROM kernel_lendings ORDER BY n, i').all() ?? []

/** The keeper of a site lends there by itself, as somebody who has taken its box could. */
async function makeUp(keeper: TestBox, account: string, change: (lent: Lent) => Lent): Promise<void> {
  const site = keeper.name
  const vault = keeper.box.vault(site)
  const row = lendingsOf(keeper, site).findLast((each) => each['account'] === account)
  const lent =
    vault &&
    openLent(vault, { site, account, lending: String(row?.['lending']), sealed: String(row?.['sealed']) })
  if (!vault || !lent) throw new Error(`${account} was not lent to ${site}`)
  const lending = `made${(asked += 1)}`
  const after = Number(keeper.views.get(site)?.prepare('SELECT n FROM kernel_confirmed').get()?.['n'])
  const login = { account, lending, sealed: sealLent(vault, { site, account, lending }, change(lent)) }
  const word = { logins: [login], lendings: [lending], sealed: sealConfirmed(vault, site, [lending], null) }
  expect(await act(keeper, site, 'login.lend', { ...word, after })).toMatchObject({ is: 'answered' })
}

function doorOf(box: TestBox) {
  const door = accountDoor(box.machine(), known)
  door.open(box.box)
  const open = door.now()
  if (!open) throw new Error('the door is shut')
  const enter = async (login: string, secret: string, client = near) => {
    const { people, how } = await open.signIn.check({ login, secret }, client)
    const cookie = `regie_session=${await open.sessions.open(people, how, client.address)}`
    return door.visitorOf({ cookie })
  }
  const code = async (login: string, secret: string, client = near) => {
    try {
      await enter(login, secret, client)
      return 'in'
    } catch (error) {
      return error instanceof Trouble ? error.code : String(error)
    }
  }
  return { open, enter, code, [Symbol.dispose]: () => door.close() }
}

const lead = { name: 'fair.close', allow: ['lead'] }
const manage = { name: 'site.save', allow: ['manager'] }

test('ACCOUNT-14 who was lent to two sites is in at both, and what the keeper of one makes up is worth nothing at the other', async () => {
  await using boxes = new Boxes()
  const { hub, north, spot } = await twoSites(boxes)
  await person(hub, 'jo01', 'lead')
  await person(hub, 'max1', 'manager')
  for (const site of ['north', 'south']) await until(() => lendingsOf(spot, site).length === 2, 20_000)
  using door = doorOf(spot)
  const jo = await door.enter('jo01', password)
  expect(jo.who).toBe('jo01 lent')
  expect(['north', 'south', 'fleet'].map((site) => jo.may(lead, site))).toEqual([true, true, false])
  expect(['north', 'south'].map((site) => jo.may(manage, site))).toEqual([false, false])
  await hub.stop()

  // The keeper in the north knows no password, so it makes one up, and more roles with it.
  const mine = await hashPassword('a password of mine', north.machine().random)
  await makeUp(north, 'max1', (lent) => ({ ...lent, verifier: mine, roles: ['manager'] }))
  await until(() => lendingsOf(spot, 'north').length === 3)
  const forged = await door.enter('max1', 'a password of mine')
  expect(['north', 'south', 'fleet'].map((site) => forged.may(manage, site))).toEqual([true, false, false])
  const real = await door.enter('max1', password)
  expect(['north', 'south'].map((site) => real.may(manage, site))).toEqual([false, true])
  // Its word left the other out: in the north he is out in the middle of what he does, in the south he stays.
  expect(['north', 'south'].map((site) => jo.may(lead, site))).toEqual([false, true])

  // Nor does the same text, which it has, make somebody more elsewhere.
  await makeUp(north, 'max1', (lent) => ({ ...lent, login: 'jo01', verifier: mine }))
  await until(() => lendingsOf(spot, 'north').length === 4)
  const other = await door.enter('jo01', 'a password of mine')
  expect(['north', 'south'].map((site) => other.may(lead, site))).toEqual([true, false])

  // With the hub all is as it should be again.
  await hub.start()
  await until(async () => (await door.code('max1', 'a password of mine')) !== 'in', 30_000)
  await until(async () => {
    const again = await door.enter('max1', password)
    return again.may(manage, 'north') && again.may(manage, 'south')
  })
}, 120_000)

test('ACCOUNT-14 nobody is lent as owner, whatever a keeper says, and from outside a manager is sent to the hub', async () => {
  await using boxes = new Boxes()
  const { hub, north, spot } = await twoSites(boxes)
  await person(hub, 'jo01', 'lead')
  await person(hub, 'max1', 'manager')
  await until(() => lendingsOf(spot, 'north').length === 2 && lendingsOf(spot, 'south').length === 2, 20_000)
  using door = doorOf(spot)
  expect(await door.code('max1', password, outside)).toBe('sign_in_lent_outside')
  expect(await door.code('jo01', password, outside)).toBe('in')
  expect(await door.code('max1', password)).toBe('in')
  await hub.stop()
  await makeUp(north, 'jo01', (lent) => ({ ...lent, roles: ['owner'] }))
  await until(() => lendingsOf(spot, 'north').length === 3)
  const jo = await door.enter('jo01', password)
  const owns = { name: 'account.save', allow: ['owner'] }
  expect(['north', 'south', 'fleet'].map((site) => jo.may(owns, site))).toEqual([false, false, false])
  expect(['north', 'south'].map((site) => jo.may(lead, site))).toEqual([false, true])
}, 120_000)

test('ACCOUNT-14 at the hub, which has what was lent too, only the organisation’s own account counts', async () => {
  await using boxes = new Boxes()
  const { hub, north } = await twoSites(boxes)
  await person(hub, 'jo01', 'lead')
  await until(() => lendingsOf(north, 'north').length === 1, 20_000)
  using door = doorOf(hub)
  const jo = await door.enter('jo01', password)
  expect(jo.who).toBe('jo01')
  await act(hub, 'fleet', 'account.suspend', { account: 'jo01', suspended: true })
  expect(await door.code('jo01', password)).toBe('sign_in_suspended')
  expect(jo.may(lead, 'north')).toBe(false)
}, 60_000)

test('ACCOUNT-15 a box that hears that it was unassigned lets nobody in by what it still has', async () => {
  await using boxes = new Boxes()
  const { hub, north, spot } = await twoSites(boxes)
  await person(hub, 'jo01', 'lead')
  await until(() => lendingsOf(spot, 'north').length === 1 && lendingsOf(spot, 'south').length === 1, 20_000)
  using door = doorOf(spot)
  const jo = await door.enter('jo01', password)
  expect(['north', 'south'].map((site) => jo.may(lead, site))).toEqual([true, true])
  await act(north, 'north', 'box.unassign', { box: spot.identity.box })
  await until(() => spot.site('north').left && !jo.may(lead, 'north'))
  expect(jo.may(lead, 'south')).toBe(true)
  const again = await door.enter('jo01', password)
  expect(['north', 'south'].map((site) => again.may(lead, site))).toEqual([false, true])
  await north.box.assign('north', spot.member)
  await until(() => !spot.site('north').left && again.may(lead, 'south'))
  await until(async () => (await door.enter('jo01', password)).may(lead, 'north'))
}, 60_000)

test('OWN-7 a session at two sites is one to whoever has it, none of the site’s own account’s, and ends at both', async () => {
  await using boxes = new Boxes()
  const { hub, north, spot } = await twoSites(boxes)
  await person(hub, 'jo01', 'lead')
  await until(() => ['north', 'south'].every((site) => lendingsOf(spot, site).length === 1), 20_000)
  // The site has an account of its own with the very same id.
  const own = { site: 'north', account: 'jo01' }
  await act(north, 'north', 'account.save', { account: 'jo01', login: 'own', name: 'Own', language: 'fr' })
  const vault = north.box.vault('north')
  for (const [proof, text] of [
    ['password', await hashPassword('a password of its own', north.machine().random)],
    ['totp', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
    ['codes', JSON.stringify([sha256('code')])],
  ] as const) {
    const sealed = vault?.seal(text, boundTo(own, proof))
    await act(north, 'north', 'account.prove', { account: 'jo01', proof, sealed, until: null })
  }
  using door = doorOf(spot)
  const { signIn, sessions, directory } = door.open
  await until(async () => (await door.code('own', 'a password of its own')) === 'sign_in_code_needed')
  const { people, how } = await signIn.check({ login: 'jo01', secret: password }, near)
  expect(people.map(({ site }) => site).toSorted()).toEqual(['north', 'south'])
  expect(signIn.proofsOf(people[0])).toEqual({ password: true, totp: false, codes: 0 })
  const itself = directory.person(own)
  if (!itself) throw new Error('the account of the site is not known')
  expect(signIn.proofsOf(itself)).toEqual({ password: true, totp: true, codes: 1 })
  const other = sha256(await sessions.open([itself], 'totp', near.address))
  const session = sha256(await sessions.open(people, how, near.address))
  const said = (site: string) =>
    spot.views.get(site)?.prepare('SELECT ended FROM kernel_sessions WHERE session = ?').get(session)
  await until(() => ['north', 'south'].every((site) => said(site)?.['ended'] === 0))
  const openOf = (who: typeof people) => sessions.openOf(who).map((each) => each.session)
  expect(openOf(people)).toEqual([session])
  expect(openOf([itself])).toEqual([other])
  // What the process has forgotten, the logs of both sites say.
  using again = doorOf(spot)
  await again.open.directory.known()
  expect(again.open.sessions.openOf(people).map((each) => each.session)).toEqual([session])
  await again.open.sessions.leave(session)
  await until(() => ['north', 'south'].every((site) => said(site)?.['ended'] === 1))
  await until(() => openOf(people).length === 0)
  expect(openOf([itself])).toEqual([other])
}, 60_000)
