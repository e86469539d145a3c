import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'
import { Trouble } from './errors.ts'
import type { SiteBrokerStatus } from './mqtt/site-broker/options.ts'

/** What the program is doing, as the doors see it. */
export type Showing =
  | { readonly is: 'starting' }
  | {
      readonly is: 'running'
      readonly status: BoxStatus
      /** How the line to the broker is that the site has already; undefined where it has none. */
      readonly siteBroker?: SiteBrokerStatus | undefined
    }
  | { readonly is: 'stopping' }

/** Views so much behind their log are no longer current. */
const mostLagMs = 5000

/** Marks closer than this are one, so that a busy site costs a few marks and not thousands. */
const markEveryMs = 250

type Mark = { readonly n: number; readonly at: number }

/** Tells for how long the views of each site have been behind, from heads and lags seen over time. */
export class Readiness {
  readonly #mono: () => number
  readonly #marks = new Map<string, Mark[]>()

  constructor(mono: () => number) {
    this.#mono = mono
  }

  observe(status: BoxStatus): void {
    for (const site of status.sites) this.#observe(site)
  }

  /** Undefined when the box is ready; otherwise why not. */
  trouble(showing: Showing): Trouble | undefined {
    switch (showing.is) {
      case 'starting':
        return Trouble.of('starting', {})
      case 'stopping':
        return Trouble.of('stopping', {})
      case 'running': {
        this.observe(showing.status)
        const late = showing.status.sites.find(({ site }) => this.isLate(site))
        return late && Trouble.of('views_behind', { site: late.site, entries: late.viewLag })
      }
    }
  }

  isLate(site: string): boolean {
    return this.#lagMs(site) >= mostLagMs
  }

  /** Endless where it has been behind since before anybody looked. */
  lagSeconds(site: string): number {
    return this.#lagMs(site) / 1000
  }

  #observe({ site, n, viewLag }: SiteStatus): void {
    // A lag that was there before anybody looked began at an unknown time: views are current only once they were.
    const known = this.#marks.get(site) ?? [{ n, at: Number.NEGATIVE_INFINITY }]
    const marks = known.filter((mark) => mark.n > n - viewLag)
    const last = marks.at(-1)
    const now = this.#mono()
    if (viewLag > 0 && (!last || (last.n < n && now - last.at >= markEveryMs))) marks.push({ n, at: now })
    this.#marks.set(site, marks)
  }

  #lagMs(site: string): number {
    const [first] = this.#marks.get(site) ?? []
    return first ? this.#mono() - first.at : 0
  }
}
