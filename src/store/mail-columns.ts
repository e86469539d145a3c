import { naming, reading } from './columns.ts'
import type { MailWrite, Place } from './mailbox.ts'

/**
 * Writes of the mailbox on their way to its thread. Messages, and that they have arrived, come by the thousand: they go
 * as numbers, texts and one piece of bytes, since a buffer for each costs more than to write the message.
 */
export type MailColumns = {
  /** What to make of the other columns: for each write its kind and its numbers. */
  readonly plan: readonly number[]
  readonly texts: readonly string[]
  readonly payloads: Uint8Array
  /** Names of sessions, each once. */
  readonly names: readonly string[]
  /** All that is rare, as it is. */
  readonly others: readonly MailWrite[]
}

const kind = { other: 0, message: 1, got: 2 }

export function toMailColumns(writes: readonly MailWrite[]): MailColumns {
  const plan: number[] = []
  const texts: string[] = []
  const payloads: Uint8Array[] = []
  const others: MailWrite[] = []
  const nameOf = naming()
  for (const write of writes) {
    if (write.do === 'got') plan.push(kind.got, nameOf(write.session), write.seq)
    else if (write.do === 'message') {
      plan.push(kind.message, write.message, write.payload.length, write.to.length)
      for (const { session, seq } of write.to) plan.push(nameOf(session), seq)
      texts.push(write.doc)
      payloads.push(write.payload)
    } else {
      plan.push(kind.other)
      others.push(write)
    }
  }
  const size = payloads.reduce((sum, { length }) => sum + length, 0)
  const all = new Uint8Array(size)
  let at = 0
  for (const payload of payloads) {
    all.set(payload, at)
    at += payload.length
  }
  return { plan, texts, payloads: all, names: nameOf.all(), others }
}

export function toMailWrites({ plan, texts, payloads, names, others }: MailColumns): readonly MailWrite[] {
  const next = reading(plan)
  const text = reading(texts)
  const other = reading(others)
  let at = 0
  const bytes = (size: number) => payloads.subarray(at, (at += size))
  const place = (): Place => ({ session: names[next()] as string, seq: next() })
  const writes: MailWrite[] = []
  while (next.isLeft()) {
    switch (next()) {
      case kind.got:
        writes.push({ do: 'got', ...place() })
        break
      case kind.message: {
        const message = next()
        const payload = bytes(next())
        const to = Array.from({ length: next() }, place)
        writes.push({ do: 'message', message, doc: text(), payload, to })
        break
      }
      default:
        writes.push(other())
    }
  }
  return writes
}
