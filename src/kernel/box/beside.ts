import type { LogRow, WaitRow } from '../../store/truth.ts'
import { Afar } from '../afar/afar.ts'
import { Errands } from '../afar/errands.ts'
import { SiteSettings } from '../settings/site-settings.ts'
import type { Asks } from './asks.ts'
import type { Recording } from './journal.ts'
import type { Keeper } from './keeper.ts'
import type { SiteParts } from './site-parts.ts'

type Outside = {
  readonly keeper: Keeper
  readonly asks: Asks
  readonly isKeeping: () => boolean
  readonly hasRoute: () => boolean
  readonly isOpen: () => boolean
  readonly record: (facts: readonly Recording[]) => Promise<unknown>
}

/** What a site does beside its log: asks that wait for a keeper, errands to other sites, settings. */
export class Beside {
  readonly afar: Afar
  readonly settings: SiteSettings
  readonly #errands: Errands

  constructor(
    parts: SiteParts,
    waits: readonly WaitRow[],
    notes: ReadonlyMap<string, string>,
    outside: Outside,
  ) {
    const { keeper, asks, isKeeping, hasRoute } = outside
    this.afar = new Afar(parts, waits, {
      ask: (ask) => asks.act(ask),
      isOpen: () => isKeeping() || hasRoute(),
    })
    this.#errands = new Errands(parts, keeper, isKeeping)
    this.settings = new SiteSettings(parts, notes, outside)
  }

  /** The log has these entries now; none: it was cut. */
  logged(rows: readonly LogRow[]): void {
    const about = (kinds: string) => rows.length === 0 || rows.some(({ head }) => head.includes(kinds))
    if (about('"errand.')) this.#errands.changed()
    if (about('"setting.')) this.settings.logged()
  }

  /** Something has changed: who keeps, who can be reached, what the log says. */
  async turn(): Promise<void> {
    this.afar.turn()
    await this.#errands.turn()
    await this.settings.turn()
  }

  stop(): void {
    this.afar.stop()
    this.settings.stop()
  }
}
