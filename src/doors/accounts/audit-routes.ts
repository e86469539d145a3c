import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Known } from '../../kernel/pack/kinds.ts'
import { csvBegin, csvLine } from '../api/csv.ts'
import type { DoorRoute } from '../api/door-route.ts'
import { route } from '../api/door-route.ts'
import { mostRows, usualRows } from '../api/queries.ts'
import { oneSite } from '../api/sites.ts'
import { Trouble } from '../errors.ts'
import { languageOfBrowser } from '../language.ts'
import type { Permit } from '../visitor.ts'
import type { AccountDoor } from './account-door.ts'
import type { AuditFilter, AuditRow } from './audit.ts'
import { auditKinds, auditPage, auditRows } from './audit.ts'
import { openNow } from './browser.ts'

/** Owners and managers everywhere, a lead at his own site. */
const permit: Permit = { name: 'audit', allow: ['lead'] }
const shared = { permission: permit.allow, bySite: true, site: true } as const
/** Whole audits on their way at the same time: each reads the whole log of a site. */
const mostExports = 2
const idleMs = 60_000

const filter = z.object({
  who: z.string().min(1).max(100).optional(),
  what: z.string().min(1).max(200).optional(),
  is: z.enum(auditKinds).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
})
const page = filter.extend({
  after: z.int().positive().optional(),
  limit: z.int().min(1).max(mostRows).default(usualRows),
})

const columns = [
  'n',
  'time',
  'quality',
  'is',
  'who',
  'name',
  'what',
  'about',
  'words',
  'why',
  'count',
  'address',
  'box',
  'key',
  'answer',
] as const

const example = {
  site: 'trail-2026',
  head: 120,
  rows: [
    {
      n: 118,
      is: 'done',
      who: 'k3v9…',
      name: 'Marie Dupont',
      what: 'site.save',
      about: 'What a site is called and where it is.',
      words: 'name Trail des Crêtes, zone Europe/Paris, exercise false',
      at: { time: '2026-06-20T08:15:02.120Z', quality: 3 },
      why: null,
      count: 1,
      key: 'name-1',
      address: null,
      box: null,
      facts: [
        {
          kind: 'site.saved',
          fields: { name: 'Trail des Crêtes', zone: 'Europe/Paris', exercise: false },
          erased: false,
          before: { name: 'Trail', zone: 'Europe/Paris', exercise: false },
        },
      ],
      answer: { name: 'Trail des Crêtes' },
    },
  ],
  next: null,
  looked: 118,
}

/** What was done at a site, and what was refused there: read from its log. */
export function auditRoutes(door: AccountDoor, known: Known): readonly DoorRoute[] {
  let exporting = 0
  const about = {
    en: 'What was done and refused at a site, the newest first. Where “next” is given, there is more: ask with it as “after”.',
    fr: 'Ce qui a été fait et refusé sur un site, le plus récent d’abord. Avec « next », il y en a plus : redemandez avec « after ».',
  }
  const siteOf = (request: FastifyRequest): string => {
    const { site } = request.query as { readonly site?: string | readonly string[] }
    if (typeof site === 'object') throw Trouble.of('field_twice', { field: 'site' }).with({ field: 'site' })
    return oneSite(openNow(door).box.sites(), request.visitor, permit, site)
  }
  const reading = async (request: FastifyRequest) => {
    const { box, directory } = openNow(door)
    await directory.known()
    const site = siteOf(request)
    const language = languageOfBrowser(request.headers['accept-language'])
    const head = box.status().sites.find((each) => each.site === site)?.n ?? 0
    return { parts: { box, directory, known, language }, site, head }
  }
  return [
    route({
      ...shared,
      name: 'audit',
      method: 'GET',
      path: '/api/fleet/audit',
      about,
      input: page,
      answer: example,
      admit: siteOf,
      run: async ({ input: { after, limit, ...rest }, request, reply }) => {
        const { parts, site, head } = await reading(request)
        const before = Math.min(after ?? head + 1, head + 1)
        reply
          .header('content-language', parts.language)
          .header('vary', 'cookie, authorization, accept-language')
        return { site, head, ...(await auditPage(parts, site, before, limit, filterOf(rest))) }
      },
    }),
    route({
      ...shared,
      name: 'audit.csv',
      method: 'GET',
      path: '/api/fleet/audit.csv',
      about: { en: 'The same, whole, as a file.', fr: 'La même chose, en entier, en fichier.' },
      type: 'text/csv',
      input: filter,
      answer: columns.join(';'),
      admit: siteOf,
      run: async ({ input, request, reply }) => {
        const { parts, site, head } = await reading(request)
        if (exporting >= mostExports) throw Trouble.of('box_busy', {})
        exporting += 1
        const over = onceOnly(() => (exporting -= 1))
        reply.raw.once('close', over)
        if (reply.raw.destroyed) over()
        const lines = csvOf(auditRows(parts, site, head + 1, filterOf(input)), () => reply.raw.destroyed)
        return sendFile(reply, `audit-${site}.csv`, lines)
      },
    }),
  ]
}

const filterOf = ({ until, ...rest }: z.infer<typeof filter>): AuditFilter => ({
  ...rest,
  ...(until === undefined ? {} : { until: Date.parse(until) }),
})

async function* csvOf(
  pieces: AsyncIterable<readonly AuditRow[]>,
  isOver: () => boolean,
): AsyncGenerator<string, void, undefined> {
  yield csvBegin + csvLine(columns)
  for await (const rows of pieces) {
    if (isOver()) return
    const text = rows.map((row) => csvLine(columns.map((column) => cellOf(row, column)))).join('')
    if (text !== '') yield text
  }
}

function cellOf(row: AuditRow, column: (typeof columns)[number]): unknown {
  return column === 'time' || column === 'quality' ? row.at[column] : row[column]
}

function sendFile(reply: FastifyReply, name: string, lines: AsyncIterable<string>): FastifyReply {
  reply.raw.setTimeout(idleMs, () => reply.raw.destroy())
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(lines, { objectMode: false }))
}

function onceOnly(run: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) run()
    isDone = true
  }
}
