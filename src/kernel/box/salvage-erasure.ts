import type { SalvageRow, Write } from '../../store/truth.ts'
import { hollowLine, parseHead, parseLine } from '../entry.ts'
import type { Origin } from '../entry.ts'
import { facts } from '../site/facts.ts'
import { orphansIn } from '../site/orphans.ts'

/** An entry of the log with its erased places made hollow already, and which these are. */
type Erased = { readonly head: string; readonly bodies: string; readonly places: ReadonlySet<number> }

/**
 * What the erased places of a log say of the branches that lost (LOG-24): the same record, the same
 * decision, and what stands in the log as an orphan, may be kept in the salvage in clear.
 */
export class SalvageErasure {
  /** By identity, and how the record stands in the log. */
  readonly #records = new Map<string, 'r' | 'q'>()
  readonly #asked = new Set<string>()
  /** By term and entry: the lines that the orphan still has. */
  readonly #orphans = new Map<string, ReadonlySet<number>>()

  add(erased: Erased): void {
    readable(() => this.#add(erased))
  }

  writes(site: string, salvage: readonly SalvageRow[]): readonly Write[] {
    return salvage.flatMap((row) => {
      const bodies = readable(() => this.#hollowed(row)) ?? row.bodies
      const { term, n } = row
      return bodies === row.bodies ? [] : [{ do: 'hollowSalvage' as const, site, term, n, bodies }]
    })
  }

  #add({ head: text, bodies, places }: Erased): void {
    const lines = bodies.split('\n')
    const hollow = [...places].filter((i) => lines[i]?.startsWith('~'))
    if (hollow.length === 0) return
    const head = parseHead(text)
    switch (head.form) {
      case 'r':
      case 'q':
        this.#records.set(identity(head.from), head.form)
        return
      case 'a':
        this.#asked.add(asking(head.asked))
        return
      case 'k':
        for (const { term, n, lines: left } of orphansIn('', 0, text, bodies))
          this.#orphans.set(place(term, n), new Set(left.map(({ i }) => i)))
    }
  }

  #hollowed({ term, n, head: text, bodies }: SalvageRow): string {
    const head = parseHead(text)
    switch (head.form) {
      case 'r':
      case 'q': {
        const form = this.#records.get(identity(head.from))
        return form === undefined ? bodies : hollowRecord(form, bodies)
      }
      case 'a':
        return eachLine(bodies, (line, i) => this.#hollowLost(line, i, place(term, n), head.asked))
      case 'k':
        return this.#hollowNested(head.kinds, bodies)
    }
  }

  /** A line of a lost decision: the very one that stands in the log as an orphan, or another answer to its key. */
  #hollowLost(line: string, i: number, at: string, asked: Asking): string {
    const left = this.#orphans.get(at)
    if (left) return left.has(i) ? line : gone(line)
    return this.#asked.has(asking(asked)) ? hollowLine(line) : line
  }

  /** Orphans that the losing keeper had been handed itself. */
  #hollowNested(kinds: readonly string[], bodies: string): string {
    const asked = new Map<string, Asking>()
    return eachLine(bodies, (line, at) => {
      const { body } = parseLine(line)
      if (kinds[at] === 'orphan.kept') {
        const { term, n, head: text } = facts['orphan.kept'].body.parse(body)
        const head = parseHead(text)
        if (head.form === 'a') asked.set(place(term, n), head.asked)
      }
      if (kinds[at] !== 'orphan.line' || body === undefined) return line
      const { term, n, i, line: lost } = facts['orphan.line'].body.parse(body)
      const by = asked.get(place(term, n))
      return by && this.#hollowLost(lost, i, place(term, n), by) !== lost ? hollowLine(line) : line
    })
  }
}

/** What could not be judged stands elsewhere as it came. What had no salt there goes whole. */
export function hollowRecord(form: 'r' | 'q', line: string): string {
  return form === 'r' ? hollowLine(line) : gone(line)
}

/** What no keeper can have written names nobody that this box could find (TERM-6), and stops no erasure. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

type Asking = { readonly key: string; readonly digest: string }

const identity = ({ box, stream, seq }: Origin): string => `${box} ${stream} ${seq}`
const asking = ({ key, digest }: Asking): string => `${digest} ${key}`
const place = (term: string, n: number): string => `${term} ${n}`

const gone = (line: string): string => (/^[~^]/.test(line) ? hollowLine(line) : '~')

const eachLine = (bodies: string, change: (line: string, i: number) => string): string =>
  bodies === '' ? bodies : bodies.split('\n').map(change).join('\n')
