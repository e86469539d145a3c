import type { Recording } from '../box/journal.ts'
import type { Keeper } from '../box/keeper.ts'
import type { SiteParts } from '../box/site-parts.ts'
import { Applying } from './applying.ts'
import type { Desired, HalfRows } from './desired.ts'
import { desiredFor } from './desired.ts'
import { Overrides } from './overrides.ts'
import { hubSite } from './target.ts'

export const noHalf: HalfRows = { settings: [], overrides: [] }

type Outside = {
  readonly keeper: Keeper
  readonly isKeeping: () => boolean
  readonly isOpen: () => boolean
  readonly record: (facts: readonly Recording[]) => Promise<unknown>
}

/** The settings of one site on one box: its half of all documents, what this box makes of them, overrides that end. */
export class SiteSettings {
  readonly #parts: SiteParts
  readonly #outside: Outside
  readonly #overrides: Overrides
  readonly #applying: Applying | undefined

  constructor(parts: SiteParts, notes: ReadonlyMap<string, string>, outside: Outside) {
    this.#parts = parts
    this.#outside = outside
    this.#overrides = new Overrides(parts, outside)
    const handlers = parts.settings?.handlers(parts.site)
    const { record } = outside
    const desired = () => this.#desired()
    if (handlers && handlers.size > 0)
      this.#applying = new Applying({ ...parts, notes, handlers, record, desired })
  }

  /** This log's half, as durable as the log; undefined while the views are not open. */
  async half(): Promise<HalfRows | undefined> {
    const { log, writer, site } = this.#parts
    if (!this.#outside.isOpen()) return undefined
    // Between two steps: what is not durable yet is no setting.
    const [settings, overrides] = await log.exclusive(async () => {
      await log.catchUp()
      return [
        await writer.query(site, 'kernel', 'settings'),
        await writer.query(site, 'kernel', 'settingOverrides'),
      ]
    })
    return { settings, overrides } as unknown as HalfRows
  }

  /** One of the two halves may say something else now. */
  poke(): void {
    this.#applying?.poke()
  }

  /** This site's own log has changed settings, or a branch of it is gone. */
  logged(): void {
    this.#overrides.changed()
    this.#parts.halfChanged(this.#parts.site)
  }

  async turn(): Promise<void> {
    await this.#overrides.turn(async () => (await this.half())?.overrides ?? [])
  }

  stop(): void {
    this.#overrides.stop()
    this.#applying?.stop()
  }

  async #desired(): Promise<Desired | undefined> {
    const { site, box, settings, halfAt } = this.#parts
    const own = await this.half()
    const hub = site === hubSite ? own : await halfAt(hubSite)
    if (!own || !hub || !settings) return undefined
    return desiredFor({ ...settings.scope(site), site, box }, hub, site === hubSite ? noHalf : own)
  }
}
