import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DiskLevel } from '../../kernel/blobs/room.ts'
import type { BoxStatus } from '../../kernel/box/contract.ts'
import type { Readiness, Showing } from '../readiness.ts'
import type { Permit } from '../visitor.ts'

export type Grade = 'ok' | 'degraded' | 'failing'
const grades: readonly Grade[] = ['ok', 'degraded', 'failing']

export type Health = { readonly status: Grade; readonly checks: Readonly<Record<string, Grade>> }

/** What the program sees of itself and its machine beside the box. */
export type Vitals = {
  readonly disk: DiskLevel | undefined
  /** The boxes above, which it should be linked with. */
  readonly above: readonly string[]
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
    const { status, checks } = healthOf(now.status, readiness, vitals())
    const mayKnow = sites().some((site) => request.visitor.may(checksPermit, site))
    return reply.code(status === 'failing' ? 503 : 200).send(mayKnow ? { status, checks } : { status })
  }
}

export function healthOf(status: BoxStatus, readiness: Readiness, { disk, above }: Vitals): Health {
  const linked = new Set(status.links.map(({ box }) => box))
  const isLate = status.sites.some(({ site }) => readiness.isLate(site))
  const isUnknown = status.sites.some(({ clock }) => clock.quality === 0)
  const checks = {
    store: storeGrades[status.store.state],
    ...(disk === undefined ? {} : { disk: diskGrades[disk] }),
    views: isLate ? 'degraded' : 'ok',
    link: above.every((box) => linked.has(box)) ? 'ok' : 'degraded',
    clock: isUnknown ? 'degraded' : 'ok',
  } as const satisfies Readonly<Record<string, Grade>>
  const worst = Math.max(...Object.values(checks).map((grade) => grades.indexOf(grade)))
  return { status: grades[worst] ?? 'ok', checks }
}

const storeGrades = { ok: 'ok', slow: 'degraded', full: 'failing', failing: 'failing' } as const
const diskGrades = { good: 'ok', low: 'degraded', short: 'degraded', scarce: 'failing' } as const
