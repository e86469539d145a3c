import type { LogRow, RecordRow } from '../../store/truth.ts'
import { seededRandom } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Item, Outcome } from './sequencer.ts'
import { sequence } from './sequencer.ts'
import { at, openToyViews, toyRecord } from './toy-log.ts'

/** For tests: a keeper of one site over the toy pack. `kept` makes durable what it orders, `step` does not. */
export function toyKeeper(known = toyKnown, site = 'toy') {
  const opened = openToyViews(known)
  const random = seededRandom(3)
  const log: LogRow[] = []
  const step = (...items: readonly Item[]) => {
    const done = sequence(opened.views, items, { at, random, site })
    log.push(...done.rows)
    return done
  }
  const kept = (...items: readonly Item[]) => {
    const done = step(...items)
    opened.views.commit()
    return done
  }
  return { ...opened, step, kept, log }
}

export const pay = (key: string, cents = 5, from = 'bank'): Item => {
  return { do: 'act', action: 'toy.pay', key, who: 'ada', input: { from, to: 'a', cents } }
}
export const act = (action: string, key = action, input: unknown = {}): Item => {
  return { do: 'act', action, key, who: 'ada', input }
}
export const seenRows = (from: number, to: number): RecordRow[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    toyRecord('toy.seen', { tag: 'a', gate: 'north', at: 1 }, from + index),
  )
export const records = (rows: readonly RecordRow[], stream = 'stream1', box = 'box1'): Item => {
  return { do: 'records', box, stream, rows }
}
export const first = ({ outcomes }: { outcomes: readonly Outcome[] }) => outcomes[0]
