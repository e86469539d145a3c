import { expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { kindsOf, parseHead } from '../entry.ts'
import { act, toyKeeper } from '../site/toy-keeper.ts'
import { hollowed, openToyViews } from '../site/toy-log.ts'

const placesOf = (kind: string, log: readonly LogRow[]) =>
  log.flatMap(({ n, head }) =>
    kindsOf(parseHead(head)).flatMap((each, i) => (each === kind ? [{ n, i }] : [])),
  )

/** Two names, two passwords, two lists of codes of which one was used, a PIN. */
function anAccount() {
  const keeper = toyKeeper()
  let asked = 0
  const ask = (action: string, input: unknown) => keeper.kept(act(action, `key ${(asked += 1)}`, input))
  const prove = (proof: string, sealed: string) =>
    ask('account.prove', { account: 'jo01', proof, sealed, until: null })
  for (const name of ['before', 'after']) {
    ask('account.save', { account: 'jo01', login: name, name, language: 'fr' })
    prove('password', `password ${name}`)
    prove('codes', `codes ${name}`)
    if (name === 'before')
      keeper.kept({
        do: 'say',
        facts: [{ kind: 'account.codeUsed', body: { account: 'jo01', code: 'c'.repeat(43) } }],
      })
  }
  ask('role.grant', { account: 'jo01', role: 'lead', site: null })
  ask('account.suspend', { account: 'jo01', suspended: true })
  const helper = { account: 'help', login: 'helper', name: 'Helper', language: 'fr' }
  ask('volunteer.save', { ...helper, sealed: 'pin', until: null })
  return { keeper, ask }
}

test.each([
  ['account.saved', 'first'],
  ['account.saved', 'last'],
  ['account.saved', 'all'],
  ['account.proof', 'first'],
  ['account.proof', 'last'],
  ['account.proof', 'all'],
] as const)('ACCOUNT-16 with %s erased, %s, the rows are those of a log that never had it', (kind, which) => {
  const { keeper, ask } = anAccount()
  const ofJo = placesOf(kind, keeper.log).slice(0, -1)
  const places = which === 'all' ? ofJo : which === 'first' ? ofJo.slice(0, 1) : ofJo.slice(-1)
  expect(places.length).toBeGreaterThan(0)
  ask('facts.erase', { places })
  const again = openToyViews()
  for (const row of keeper.log) again.views.apply(hollowed(row, places))
  again.views.commit()
  expect(again.views.kernel.people.all()).toEqual(keeper.views.kernel.people.all())
  expect(again.views.kernel.proofs.all()).toEqual(keeper.views.kernel.proofs.all())
  expect(again.views.kernel.usedCodes.all()).toEqual([])
  expect(again.hash()).toBe(keeper.hash())
  again.views.close()
})

test('ACCOUNT-16 no earlier name or password comes back where the later one was erased', () => {
  const { keeper, ask } = anAccount()
  const last = (kind: string) => placesOf(kind, keeper.log).slice(0, -1).slice(-1)
  ask('facts.erase', { places: [...last('account.saved'), ...last('account.proof')] })
  const { people, proofs, accounts, roles } = keeper.views.kernel
  expect(people.all().map(({ login }) => login)).toEqual(['helper'])
  expect(proofs.get('jo01', 'codes')).toBeUndefined()
  expect(proofs.get('jo01', 'password')).toMatchObject({ sealed: 'password after' })
  expect(accounts.get('jo01')).toMatchObject({ suspended: true })
  expect(roles.all().map(({ account }) => account)).toEqual(['help', 'jo01'])
})
