import type { Database, Row } from '../../store/database.ts'
import type { LogRow } from '../../store/truth.ts'
import { nextChain } from '../entry.ts'
import type { Known } from '../pack/kinds.ts'
import { SiteViews } from '../site/views.ts'
import type { NamedTable } from './hash.ts'
import { allTables, rowText, tableRows } from './hash.ts'

/** Something that is not as the log says. */
export type Finding =
  /** The text of an entry was altered, or its running hash was: the first such entry. */
  | { readonly is: 'altered entry'; readonly n: number }
  | { readonly is: 'gap'; readonly n: number }
  /** A row of the views that the log does not give. `have` and `want` are rows as text, null where there is none. */
  | {
      readonly is: 'row'
      readonly table: string
      readonly key: string
      readonly have: string | null
      readonly want: string | null
    }

const rowsNamed = 20

/**
 * Holds a site's views against its log: every entry's running hash is computed again, the views are
 * built again in `scratch`, and each row compared. Feed it the log, from the first entry, up to
 * where the views stand.
 */
export class Verification {
  readonly #rebuilt: SiteViews
  readonly #known: Known
  readonly #scratch: Database
  readonly #findings: Finding[] = []
  #chain = ''
  #n = 0

  constructor(scratch: Database, known: Known) {
    this.#scratch = scratch
    this.#known = known
    this.#rebuilt = new SiteViews(scratch, known)
  }

  /** What is wrong with the log itself, so far. */
  get findings(): readonly Finding[] {
    return this.#findings
  }

  get n(): number {
    return this.#n
  }

  feed(rows: readonly LogRow[]): void {
    const from = this.#n
    for (const row of rows) {
      if (row.n !== this.#n + 1) {
        if (!this.#findings.some(({ is }) => is === 'gap')) this.#findings.push({ is: 'gap', n: this.#n + 1 })
        break
      }
      const chain = nextChain(this.#chain, row)
      if (chain !== row.chain && this.#findings.length === 0)
        this.#findings.push({ is: 'altered entry', n: row.n })
      this.#chain = row.chain
      this.#n = row.n
    }
    this.#rebuilt.applyAll(rows.slice(0, this.#n - from))
    this.#rebuilt.commit()
  }

  /** Compares with the views as they are, at the same entry. */
  compare(views: Database): readonly Finding[] {
    const findings = [...this.#findings]
    for (const named of allTables(this.#known)) {
      for (const finding of compareTable(views, this.#scratch, named)) {
        if (findings.length >= rowsNamed) return findings
        findings.push(finding)
      }
    }
    return findings
  }
}

function* compareTable(have: Database, want: Database, named: NamedTable): Generator<Finding> {
  const rest = new Map<string, string>()
  for (const row of tableRows(want, named)) rest.set(keyText(named, row), rowText(named, row))
  for (const row of tableRows(have, named)) {
    const key = keyText(named, row)
    const text = rowText(named, row)
    const wanted = rest.get(key) ?? null
    rest.delete(key)
    if (text !== wanted) yield { is: 'row', table: named.name, key, have: text, want: wanted }
  }
  for (const [key, text] of rest) yield { is: 'row', table: named.name, key, have: null, want: text }
}

function keyText({ table }: NamedTable, row: Row): string {
  return table.key.map((column) => String(row[column])).join(' ')
}

/** The first entry in which two logs differ, by asking for running hashes; undefined where the shorter is a beginning of the longer. */
export function firstParting(
  mine: (n: number) => string,
  theirs: (n: number) => string,
  length: number,
): number | undefined {
  let [same, parted] = [0, length + 1]
  while (parted - same > 1) {
    const middle = Math.floor((same + parted) / 2)
    if (mine(middle) === theirs(middle)) same = middle
    else parted = middle
  }
  return parted > length ? undefined : parted
}
