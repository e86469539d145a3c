import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'
import type { SiteBrokerStatus } from './mqtt/site-broker/options.ts'
import type { Showing } from './readiness.ts'

export type Grade = 'good' | 'watch' | 'bad'

/** Never by color alone: each grade has a sign of its own shape. */
export const signs = { good: '✓', watch: '!', bad: '✕', busy: '⋯' } as const

export function gradeOfStore(state: BoxStatus['store']['state']): Grade {
  if (state === 'ok') return 'good'
  return state === 'slow' ? 'watch' : 'bad'
}

/** Entries on their way to the views for a moment are the ordinary course of things. */
export function gradeOfSite({ role, copies, orphans, quarantine, clones }: SiteStatus): Grade {
  if (role === 'halted') return 'bad'
  if (role === 'keeping' && copies < 2) return 'watch'
  return orphans + quarantine + clones > 0 ? 'watch' : 'good'
}

const worst: readonly Grade[] = ['bad', 'watch', 'good']

export function worstFirst(sites: readonly SiteStatus[]): readonly SiteStatus[] {
  const rank = (site: SiteStatus) => worst.indexOf(gradeOfSite(site))
  return sites.toSorted((a, b) => rank(a) - rank(b) || a.site.localeCompare(b.site))
}

export function gradeOf({ store, sites }: BoxStatus): Grade {
  return worstOf([gradeOfStore(store.state), ...sites.map(gradeOfSite)])
}

/** A box without it still keeps its sites, and what it is owed waits. */
export const gradeOfBroker = ({ is }: SiteBrokerStatus): Grade => (is === 'connected' ? 'good' : 'watch')

/** All of it together. */
export const gradeOfRunning = ({ status, siteBroker }: Showing & { readonly is: 'running' }): Grade =>
  worstOf([gradeOf(status), ...(siteBroker ? [gradeOfBroker(siteBroker)] : [])])

export const worstOf = (grades: readonly Grade[]): Grade =>
  worst.find((grade) => grades.includes(grade)) ?? 'good'
