import { logSpan } from '../store/truth-tables.ts'
import type { Card } from './card.ts'

/** One fact of a log as it stands on a card, read from its text. Hollow facts are left out. */
export type FactOn = {
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  readonly n: number
  readonly i: number
  /** Who recorded it; empty for a decision. */
  readonly box: string
}

/** All facts of a site's log on a card, in their order. */
export function factsOn(card: Card, site: string): readonly FactOn[] {
  const id = card.truth.prepare('SELECT id FROM sites WHERE site = ?').get(site)?.['id']
  if (id === undefined) return []
  const base = Number(id) * logSpan
  const rows = card.truth
    .prepare('SELECT id, head, bodies FROM log WHERE id > ? AND id < ? ORDER BY id')
    .all(base, base + logSpan)
  return rows.flatMap(({ id: place, head, bodies }) => {
    const parts = JSON.parse(String(head)) as readonly unknown[]
    const record = parts[0] === 'r'
    if (parts[0] === 'q') return []
    const kinds = record ? [String(parts[2])] : (parts[2] as readonly string[])
    const lines = String(bodies).split('\n')
    return kinds.flatMap((kind, i): FactOn[] => {
      const line = lines[i] ?? ''
      if (line.startsWith('~')) return []
      const body = JSON.parse(line.startsWith('^') ? line.slice(27) : line) as FactOn['body']
      return [{ kind, body, n: Number(place) - base, i, box: record ? String(parts[3]) : '' }]
    })
  })
}
