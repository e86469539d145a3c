import type { Truth, Write } from '../../store/truth.ts'
import { hollowLine, parseHead } from '../entry.ts'
import type { Head } from '../entry.ts'
import type { Erased, Writer } from '../site/writer.ts'

/**
 * Takes erased persons off this box's disk: the bodies and salts of the places that the log names,
 * in the log and in the journal. The views forget them by `erase`; bases that still show them go.
 */
export async function eraseFromDisk(truth: Truth, writer: Writer, site: string, from: number): Promise<void> {
  const erased = await writer.erased(site, from)
  if (erased.length === 0) return
  for (const [n, places] of Map.groupBy(erased, (place) => place.n)) {
    const writes = await hollowWrites(truth, site, n, places)
    if (writes.length > 0) await truth.commit(writes)
  }
  await writer.dropBases(site, Math.max(...erased.map(({ by }) => by)))
}

async function hollowWrites(
  truth: Truth,
  site: string,
  n: number,
  places: readonly Erased[],
): Promise<readonly Write[]> {
  const [row] = await truth.entries(site, n - 1, 1)
  if (row?.n !== n) return []
  const erased = new Set(places.map(({ i }) => i))
  const lines = row.bodies.split('\n')
  const bodies = lines.map((line, i) => (erased.has(i) ? hollowLine(line) : line)).join('\n')
  const writes: Write[] = erased.has(0) ? await journalWrites(truth, site, parseHead(row.head)) : []
  if (bodies !== row.bodies) writes.push({ do: 'hollow', site, n, bodies })
  return writes
}

/** An entry that came hollow says nothing of the journal: who recorded or passed it on may hold it in clear. */
async function journalWrites(truth: Truth, site: string, head: Head): Promise<Write[]> {
  if (head.form !== 'r' && head.form !== 'q') return []
  const { box, stream, seq } = head.from
  const [record] = await truth.records({ site, box, stream }, seq - 1, 1)
  if (record?.seq !== seq) return []
  const body = hollowRecord(head.form, record.body)
  return body === record.body ? [] : [{ do: 'hollowRecord', site, box, stream, seq, body }]
}

/** What could not be judged stands in the journal as it came. What had no salt there goes whole. */
function hollowRecord(form: 'r' | 'q', line: string): string {
  return form === 'r' || /^[~^]/.test(line) ? hollowLine(line) : '~'
}
