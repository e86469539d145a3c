/** What one entry or record is for the witness, read from its text alone. */
export type Testimony =
  | {
      readonly is: 'record'
      readonly id: string
      readonly box: string
      readonly stream: string
      readonly seq: number
      readonly count: number
      readonly source: string
      /** What it says of an order. */
      readonly said?: Said | undefined
    }
  | {
      readonly is: 'decision'
      readonly id: string
      /** Orders that are given or cancelled. */
      readonly orders: readonly Said[]
      readonly moves: readonly Move[]
      readonly erased: readonly { readonly n: number; readonly i: number }[]
      /** Orphans that a person settled, by term and entry. */
      readonly settled: readonly string[]
    }
  | { readonly is: 'orphans'; readonly ids: readonly string[]; readonly from: readonly string[] }
  | { readonly is: 'kernel'; readonly facts: readonly Said[] }

/** What the keeper says by itself. */
export type Said = { readonly kind: string; readonly body: Readonly<Record<string, unknown>> }

export type Move = { readonly account: string; readonly cents: number }

/** The name under which the witness knows an action. */
export const keyId = (key: string): string => `key ${key}`

/** And a refusal of one, said for good: no effect. */
export const refusedId = (key: string): string => `no ${key}`

/** The name under which it knows who carries a token: by its place, since the words may be erased. */
export const nameId = (stream: string, seq: number): string => `name ${stream}#${seq}`

/** The name under which it knows what a gate or sensor saw for the n-th time. */
export const sightId = (source: string, count: number): string => `${source}#${count}`

export function testify(head: string, bodies: string): Testimony {
  const parts = JSON.parse(head) as readonly unknown[]
  switch (parts[0]) {
    case 'r':
      return record(parts[2] as string, parts, bodies)
    case 'q': {
      // Its words may be erased: it is known by its place.
      return record('', parts, bodies)
    }
    case 'a': {
      const kinds = parts[2] as readonly string[]
      const lines = kinds.length === 0 ? [] : bodies.split('\n')
      const moves = lines.flatMap((line, i) =>
        kinds[i] === 'fair.moved' ? (plain(line)['moves'] as Move[]) : [],
      )
      const erased = lines.flatMap((line, i) =>
        kinds[i] === 'facts.erased' ? (plain(line)['places'] as { n: number; i: number }[]) : [],
      )
      const settled = lines.flatMap((line, i) => {
        if (kinds[i] !== 'orphan.settled') return []
        const { term, n } = plain(line)
        return [`${String(term)} ${Number(n)}`]
      })
      const orders = lines.flatMap((line, i) =>
        kinds[i]?.startsWith('order.') ? [{ kind: kinds[i], body: plain(line) }] : [],
      )
      const key = parts[4] as string
      const id = kinds[0] === 'act.refused' ? refusedId(key) : keyId(key)
      return { is: 'decision', id, moves, erased, settled, orders }
    }
    default: {
      const kinds = parts[2] as readonly string[]
      const lines = bodies.split('\n')
      const facts = kinds.flatMap((kind, i) =>
        kind === 'orphan.line' ? [] : [{ kind, body: plain(lines[i] as string) }],
      )
      const kept = facts.filter(({ kind }) => kind === 'orphan.kept').map(({ body }) => body)
      if (kept.length === 0) return { is: 'kernel', facts }
      return {
        is: 'orphans',
        ids: kept.map(({ head: text }) =>
          keyId((JSON.parse(text as string) as readonly unknown[])[4] as string),
        ),
        from: kept.map(({ term, n }) => `${String(term)} ${Number(n)}`),
      }
    }
  }
}

/** The ids that a text proves to be there. */
export function idsIn(testimony: Testimony): readonly string[] {
  switch (testimony.is) {
    case 'record':
    case 'decision':
      return [testimony.id]
    case 'orphans':
      return testimony.ids
    case 'kernel':
      return []
  }
}

/** What may be erased, and what no keeper could read. */
const byPlace: ReadonlySet<string> = new Set([
  '',
  'fair.named',
  'newer.greeted',
  'newer.waved',
  'clumsy.shouted',
])

function record(kind: string, head: readonly unknown[], line: string): Testimony {
  const [box, stream, seq] = [head[3] as string, head[4] as string, head[5] as number]
  const place = { is: 'record', box, stream, seq } as const
  if (byPlace.has(kind)) return { ...place, source: '', count: 0, id: nameId(stream, seq) }
  const body = plain(line)
  switch (kind) {
    case 'fair.seen':
      return {
        ...place,
        source: body['gate'] as string,
        count: body['hits'] as number,
        id: sightId(body['gate'] as string, body['hits'] as number),
      }
    case 'fair.struck':
      return {
        ...place,
        source: body['bell'] as string,
        count: body['count'] as number,
        id: sightId(body['bell'] as string, body['count'] as number),
      }
    case 'fair.reading':
    case 'clumsy.counted':
      return {
        ...place,
        source: body['sensor'] as string,
        count: body['count'] as number,
        id: sightId(body['sensor'] as string, body['count'] as number),
      }
    case 'order.accepted':
    case 'order.ended': {
      const id = `${kind} ${stream}#${seq}`
      return { ...place, source: '', count: 0, id, said: { kind, body } }
    }
    default:
      return { ...place, source: '', count: 0, id: `${kind} ${stream}#${seq}` }
  }
}

function plain(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line.startsWith('^') ? line.slice(27) : line) as Readonly<Record<string, unknown>>
}
