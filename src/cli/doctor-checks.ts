import type { Grade } from '../doors/status-grade.ts'
import type { Values } from '../doors/language.ts'
import type { Showing } from '../doors/readiness.ts'
import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'
import type { doctorWords } from './doctor-words.ts'

/** What the doctor looks at, gathered before it judges. */
export type Signs = {
  readonly folder: string
  /** Undefined where no program runs on the folder. */
  readonly showing: Showing | undefined
  readonly disk: { readonly free: number; readonly size: number }
  /** Others than the owner may read the box's private key. */
  readonly keyIsOpen: boolean
  /** The newest moment at which the store was written, and what the machine takes for now. */
  readonly clock: { readonly written: number; readonly now: number }
  readonly sites: readonly ViewSigns[]
}

/** What a site's views say of entries that could not be used. */
export type ViewSigns = {
  readonly site: string
  readonly skipped: number
  readonly unknownKinds: readonly string[]
}

export type Check = keyof typeof doctorWords
export type Finding = { readonly check: Check; readonly grade: Grade; readonly values: Values }

const mebibyte = 1024 ** 2
/** Below this, not even truth can be written for long. */
const leastFree = 64 * mebibyte
const wantedFree = { bytes: 1024 * mebibyte, share: 0.08 }
/** More slow queries than this are not named at a time. */
const slowNamed = 5
const dayMs = 24 * 3600 * 1000

/** Every check gives one finding or more; what is well is said too. */
export function diagnose(signs: Signs): readonly Finding[] {
  const { showing, folder } = signs
  return [
    program(showing, folder),
    disk(signs),
    found('key', signs.keyIsOpen ? 'bad' : 'good', { folder }),
    clock(signs),
    ...(showing?.is === 'running' ? showing.status.sites.flatMap(siteFindings) : []),
    ...(showing?.is === 'running' ? slowFindings(showing.status) : []),
    ...signs.sites.flatMap(viewFindings),
  ]
}

const found = (check: Check, grade: Grade, values: Values = {}): Finding => ({ check, grade, values })

function program(showing: Showing | undefined, folder: string): Finding {
  if (!showing) return found('stopped', 'watch', { folder })
  if (showing.is !== 'running') return found('busy', 'watch')
  const { state, detail } = showing.status.store
  if (state === 'ok') return found('store', 'good')
  return found(state, state === 'slow' ? 'watch' : 'bad', { detail })
}

function disk({ disk: { free, size } }: Signs): Finding {
  const values = { free: Math.floor(free / mebibyte), size: Math.floor(size / mebibyte) }
  if (free < leastFree) return found('diskOut', 'bad', values)
  const reserve = Math.min(Math.max(wantedFree.bytes, size * wantedFree.share), size / 2)
  return free < reserve ? found('diskLow', 'watch', values) : found('disk', 'good', values)
}

/** The store was written later than now: the machine's clock was put back, or has lost its battery. */
function clock({ clock: { written, now } }: Signs): Finding {
  const days = Math.round((written - now) / dayMs)
  return days >= 1 ? found('clockBack', 'watch', { days }) : found('clock', 'good')
}

function siteFindings(site: SiteStatus): readonly Finding[] {
  const { site: name, role, why, copies, orphans, quarantine, clones, unsent, viewLag } = site
  const findings: Finding[] = []
  const add = (check: Check, grade: Grade, values: Values = {}) =>
    findings.push(found(check, grade, { site: name, ...values }))
  if (role === 'halted') add('halted', 'bad', { why })
  if (role === 'keeping' && copies < 2) add('oneCopy', 'watch')
  if (orphans > 0) add('orphans', 'watch', { count: orphans })
  if (quarantine > 0) add('quarantine', 'watch', { count: quarantine })
  if (clones > 0) add('clones', 'bad', { count: clones })
  if (unsent > 0) add('unsent', 'watch', { count: unsent })
  if (viewLag > 1000) add('viewLag', 'watch', { count: viewLag })
  return findings.length > 0 ? findings : [found('site', 'good', { site: name })]
}

/** Queries that hold the others up, the worst of them (LIVE-13). */
function slowFindings({ slow }: BoxStatus): readonly Finding[] {
  return slow
    .slice(0, slowNamed)
    .map(({ site, query, input, ms, times }) =>
      found('slowQuery', 'watch', { site, query, input, ms, times }),
    )
}

function viewFindings({ site, skipped, unknownKinds }: ViewSigns): readonly Finding[] {
  const findings: Finding[] = []
  if (skipped > 0) findings.push(found('skipped', 'bad', { site, count: skipped }))
  if (unknownKinds.length > 0)
    findings.push(found('unknownKinds', 'watch', { site, kinds: unknownKinds.join(', ') }))
  return findings
}
