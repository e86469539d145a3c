import type { Truth, Write } from '../../store/truth.ts'
import { hollowLine, parseHead, parseLine } from '../entry.ts'
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
): Promise<Write[]> {
  const [row] = await truth.entries(site, n - 1, 1)
  if (row?.n !== n) return []
  const erased = new Set(places.map(({ i }) => i))
  const lines = row.bodies.split('\n')
  const bodies = lines.map((line, i) => (erased.has(i) ? hollowLine(line) : line)).join('\n')
  if (bodies === row.bodies) return []
  const head = parseHead(row.head)
  const writes: Write[] = [{ do: 'hollow', site, n, bodies }]
  if (head.form === 'r') writes.push({ do: 'hollowRecord', site, ...head.from, body: bodies })
  if (head.form === 'q') {
    // In the journal the record stands as it came. What had no salt there goes whole.
    const { body } = parseLine(row.bodies).body as { readonly body: string }
    writes.push({
      do: 'hollowRecord',
      site,
      ...head.from,
      body: body.startsWith('^') ? hollowLine(body) : '~',
    })
  }
  return writes
}
