import type { LogRow, WaitRow } from '../../store/truth.ts'
import type { LendingSite } from '../accounts/lender.ts'
import type { Vault } from '../accounts/vault.ts'
import { Afar } from '../afar/afar.ts'
import { Errands } from '../afar/errands.ts'
import { SiteOrders } from '../orders/site-orders.ts'
import { SiteSettings } from '../settings/site-settings.ts'
import type { Ask } from '../site/sequencer.ts'
import type { Asks } from './asks.ts'
import type { Answer } from './contract.ts'
import type { Journal } from './journal.ts'
import type { Keeper } from './keeper.ts'
import { Once } from './once.ts'
import type { Route, SiteParts } from './site-parts.ts'

type Outside = {
  readonly keeper: Keeper
  readonly asks: Asks
  readonly journal: Journal
  readonly isKeeping: () => boolean
  readonly route: () => Route | undefined
  readonly isOpen: () => boolean
  readonly vault: () => Vault | undefined
}

/** Kinds of facts that may change who shall sign in where without the hub, or where that is needed. */
const aboutLending =
  /"(?:account\.(?:made|saved|unproved|proof|suspended|lent)|role\.(?:granted|removed)|session\.ended|lendings\.confirmed|facts\.erased|box\.(?:un)?assigned|site\.keeper)"/

/** What a site does beside its log: records that come again, orders, asks that wait for a keeper, errands to other sites, settings. */
export class Beside {
  readonly orders: SiteOrders
  readonly afar: Afar
  readonly settings: SiteSettings
  readonly once: Once
  readonly lending: LendingSite
  readonly #lendingChanged: () => void
  readonly #asks: Asks
  readonly #errands: Errands

  constructor(
    parts: SiteParts,
    waits: readonly WaitRow[],
    notes: ReadonlyMap<string, string>,
    outside: Outside,
  ) {
    const { keeper, asks, journal, isKeeping, route, isOpen } = outside
    this.#asks = asks
    this.orders = new SiteOrders(parts, outside)
    this.orders.open(notes)
    this.afar = new Afar(parts, waits, {
      ask: (ask) => asks.act(ask),
      isOpen: () => isKeeping() || route() !== undefined,
    })
    this.#errands = new Errands(parts, keeper, isKeeping)
    const record = journal.record.bind(journal)
    this.once = new Once({ site: parts.site, first: notes, notes: () => parts.truth.notes(), record })
    this.settings = new SiteSettings(parts, notes, { keeper, isKeeping, isOpen, record })
    this.lending = lendingSite(parts, outside)
    this.#lendingChanged = parts.lendingChanged
  }

  /** Without waiting for a keeper that is out of reach. */
  askOnce(ask: Ask): Promise<Answer> {
    return this.#asks.act(ask)
  }

  /** The log has these entries now; none: it was cut. */
  logged(rows: readonly LogRow[]): void {
    this.orders.logged(rows)
    const about = (kinds: string) => rows.length === 0 || rows.some(({ head }) => head.includes(kinds))
    if (about('"errand.')) this.#errands.changed()
    if (about('"setting.')) this.settings.logged()
    if (rows.length === 0 || rows.some(({ head }) => aboutLending.test(head))) this.#lendingChanged()
  }

  /** Something has changed: who keeps, who can be reached, what the log says. */
  async turn(): Promise<void> {
    this.orders.turn()
    this.afar.turn()
    await this.#errands.turn()
    await this.settings.turn()
  }

  stop(): void {
    this.orders.stop()
    this.afar.stop()
    this.settings.stop()
  }
}

function lendingSite(
  { site, log, writer, now }: SiteParts,
  { isKeeping, route, isOpen, vault, asks }: Outside,
): LendingSite {
  const rows = async (tables: readonly string[]) => {
    if (!isOpen()) return undefined
    // Between two steps: what is not durable yet is lent to nobody.
    return log.exclusive(async () => {
      await log.catchUp()
      const read = tables.map(async (table) => [table, await writer.query(site, 'kernel', table)] as const)
      return Object.fromEntries(await Promise.all(read))
    })
  }
  return {
    site,
    vault,
    isKeeping,
    hasAccounts: () => log.state.hasAccounts,
    isOpen: () => isOpen() && (isKeeping() || route() !== undefined),
    now,
    rows: rows as LendingSite['rows'],
    ask: (ask) => asks.act(ask),
  }
}
