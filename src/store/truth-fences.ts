import type { Heads } from './truth-heads.ts'
import { journalSpan, logSpan } from './truth-tables.ts'
import { StoreError, type Write } from './truth.ts'

type Of<Kind extends Write['do']> = Extract<Write, { readonly do: Kind }>

/**
 * Throws unless the whole call may be written: a StoreError `fence`, or a TypeError for what the tables
 * cannot hold as it is. Nothing is written yet; `heads` is a layer of its own that moves as the call would move it.
 */
export function checkCall(call: readonly Write[], heads: Heads): void {
  for (const write of call) checkWrite(write, heads)
}

function checkWrite(write: Write, heads: Heads): void {
  switch (write.do) {
    case 'site':
      return text(write.site, write.doc)
    case 'records':
      return checkRecords(write, heads)
    case 'entries':
      return checkEntries(write, heads)
    case 'giveUp':
      return checkGiveUp(write, heads)
    case 'settle':
      text(write.site, write.term)
      return whole(write.upTo, logSpan)
    case 'trim':
      return checkTrim(write, heads)
    case 'hollow':
      text(write.site, write.bodies)
      return whole(write.n, logSpan)
    case 'hollowRecord':
      text(write.site, write.box, write.stream, write.body)
      return whole(write.seq, journalSpan)
    case 'hollowSalvage':
      text(write.site, write.term, write.bodies)
      return whole(write.n, logSpan)
    case 'note':
      return text(write.name, write.value)
    case 'wait':
      return text(write.site, write.key, write.doc)
    case 'unwait':
      return text(write.site, write.key)
    default:
      throw new TypeError(`unknown write: ${JSON.stringify(write satisfies never)}`)
  }
}

function checkTrim(write: Of<'trim'>, heads: Heads): void {
  text(write.site, write.box, write.stream)
  whole(write.upTo, journalSpan)
  const head = heads.stream(write)
  if (head === undefined || write.upTo < head.first) return
  heads.setStream(write, { ...head, first: Math.min(write.upTo, head.last) + 1 })
}

function checkRecords(write: Of<'records'>, heads: Heads): void {
  text(write.site, write.box, write.stream)
  const head = heads.stream(write)
  // A stream that holds nothing here may go on further up: what lies between is in the log already.
  const jumps = head !== undefined && head.first > head.last && (write.rows[0]?.seq ?? 0) > head.last
  let last = jumps ? undefined : head?.last
  for (const row of write.rows) {
    whole(row.seq, journalSpan)
    text(row.head, row.body)
    if (row.seq < 1 || (last !== undefined && row.seq !== last + 1)) {
      throw fence(`stream ${write.stream} of box ${write.box} in ${write.site}`, last ?? 0, row.seq)
    }
    last = row.seq
  }
  if (last !== undefined)
    heads.setStream(write, { id: 0, first: jumps ? (write.rows[0]?.seq ?? 1) : (head?.first ?? 1), last })
}

function checkEntries(write: Of<'entries'>, heads: Heads): void {
  text(write.site)
  let n = heads.site(write.site)?.n ?? 0
  for (const row of write.rows) {
    whole(row.n, logSpan)
    text(row.head, row.bodies, row.chain)
    if (row.term !== undefined) text(row.term)
    if (row.n !== n + 1) throw fence(`the log of ${write.site}`, n, row.n)
    n = row.n
  }
  heads.setSite(write.site, { id: 0, n, chain: '' })
}

function checkGiveUp(write: Of<'giveUp'>, heads: Heads): void {
  text(write.site)
  whole(write.keep, logSpan)
  const n = heads.site(write.site)?.n ?? 0
  heads.setSite(write.site, { id: 0, n: Math.min(n, write.keep), chain: '' })
}

function fence(what: string, stands: number, asked: number): StoreError {
  return new StoreError('fence', `${what} stands at ${stands}, so ${asked} cannot come next`)
}

function text(...values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value !== 'string') throw new TypeError(`text expected, not ${typeof value}`)
    if (!value.isWellFormed()) throw new TypeError('text with half a character would come back changed')
  }
}

function whole(value: unknown, span: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < span) return
  throw new TypeError(`whole number from 0 up to ${span - 1} expected, not ${String(value)}`)
}
