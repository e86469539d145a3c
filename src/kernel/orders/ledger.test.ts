import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Write } from '../../store/truth.ts'
import { ledgerSlots, OrderLedger } from './ledger.ts'
import { afterBreak, afterCheck, place, restAfter, tries } from './resume.ts'

const entry = (order: string, ended = false, attempt = 1) =>
  ({ order, kind: 'toy.print', mode: 'once', params: { pages: 1 }, attempt, boot: 'b', ended }) as const
const name = (n: number) => `order-${String(n).padStart(4, '0')}`

/** A disk that keeps notes, and refuses when it is told to. */
function disk() {
  const notes = new Map<string, string>()
  const write = (each: Write) => {
    if (each.do === 'note') notes.set(each.name, each.value)
  }
  return { notes, write, opened: () => opened(notes) }
}

function opened(notes: ReadonlyMap<string, string>): OrderLedger {
  const ledger = new OrderLedger('fair')
  expect(ledger.load(notes)).toEqual([])
  return ledger
}

test('ORDER-4 what is written is known after a restart, what was not is not', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.boolean(), fc.boolean()), { maxLength: 100 }), (changes) => {
      const { notes, write } = disk()
      const ledger = opened(notes)
      const truth = new Map<string, boolean>()
      for (const [n, ends, fails] of changes) {
        const change = ledger.change(entry(name(n), ends))
        if (fails) change.failed()
        else {
          write(change.write)
          change.written()
          truth.set(name(n), ends)
        }
      }
      const again = opened(notes)
      for (const [order, ended] of truth) expect(again.get(order)?.ended).toBe(ended)
      expect(again.unfinished().length).toBe([...truth.values()].filter((ended) => !ended).length)
      expect(notes.size).toBe(truth.size)
    }),
  )
})

test('ORDER-4 of many, the newest that ended and all that did not are remembered, in so many notes', () => {
  const { notes, write, opened: reopen } = disk()
  const ledger = reopen()
  for (let n = 0; n < ledgerSlots + 100; n += 1) {
    const { write: note, written } = ledger.change(entry(name(n), n % 100 !== 0))
    write(note)
    written()
  }
  expect(notes.size).toBe(ledgerSlots)
  const again = reopen()
  for (let n = 0; n < ledgerSlots + 100; n += 100) expect(again.get(name(n))?.ended).toBe(false)
  expect(again.get(name(1))).toBeUndefined()
  expect(again.get(name(ledgerSlots + 99))?.ended).toBe(true)
})

test('a note that cannot be read is told of, and the others count', () => {
  const { notes, write } = disk()
  write(opened(notes).change(entry(name(1))).write)
  notes.set('order fair 7', '{"order":')
  const ledger = new OrderLedger('fair')
  expect(ledger.load(notes)).toEqual(['order fair 7'])
  expect(ledger.get(name(1))).toBeDefined()
})

const given = (mode: 'once' | 'repeat' | 'barrier', accepted = 0) => ({
  order: name(1),
  n: 1,
  kind: 'toy.print',
  params: null,
  mode,
  runMs: 1,
  stops: false,
  priority: 5,
  accepted,
  leftMs: 1,
})

test('ORDER-4 an order that may run once is never begun again, whatever remembers it', () => {
  for (const mode of ['once', 'barrier'] as const) {
    expect(place(given(mode), undefined)).toEqual({ is: 'waits', tried: 0 })
    expect(place(given(mode), { ...entry(name(1)), turn: 1 })).toMatchObject({ end: { outcome: 'unknown' } })
    expect(place(given(mode, 1), undefined)).toMatchObject({ end: { outcome: 'unknown' } })
    expect(place(given(mode, 1), { ...entry(name(1), true), turn: 1 })).toEqual({ is: 'known' })
  }
})

test('ORDER-4 an order that may be repeated is tried three times, then it has failed', () => {
  expect(place(given('repeat', 2), undefined)).toEqual({ is: 'waits', tried: 2 })
  expect(place(given('repeat', 3), undefined)).toMatchObject({ end: { outcome: 'failed' } })
  const rests = [1, 2, 3].map((attempt) => restAfter('repeat', attempt, { outcome: 'failed' }))
  expect(rests).toEqual([5_000, 30_000, undefined])
  expect(restAfter('once', 1, { outcome: 'failed' })).toBeUndefined()
  expect(restAfter('repeat', 1, { outcome: 'done' })).toBeUndefined()
})

test('ORDER-4 after a crash its driver decides, if it can tell', () => {
  const once = { ...entry(name(1)), turn: 1 }
  const repeat = { ...once, mode: 'repeat' } as const
  expect(afterCheck(once, { is: 'done', result: 7 })).toEqual({ outcome: 'done', result: 7 })
  expect(afterCheck(once, { is: 'failed', error: 'no paper' })).toMatchObject({ outcome: 'failed' })
  expect(afterCheck(once, undefined)).toMatchObject({ outcome: 'unknown' })
  expect(afterCheck(repeat, { is: 'failed', error: 'dark' })).toBeUndefined()
  expect(afterCheck({ ...repeat, attempt: tries }, { is: 'failed', error: 'dark' })).toMatchObject({
    outcome: 'failed',
  })
  expect(afterBreak('repeat', 1)).toBeUndefined()
})
