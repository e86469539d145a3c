import { beforeEach, expect, test } from 'vitest'
import { first, toyKeeper } from '../site/toy-keeper.ts'
import { hollowed, openToyViews } from '../site/toy-log.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Item } from '../site/sequencer.ts'

let keeper: ReturnType<typeof toyKeeper>
let asked = 0
const act = (action: string, input: unknown): Item => {
  return { do: 'act', action, key: `key ${(asked += 1)}`, who: 'jo', input }
}
const ask = (action: string, input: unknown) => first(keeper.kept(act(action, input)))
const session = (letter: string) => letter.repeat(43)
const lend = (account: string, lending: string) =>
  ask('login.lend', {
    logins: [{ account, lending, sealed: `sealed ${lending}` }],
    lendings: [lending],
    sealed: 'word',
    after: keeper.views.kernel.confirmed.get(0)?.n ?? 0,
  })
const volunteer = (account: string) =>
  ask('volunteer.save', {
    account,
    login: 'helper',
    name: 'Helper',
    language: 'fr',
    sealed: 'x',
    until: null,
  })
const records = (kind: string, body: unknown) => keeper.kept({ do: 'say', facts: [{ kind, body }] })
const isOpen = (letter: string) => keeper.views.kernel.sessions.get(session(letter))?.ended === false

beforeEach(() => {
  keeper = toyKeeper()
})

test('ACCOUNT-14 nobody at the site edits what the hub lent, or ends its sessions', () => {
  expect(lend('jo01', 'lend1')).toMatchObject({ did: 'act' })
  expect(volunteer('jo01')).toMatchObject({ code: 'not-volunteer' })
  const [suspend, out] = [
    { account: 'jo01', suspended: true },
    { account: 'jo01', session: null },
  ]
  for (const [action, input] of [
    ['volunteer.suspend', suspend],
    ['account.suspend', suspend],
    ['volunteer.signOut', out],
    ['session.end', out],
    ['role.grant', { account: 'jo01', role: 'manager', site: null }],
    ['account.prove', { account: 'jo01', proof: 'password', sealed: 'mine', until: null }],
  ] as const)
    expect(ask(action, input)).toMatchObject({ did: 'refused' })
  expect(ask('login.unlock', { account: 'jo01' })).toMatchObject({ did: 'act' })
})

test('ACCOUNT-14 sessions of a site’s own account and of one that was lent under the same id are apart', () => {
  expect(volunteer('jo01')).toMatchObject({ did: 'act' })
  expect(lend('jo01', 'lend1')).toMatchObject({ did: 'act' })
  const opened = { account: 'jo01', address: '10.0.0.1', until: null }
  records('session.opened', { ...opened, session: session('a'), how: 'pin' })
  records('session.lent', { ...opened, session: session('b'), lending: 'lend1', confirmed: 5 })
  expect(keeper.views.kernel.sessions.get(session('b'))).toMatchObject({ lent: true, lending: 'lend1' })
  expect(ask('session.end', { account: 'jo01', session: session('b') })).toMatchObject({ code: 'no-session' })
  expect(ask('account.suspend', { account: 'jo01', suspended: true })).toMatchObject({ did: 'act' })
  expect([isOpen('a'), isOpen('b')]).toEqual([false, true])
  // However often the other signs in, those of the lent one stay.
  for (let n = 0; n < 60; n += 1)
    records('session.opened', { ...opened, session: `${n}`.padStart(43, 'c'), how: 'pin' })
  expect(isOpen('b')).toBe(true)
  records('session.closed', { session: session('b') })
  expect(isOpen('b')).toBe(false)
})

test('ACCOUNT-12 a lending is said once, and a word counts only what is there', () => {
  lend('jo01', 'lend1')
  expect(lend('jo02', 'lend1')).toMatchObject({ code: 'lent-already' })
  const word = { logins: [], sealed: 'word', after: keeper.views.kernel.confirmed.get(0)?.n ?? 0 }
  expect(ask('login.lend', { ...word, lendings: ['lend2'] })).toMatchObject({ code: 'not-lent' })
  expect(ask('login.lend', { ...word, lendings: [], after: 0 })).toMatchObject({ code: 'lent-meanwhile' })
  expect(ask('login.lend', { ...word, lendings: [] })).toMatchObject({ did: 'act' })
})

test('ACCOUNT-15 with any of what was lent erased, the rows are those of a log that never had its body', () => {
  lend('jo01', 'lend1')
  const older = keeper.views.cursor.n
  lend('jo01', 'lend2')
  const newer = keeper.views.cursor.n
  for (const n of [newer, older]) {
    const places = [{ n, i: 0 }]
    expect(ask('facts.erase', { places })).toMatchObject({ did: 'act' })
    const erased = new Set(keeper.views.kernel.erased.all().map((row) => row.n))
    const again = openToyViews(toyKnown)
    const gone = [...erased].map((at) => ({ n: at, i: 0 }))
    for (const row of keeper.log) again.views.apply(hollowed(row, gone))
    again.views.commit()
    expect(again.views.kernel.lendings.all()).toEqual(keeper.views.kernel.lendings.all())
    expect(again.hash()).toBe(keeper.hash())
    again.views.close()
  }
  expect(keeper.views.kernel.lendings.all()).toEqual([])
})
