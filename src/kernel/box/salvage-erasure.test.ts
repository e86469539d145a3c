import { expect, test } from 'vitest'
import type { LogRow, SalvageRow } from '../../store/truth.ts'
import { bodyLine, hollowLine, parseHead } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { orphanFacts, orphansIn } from '../site/orphans.ts'
import { ToyLog, at, hollowed, toyRecord } from '../site/toy-log.ts'
import { SalvageErasure } from './salvage-erasure.ts'

const term = '1/boxb/1/strmb'
const salvaged = ({ n, head, bodies }: LogRow): SalvageRow => ({ n, term, head, bodies })
const signed = (name: string) => ({ kind: 'toy.signed', body: { tag: name, name } })
const moved = { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } }
const lines = ({ bodies }: { readonly bodies: string }) => bodies.split('\n')

/** What becomes of the salvage once these places of these entries are erased: by entry, its bodies. */
function left(salvage: readonly SalvageRow[], erased: readonly (readonly [LogRow, ...number[]])[]) {
  const erasure = new SalvageErasure()
  for (const [row, ...places] of erased) {
    const { head, bodies } = hollowed(
      row,
      places.map((i) => ({ n: row.n, i })),
    )
    erasure.add({ head, bodies, places: new Set(places) })
  }
  return erasure.writes('fair', salvage).map((write) => {
    if (write.do !== 'hollowSalvage') throw new Error(`not for the salvage: ${write.do}`)
    expect(write).toMatchObject({ site: 'fair', term })
    return [write.n, lines(write)] as const
  })
}

/** The same record, as it stands in a log, or marked as one that its keeper could not judge. */
function recordAs(form: 'r' | 'q', kind: string): LogRow {
  const record = toyRecord(kind, { tag: 'a', name: 'Ada' }, 1)
  const log = new ToyLog()
  const head = parseHead(record.head)
  if (form === 'r' || head.form !== 'r') return log.add(head, record.body)
  const kept = bodyLine({ head: record.head, body: record.body }, seededRandom())
  return log.add({ form: 'q', at, kind: 'unknown', from: head.from, why: 'a reason' }, kept)
}

const forms = ['r', 'q'] as const
test.each(forms.flatMap((inLog) => forms.map((inSalvage) => [inLog, inSalvage] as const)))(
  'LOG-24 a record that stands as %s in the log and as %s in the salvage goes from both',
  (inLog, inSalvage) => {
    const lost = recordAs(inSalvage, 'toy.person')
    expect(left([salvaged(lost)], [[recordAs(inLog, 'toy.person'), 0]])).toEqual([
      [1, [hollowLine(lost.bodies)]],
    ])
  },
)

test('LOG-24 what had no salt as a record goes whole where the log could not judge it, and stays where it could', () => {
  const lost = recordAs('r', 'toy.seen')
  expect(left([salvaged(lost)], [[recordAs('q', 'toy.seen'), 0]])).toEqual([[1, ['~']]])
  expect(left([salvaged(lost)], [[recordAs('r', 'toy.seen'), 0]])).toEqual([])
})

test('LOG-24 another record, and another decision, stay', () => {
  const log = new ToyLog()
  log.record('toy.person', { tag: 'b', name: 'Bob' }, 2)
  log.record('toy.person', { tag: 'c', name: 'Cyd' }, 1, 'stream2')
  log.decide('other', 1, signed('Dan'))
  const mine = new ToyLog()
  const erased = [
    [recordAs('r', 'toy.person'), 0] as const,
    [mine.decide('key', 1, signed('Ada')), 0] as const,
  ]
  expect(left(log.rows.map(salvaged), erased)).toEqual([])
})

test('LOG-24 a decision of the same key and question loses its persons, and keeps the rest', () => {
  const inLog = new ToyLog().decide('key', 1, moved, signed('Ada'))
  const lost = new ToyLog().decide('key', 2, signed('Ada'), moved, signed('Ada again'))
  const [one = '', two, three = ''] = lines(lost)
  expect(left([salvaged(lost)], [[inLog, 1]])).toEqual([[1, [hollowLine(one), two, hollowLine(three)]]])
  expect(left([salvaged(lost)], [[inLog, 0]])).toEqual([])
  const asked = parseHead(lost.head)
  if (asked.form !== 'a') throw new Error('not a decision')
  const other = new ToyLog().add({ ...asked, asked: { ...asked.asked, digest: 'another' } }, lost.bodies)
  expect(left([salvaged(other)], [[inLog, 1]])).toEqual([])
})

/** A lost decision, and the entry with which a keeper kept it as an orphan. */
function orphaned() {
  const lost = new ToyLog().decide('key', 1, signed('Ada'), moved, signed('Bob'))
  const [orphan] = orphansIn(term, lost.n, lost.head, lost.bodies)
  if (!orphan) throw new Error('no orphan')
  const log = new ToyLog()
  log.record('toy.seen', {}, 1)
  return { lost: salvaged(lost), kept: log.say(...orphanFacts(orphan)) }
}

test('LOG-24 of a decision that stands in the log as an orphan, exactly the lines go that the orphan lost', () => {
  const { lost, kept } = orphaned()
  const [ada = '', cents, bob] = lines(lost)
  expect(left([lost], [[kept, 1]])).toEqual([[1, [hollowLine(ada), cents, bob]]])
  expect(left([lost], [[kept, 2]])).toEqual([[1, [ada, '~', bob]]])
  expect(left([{ ...lost, n: 2 }], [[kept, 1]])).toEqual([])
  expect(left([lost], [[kept, 0]])).toEqual([])
})

test('LOG-24 an orphan in a lost entry of its keeper goes by its own place, and by the decision of its key', () => {
  const { kept } = orphaned()
  const nested = salvaged({ ...kept, n: 7 })
  const [word, ada = '', cents, bob = ''] = lines(kept)
  expect(left([nested], [[kept, 1]])).toEqual([[7, [word, hollowLine(ada), cents, bob]]])
  const inLog = new ToyLog().decide('key', 1, signed('Ada'))
  expect(left([nested], [[inLog, 0]])).toEqual([[7, [word, hollowLine(ada), cents, hollowLine(bob)]]])
})

test('LOG-24 what was done is not done again, and what nobody can read stops nothing', () => {
  const { lost, kept } = orphaned()
  const done = { ...lost, bodies: left([lost], [[kept, 1]])[0]?.[1].join('\n') ?? '' }
  const garbage = { ...lost, n: 9, head: 'garbage' }
  const strange = { ...lost, n: 8, head: JSON.stringify(['k', at, ['orphan.kept']]), bodies: '{}' }
  expect(left([garbage, strange, done], [[kept, 1]])).toEqual([])
  const erasure = new SalvageErasure()
  const head = JSON.stringify(['k', at, ['orphan.kept', 'orphan.line']])
  erasure.add({ head, bodies: '{}\n~', places: new Set([1]) })
  expect(erasure.writes('fair', [lost])).toEqual([])
})
