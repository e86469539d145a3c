import { isDeepStrictEqual } from 'node:util'
import type { Answered, Batch, Ledger } from './ledger.ts'
import { nameIn, readEntry } from './log-reading.ts'
import type { RealBox } from './real-box.ts'
import { TruthCopy } from './truth-copy.ts'

/** How far the acknowledgements of a box have been looked up on its disk. */
type Looked = { readonly batches: number; readonly answers: number }

/**
 * Promise 1, at once: whatever a box acknowledged since it was looked at last stands on its own disk the
 * moment it is dead, and not only in the end, when another box may have brought it back.
 */
export class DiskCheck {
  readonly #ledger: Ledger
  readonly #keeper: RealBox
  readonly #looked = new Map<RealBox, Looked>()

  constructor(ledger: Ledger, keeper: RealBox) {
    this.#ledger = ledger
    this.#keeper = keeper
  }

  /** What is missing on the disk of a box that has just died. */
  look(box: RealBox): readonly string[] {
    const { batches, answers } = this.#looked.get(box) ?? { batches: 0, answers: 0 }
    const { acknowledged, answered } = this.#ledger
    this.#looked.set(box, { batches: acknowledged.length, answers: answered.length })
    using disk = new TruthCopy(box.folder)
    const own = acknowledged.slice(batches).filter((batch) => batch.box === box)
    const here = answered.slice(answers).filter(({ copies }) => box === this.#keeper || copies > 1)
    const lost = [
      ...own.flatMap((batch) => lostRecords(disk, batch)),
      ...here.flatMap((answer) => lostEntry(disk, answer)),
    ]
    return lost.map((name) => `${box.name} acknowledged ${name}, and it is not on its disk`)
  }
}

function lostRecords(disk: TruthCopy, { names, recorded }: Batch): readonly string[] {
  if (!recorded) return []
  const { box, stream, from, to } = recorded
  if (to - from + 1 !== names.length) return [`${names.join(', ')} as seq ${from} to ${to}`]
  return names.filter((name, index) => {
    const body = disk.journalled(box, stream, from + index)
    return body === undefined || nameIn(body) !== name
  })
}

function lostEntry(disk: TruthCopy, { wish, n, answer }: Answered): readonly string[] {
  const line = disk.entry(n)
  const reading = line && readEntry(line)
  const stands = reading?.is === 'decision' && reading.key === wish.key
  return stands && isDeepStrictEqual(reading.answer, answer) ? [] : [`key ${wish.key} as entry ${n}`]
}
