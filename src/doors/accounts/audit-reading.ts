import type { Box } from '../../kernel/box/contract.ts'
import type { LogRow } from '../../store/truth.ts'

/** So many entries are read at a time, in at most so many bytes. */
const widest = 256
const readBytes = 1024 * 1024

type Entries = Pick<Box, 'entries'>

/** Pieces of a log before an entry, the newest first, each as large as one reading gives it. */
export async function* backwards(
  box: Entries,
  site: string,
  before: number,
): AsyncGenerator<readonly LogRow[], void, undefined> {
  for (let at = before; at > 1;) {
    const rows = await pieceBefore(box, site, at)
    const first = rows[0]
    // The log was cut meanwhile: what stood there is no part of it any more.
    if (!first) return
    yield rows.toReversed()
    at = first.n
  }
}

/** The last entries before one, without a gap. A log is read forwards, so where they are large fewer are tried. */
async function pieceBefore(box: Entries, site: string, before: number): Promise<readonly LogRow[]> {
  for (let width = widest; ; width = Math.ceil(width / 4)) {
    const rows = await box.entries(site, Math.max(0, before - 1 - width), readBytes)
    const found = rows.filter(({ n }) => n < before)
    if (found.at(-1)?.n === before - 1 || width === 1) return found
  }
}
