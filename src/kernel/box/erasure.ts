import type { LogRow, Truth, Write } from '../../store/truth.ts'
import { hollowLine, parseHead } from '../entry.ts'
import type { Origin } from '../entry.ts'
import type { Writer } from '../site/writer.ts'
import { SalvageErasure, hollowRecord } from './salvage-erasure.ts'

/**
 * Takes erased persons off this box's disk: the bodies and salts of the places that the log names, in
 * the log, in the journal and in the salvage. The views forget them by `erase`; bases that still show
 * them go. `told`: each record that is erased now. Tells whether the salvage has changed. While it works nothing else changes the log.
 */
export async function eraseFromDisk(
  truth: Truth,
  writer: Writer,
  site: string,
  from: number,
  told: (record: Origin) => void = () => {},
): Promise<boolean> {
  const erased = await writer.erased(site, from)
  if (erased.length === 0) return false
  const lost = new SalvageErasure()
  for (const [n, all] of Map.groupBy(erased, (place) => place.n)) {
    const [row] = await truth.entries(site, n - 1, 1)
    if (row?.n !== n) continue
    const places = new Set(all.map(({ i }) => i))
    const bodies = hollowAt(row.bodies, places)
    const writes = await journalWrites(truth, site, row, places)
    if (bodies !== row.bodies) writes.push({ do: 'hollow', site, n, bodies })
    if (writes.length > 0) await truth.commit(writes)
    const { form, from: record } = recordOf(row.head)
    if (record && places.has(0) && (form === 'q' || bodies.startsWith('~'))) told(record)
    lost.add({ head: row.head, bodies, places })
  }
  const inSalvage = lost.writes(site, await truth.salvage(site, Number.MAX_SAFE_INTEGER))
  if (inSalvage.length > 0) await truth.commit(inSalvage)
  await writer.dropBases(site, Math.max(...erased.map(({ by }) => by)))
  return inSalvage.length > 0
}

function recordOf(text: string): { readonly form: string; readonly from?: Origin } {
  const head = parseHead(text)
  return head.form === 'r' || head.form === 'q' ? { form: head.form, from: head.from } : { form: head.form }
}

function hollowAt(bodies: string, places: ReadonlySet<number>): string {
  return bodies
    .split('\n')
    .map((line, i) => (places.has(i) ? hollowLine(line) : line))
    .join('\n')
}

/** An entry that came hollow says nothing of the journal: who recorded or passed it on may hold it in clear. */
async function journalWrites(
  truth: Truth,
  site: string,
  row: LogRow,
  places: ReadonlySet<number>,
): Promise<Write[]> {
  const head = parseHead(row.head)
  if ((head.form !== 'r' && head.form !== 'q') || !places.has(0)) return []
  const { box, stream, seq } = head.from
  const [record] = await truth.records({ site, box, stream }, seq - 1, 1)
  if (record?.seq !== seq) return []
  const body = hollowRecord(head.form, record.body)
  return body === record.body ? [] : [{ do: 'hollowRecord', site, box, stream, seq, body }]
}
