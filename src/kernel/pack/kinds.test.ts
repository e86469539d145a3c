import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { kernelPack } from '../site/kernel-pack.ts'
import { decision, erasable, record } from './fact.ts'
import { know } from './kinds.ts'
import { pack } from './pack.ts'
import type { Pack } from './pack.ts'
import { integer, table, text } from './table.ts'
import { toy, toyKnown } from './toy-pack.ts'

const decide = () => ({ facts: [], answer: null })
const kiosk = (body: z.ZodType, change: Partial<Pack> = {}): Pack => ({
  ...pack({
    name: 'kiosk',
    rules: 'kiosk-1',
    facts: { sold: record(body) },
    tables: { sales: table({ n: integer(), what: text() }, { key: ['n'] }) },
    apply: { sold: () => {} },
    actions: {},
  }),
  ...change,
})
const what = z.object({ what: z.string() })
const rulesOf = (...packs: Pack[]) => know(kernelPack, packs).rules

describe('what a build knows', () => {
  test('LOG-17 a pack’s kinds and actions carry its name, the kernel’s none', () => {
    expect(toyKnown.kinds.get('toy.seen')).toMatchObject({ key: 'seen', pack: toy })
    expect(toyKnown.kinds.get('base.laid')?.pack).toBe(kernelPack)
    expect(toyKnown.kinds.has('seen')).toBe(false)
    expect(toyKnown.actions.get('toy.pay')).toMatchObject({ name: 'toy.pay', pack: toy })
  })

  test('the kernel comes first, then the packs in their order', () => {
    expect(know(kernelPack, [toy, kiosk(what)]).packs.map(({ name }) => name)).toEqual([
      'kernel',
      'toy',
      'kiosk',
    ])
  })

  test('two packs that say the same fact do not start', () => {
    expect(() => know(kernelPack, [kiosk(what), kiosk(what)])).toThrow('two packs declare kiosk.sold')
  })
})

describe('the rules hash', () => {
  test('VIEW-1 the same declarations have the same hash', () => {
    expect(rulesOf(kiosk(what))).toBe(rulesOf(kiosk(z.object({ what: z.string() }))))
  })

  test.each<[string, Pack]>([
    ['another source', kiosk(what, { rules: 'kiosk-2' })],
    ['another schema', kiosk(z.object({ what: z.string().max(3) }))],
    ['another table', kiosk(what, { tables: {} })],
    [
      'another column',
      kiosk(what, { tables: { sales: table({ n: integer(), what: integer() }, { key: ['n'] }) } }),
    ],
    ['another speaker', kiosk(what, { facts: { sold: decision(what) } })],
    ['a person in it', kiosk(what, { facts: { sold: erasable(record(what)) } })],
    ['another name', kiosk(what, { name: 'stall' })],
  ])('VIEW-5 the hash changes with %s', (_, changed) => {
    expect(rulesOf(changed)).not.toBe(rulesOf(kiosk(what)))
  })

  test('VIEW-5 the hash changes with a pack more', () => {
    expect(rulesOf(kiosk(what), toy)).not.toBe(rulesOf(kiosk(what)))
  })
})

describe('declaring a pack', () => {
  const bare = { name: 'bare', rules: '1', tables: {}, facts: {}, apply: {} }

  test('ACT-9 an action that nobody may ask for does not start', () => {
    const act = { input: what, allow: [], away: 'refuse', decide } as const
    expect(() => pack({ ...bare, actions: { act } })).toThrow(/bare.act: nobody may ask for it/)
  })

  test('a pack that holds persons says how to erase them', () => {
    const facts = { guest: erasable(record(what)) }
    const apply = { guest: () => {} }
    expect(() => pack({ ...bare, facts, apply, actions: {} })).toThrow(/bare.guest can be erased/)
    expect(pack({ ...bare, facts, apply, actions: {}, erase: () => {} }).name).toBe('bare')
  })
})
