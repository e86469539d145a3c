import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogRow, RecordRow } from '../../store/truth.ts'
import { bodyLine, maxFactBytes, parseHead } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import type { Known } from '../pack/kinds.ts'
import { know } from '../pack/kinds.ts'
import { toy, toyKnown } from '../pack/toy-pack.ts'
import { kernelPack } from './kernel-pack.ts'
import { act, first, records, toyKeeper } from './toy-keeper.ts'
import { ToyLog, at, hollowed, openToyViews, toyRecord } from './toy-log.ts'

const seen = { tag: 'a', gate: 'north', at: 9 }
const ada = { tag: 'a', name: 'Ada' }
const admit = (n: number, key = `admit ${n}`) => act('quarantine.admit', key, { n })
const erase = (n: number) => act('facts.erase', `erase ${n}`, { places: [{ n, i: 0 }] })

/** A keeper that was updated: an older one, without the toy pack, had marked these records. */
function updated(rows: readonly RecordRow[], known: Known = toyKnown) {
  using old = toyKeeper(know(kernelPack, []))
  old.kept(records(rows))
  const box = toyKeeper(known)
  follow(box, old.log)
  box.log.push(...old.log)
  return box
}

function follow({ views }: Pick<ReturnType<typeof openToyViews>, 'views'>, rows: readonly LogRow[]): void {
  views.applyAll(rows)
  views.commit()
}

describe('a record that its keeper could not judge', () => {
  test('LOG-25 counts once it is admitted, at its own place, as its box recorded it', () => {
    const met: unknown[] = []
    const spy = { ...toy, apply: { ...toy.apply } }
    spy.apply['seen'] = (_rows, told) => met.push(told)
    using box = updated([toyRecord('toy.seen', seen, 1)], know(kernelPack, [spy]))
    expect(met).toEqual([])
    expect(first(box.kept(admit(1)))).toEqual({ did: 'act', n: 2, answer: { admitted: 1 }, again: false })
    const from = { box: 'box1', stream: 'stream1', seq: 1 }
    expect(met).toMatchObject([{ body: seen, at, n: 1, i: 0, from, who: undefined, boot: '' }])
    expect(box.views.kernel.quarantine.all()).toEqual([])
    expect(box.views.position('stream1')).toBe(1)
  })

  test('LOG-25 is admitted once, and only where something waits', () => {
    using box = updated([toyRecord('toy.seen', seen, 1)])
    box.kept(admit(1))
    expect(first(box.kept(admit(1, 'again')))).toEqual({
      did: 'refused',
      code: 'not-quarantined',
      detail: { n: 1 },
    })
    expect(first(box.kept(admit(7)))).toMatchObject({ did: 'refused', code: 'not-quarantined' })
    expect(box.rows['visits']?.get('a', 'north')).toMatchObject({ hits: 1 })
  })

  const strange: [string, RecordRow, RegExp][] = [
    ['of a kind that is still not known', toyRecord('toy.unheard', 1, 1), /does not know toy.unheard/],
    ['of a decision', toyRecord('toy.moved', {}, 1), /only the keeper decides it/],
    ['that is not as declared', toyRecord('toy.seen', { ...seen, at: 'noon' }, 1), /^at: /],
    ['that cannot be read', { seq: 1, head: 'hello', body: '{}' }, /cannot be read as a record/],
    ['of another place', { ...toyRecord('toy.seen', seen, 2), seq: 1 }, /names another place/],
    ['that came cut', toyRecord('toy.seen', { tag: 'x'.repeat(maxFactBytes + 27) }, 1), /does not know|over/],
    [
      'cut to what still can be read',
      { ...toyRecord('toy.seen', 1, 1), body: '1'.repeat(25_000) },
      /does not know/,
    ],
  ]
  test.each(strange)('LOG-25 stays where it is, and the reason is told: one %s', (_, record, why) => {
    using box = updated([record])
    const hash = box.hash()
    const refused = {
      did: 'refused',
      code: 'not-admissible',
      detail: { n: 1, problem: expect.stringMatching(why) },
    }
    expect(first(box.kept(admit(1)))).toEqual(refused)
    expect(box.views.kernel.quarantine.count('byKind')).toBe(1)
    expect(box.hash()).toBe(hash)
  })

  test('LOG-25 is not admitted where its pack cannot apply it', () => {
    for (const [kind, body] of [
      ['toy.cursed', { tag: 'a' }],
      ['toy.person', ada],
    ] as const) {
      const rude = { ...toy, apply: { ...toy.apply } }
      rude.apply['person'] = () => {
        throw new Error('no')
      }
      using box = updated([toyRecord(kind, body, 1)], know(kernelPack, [rude]))
      expect(first(box.kept(admit(1)))).toMatchObject({ did: 'refused', code: 'internal' })
      expect(box.views.kernel.quarantine.get(1, 0)).toMatchObject({ kind: 'unknown' })
    }
  })

  test('LOG-25 a fact that was set aside when it was applied is judged anew by other rules, and not by a person', () => {
    using box = toyKeeper()
    box.kept(records([toyRecord('toy.seen', { tag: 7 }, 1)]))
    expect(first(box.kept(admit(1)))).toMatchObject({ did: 'refused', code: 'not-admissible' })
  })

  test('LOG-25 a line that no keeper can have written waits without its words, and stops nobody', () => {
    const from = { box: 'box1', stream: 'stream1', seq: 1 }
    const head = { form: 'q', at, kind: 'unknown', from, why: 'a reason' } as const
    for (const line of ['garbage', '{}', bodyLine({ head: 7 }, seededRandom()), '~', '']) {
      using box = toyKeeper()
      follow(box, [new ToyLog().add(head, line)])
      expect(box.views.kernel.quarantine.all()).toMatchObject([{ n: 1, head: null, line: null }])
      expect(first(box.kept(admit(1)))).toMatchObject({ code: 'not-admissible' })
    }
  })
})

describe('a person in it', () => {
  test('LOG-25 is shown at the place of the record, and nowhere else', () => {
    using box = updated([toyRecord('toy.person', ada, 1)])
    expect(box.views.kernel.quarantine.all()).toMatchObject([{ line: expect.stringContaining('Ada') }])
    const [row] = box.kept(admit(1)).rows
    expect(`${row?.head} ${row?.bodies}`).not.toContain('Ada')
    expect(box.rows['people']?.all()).toEqual([{ n: 1, i: 0, ...ada }])
    box.kept(erase(1))
    expect(box.rows['people']?.all()).toEqual([])
  })

  test('LOG-16 leaves the quarantine when the place is erased, and can then not be admitted', () => {
    using box = updated([toyRecord('toy.person', ada, 1)])
    box.kept(erase(1))
    expect(box.views.kernel.quarantine.all()).toEqual([])
    expect(first(box.kept(admit(1)))).toMatchObject({ code: 'not-quarantined' })
  })
})

test('LOG-23 the rows are the same whether a record was admitted with its words or after they had gone', () => {
  const kinds = fc.array(fc.constantFrom('toy.person', 'toy.seen'), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(kinds, fc.array(fc.tuple(fc.boolean(), fc.nat(4)), { maxLength: 8 }), (all, acts) => {
      const rows = all.map((kind, i) => toyRecord(kind, kind === 'toy.person' ? ada : seen, i + 1))
      using box = updated(rows)
      for (const [admits, which] of acts) {
        const n = (which % all.length) + 1
        box.kept(admits ? admit(n, `at ${box.views.cursor.n}`) : erase(n))
      }
      using late = openToyViews()
      const erased = box.views.kernel.erased.all()
      follow(
        late,
        box.log.map((row) => hollowed(row, erased)),
      )
      expect(late.hash()).toBe(box.hash())
      expect(late.views.sawHollow).toBe(false)
    }),
  )
})

test('TERM-12 who does not know the kind of an admitted record does not know the log', () => {
  using box = updated([toyRecord('toy.seen', seen, 1), toyRecord('toy.person', ada, 2)])
  const { rows } = box.kept(admit(1), admit(2))
  using old = openToyViews(know(kernelPack, []))
  follow(old, [...box.log.slice(0, 2), ...rows])
  expect(old.views.kernel.unknownKinds.all()).toEqual([
    { kind: 'toy.person', n: 4 },
    { kind: 'toy.seen', n: 3 },
  ])
  expect(old.views.kernel.quarantine.count('byKind')).toBe(2)
  expect(old.views.kernel.skipped.all()).toEqual([])
})

test('LOG-25 what is no record is let in by nobody', () => {
  const log = new ToyLog()
  const { head } = toyRecord('toy.seen', seen, 1)
  const strange = parseHead(head)
  if (strange.form !== 'r') throw new Error('not a record')
  log.add({ ...strange, form: 'q', kind: 'unknown', why: 'a reason' }, bodyLine({ head, body: '{}' }, null))
  log.say({ kind: 'quarantine.admitted', body: { n: 1, head: '["k",[0,null,0],[]]', body: 1 } })
  log.say({ kind: 'quarantine.admitted', body: { n: 9, head, body: seen } })
  using box = toyKeeper()
  follow(box, log.rows)
  expect(box.views.kernel.skipped.all()).toMatchObject([{ n: 2 }])
  expect(box.rows['visits']?.all()).toEqual([])
})
