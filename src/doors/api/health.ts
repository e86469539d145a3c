import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DiskLevel } from '../../kernel/blobs/room.ts'
import type { BoxStatus } from '../../kernel/box/contract.ts'
import type { Report, ReportState } from '../../kernel/drivers/reports.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { Language } from '../language.ts'
import { languageOfBrowser } from '../language.ts'
import type { SiteBrokerStatus } from '../mqtt/site-broker/options.ts'
import type { Readiness, Showing } from '../readiness.ts'
import type { Permit } from '../visitor.ts'

export type Grade = ReportState
const grades: readonly Grade[] = ['ok', 'degraded', 'failing']

export type Health = { readonly status: Grade; readonly checks: Readonly<Record<string, Grade>> }

/** What the program sees of itself and its machine beside the box. */
export type Vitals = {
  readonly disk: DiskLevel | undefined
  /** The boxes above, which it should be linked with. */
  readonly above: readonly string[]
  /** What drivers and the broker say of themselves. */
  readonly drivers: readonly Report[]
  readonly broker: readonly Report[]
  /** What was measured last, by the names of the meters. */
  readonly measured: Readonly<Record<string, number>>
}

export type Watched = {
  readonly showing: () => Showing
  readonly readiness: Readiness
  readonly vitals: () => Vitals
}

/** Single checks tell of what is broken in a box: for those who look after it. */
const checksPermit: Permit = { name: 'health', allow: ['installer', 'volunteer'] }

/** Everybody learns how it is, and some of them why (HTTP-13). */
export function health({ showing, readiness, vitals }: Watched, sites: () => readonly string[]) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const now = showing()
    if (now.is !== 'running') return reply.code(503).send({ status: 'failing' })
    readiness.observe(now.status)
    const known = vitals()
    const { status, checks } = healthOf(now.status, readiness, known, now.siteBroker)
    const mayKnow = sites().some((site) => request.visitor.may(checksPermit, site))
    reply.code(status === 'failing' ? 503 : 200)
    if (!mayKnow) return reply.send({ status })
    const language = languageOfBrowser(request.headers['accept-language'])
    reply.header('content-language', language).header('vary', 'accept-language')
    return reply.send({ status, checks, reports: reportsOf(known, language) })
  }
}

export function healthOf(
  status: BoxStatus,
  readiness: Readiness,
  { disk, above, drivers, broker }: Vitals,
  siteBroker?: SiteBrokerStatus,
): Health {
  const linked = new Set(status.links.map(({ box }) => box))
  const isLate = status.sites.some(({ site }) => readiness.isLate(site))
  const isUnknown = status.sites.some(({ clock }) => clock.quality === 0)
  const checks = {
    store: storeGrades[status.store.state],
    ...(disk === undefined ? {} : { disk: diskGrades[disk] }),
    views: isLate ? 'degraded' : 'ok',
    link: above.every((box) => linked.has(box)) ? 'ok' : 'degraded',
    clock: isUnknown ? 'degraded' : 'ok',
    drivers: worst(drivers.map(({ state }) => state)),
    broker: worst([...broker.map(({ state }) => state), ...(siteBroker ? [gradeOfBroker(siteBroker)] : [])]),
  } as const satisfies Readonly<Record<string, Grade>>
  return { status: worst(Object.values(checks)), checks }
}

/** A site whose own broker is away has devices that nobody hears (MQTT-20). */
const gradeOfBroker = ({ is }: SiteBrokerStatus): Grade => (is === 'connected' ? 'ok' : 'degraded')

const worst = (all: readonly Grade[]): Grade => grades.findLast((grade) => all.includes(grade)) ?? 'ok'

/** Why a check is what it is, where somebody has said so. */
function reportsOf({ drivers, broker }: Vitals, language: Language) {
  const of = (check: string, reports: readonly Report[]) =>
    reports.map(({ name, state, since, words }) => {
      const at = epochOf(since)
      const shown = at === null ? null : new Date(at).toISOString()
      return { check, name, state, since: shown, what: words[language] }
    })
  return [...of('drivers', drivers), ...of('broker', broker)]
}

const storeGrades = { ok: 'ok', slow: 'degraded', full: 'failing', failing: 'failing' } as const
const diskGrades = { good: 'ok', low: 'degraded', short: 'degraded', scarce: 'failing' } as const
