import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { withSite } from '../../kernel/live/across.ts'
import type { KnownQuery } from '../../kernel/pack/known-queries.ts'
import { Trouble } from '../errors.ts'
import { csvBegin, csvLine } from './csv.ts'
import type { ApiParts } from './parts.ts'
import { answerWithinMs, within } from './parts.ts'
import { askedFor } from './queries.ts'
import type { SiteRows } from './reading.ts'
import { readSite } from './reading.ts'

/** Whole answers on their way at the same time: each holds one site's rows. */
const mostExports = 4
/** Who has not taken a byte for so long does not want any. */
const idleMs = 60_000
/** Rows are written together up to so many characters. */
const pieceChars = 64 * 1024

export type ExportForm = 'csv' | 'json'

const types: Readonly<Record<ExportForm, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

/** Gives whole answers, site by site, without ever holding the text of one. */
export function exporter(parts: ApiParts) {
  let open = 0
  return (query: KnownQuery, form: ExportForm) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { sites, input } = askedFor(parts, query, request, ['site'])
    if (open >= mostExports) throw Trouble.of('box_busy', {})
    open += 1
    let isOver = false
    const over = () => {
      if (!isOver) open -= 1
      isOver = true
    }
    reply.raw.once('close', over)
    if (reply.raw.destroyed) over()
    const read = (site: string) => readInTime(parts, query, site, input)
    const whole = { sites, read, over: () => isOver }
    // Before the first byte, what goes wrong is still said in words.
    const pieces = form === 'csv' ? csvPieces(whole) : jsonPieces(whole)
    const first = await pieces.next()
    reply.raw.setTimeout(idleMs, () => reply.raw.destroy())
    const name = `${query.name}${typeof sites === 'string' ? `-${sites}` : ''}.${form}`
    return reply
      .type(types[form])
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(Readable.from(joined(first, pieces), { objectMode: false }))
  }
}

type Whole = {
  readonly sites: string | readonly string[]
  readonly read: (site: string) => Promise<SiteRows>
  /** Who asked has gone. */
  readonly over: () => boolean
}
type Pieces = AsyncGenerator<string, void, undefined>

async function readInTime(
  parts: ApiParts,
  query: KnownQuery,
  site: string,
  input: unknown,
): Promise<SiteRows> {
  const late = () => Trouble.of('too_slow', { seconds: answerWithinMs / 1000 })
  const read = await within(parts.machine.timers, answerWithinMs, readSite(parts, query, site, input), late)
  // A file that lacks a site and does not say so would be taken for the whole: it breaks off instead.
  if (read instanceof Trouble) throw read
  return read
}

/** What one site has, each row with its site where there are several. */
function rowsOf({ rows, site }: SiteRows, isAcross: boolean): Iterable<string> {
  return isAcross ? rows.entries().map(([key, row]) => withSite(site, key, row)[1]) : rows.values()
}

async function* jsonPieces({ sites, read, over }: Whole): Pieces {
  const at: Record<string, number> = {}
  let text = '{"rows":['
  let between = ''
  for (const name of listOf(sites)) {
    const found = await read(name)
    at[name] = found.n
    for (const row of rowsOf(found, typeof sites !== 'string')) {
      text += between + row
      between = ','
      if (text.length < pieceChars) continue
      yield text
      if (over()) return
      text = ''
    }
  }
  yield `${text}],"at":${JSON.stringify(at)}}`
}

async function* csvPieces({ sites, read, over }: Whole): Pieces {
  const isAcross = typeof sites !== 'string'
  const columns = new Set<string>()
  let last: SiteRows | undefined
  // The first line names the columns of all rows, so they are gone through twice.
  for (const name of listOf(sites)) {
    last = await read(name)
    for (const row of rowsOf(last, isAcross))
      for (const column of Object.keys(parse(row))) columns.add(column)
  }
  let text = csvBegin + csvLine([...columns])
  for (const name of listOf(sites)) {
    const found = !isAcross && last ? last : await read(name)
    for (const row of rowsOf(found, isAcross)) {
      const values = parse(row)
      for (const column of Object.keys(values))
        if (!columns.has(column)) throw new Error(`a column came while the export was written: ${column}`)
      text += csvLine(Array.from(columns, (column) => values[column]))
      if (text.length < pieceChars) continue
      yield text
      if (over()) return
      text = ''
    }
  }
  yield text
}

const listOf = (sites: string | readonly string[]): readonly string[] =>
  typeof sites === 'string' ? [sites] : sites

const parse = (row: string): Readonly<Record<string, unknown>> =>
  JSON.parse(row) as Readonly<Record<string, unknown>>

async function* joined(first: IteratorResult<string, void>, rest: Pieces): AsyncIterable<string> {
  if (typeof first.value === 'string') yield first.value
  yield* rest
}
