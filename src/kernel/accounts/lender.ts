import { inBackground } from '../box/background.ts'
import type { Answer } from '../box/contract.ts'
import { sha256 } from '../digest.ts'
import type { Instant } from '../instant.ts'
import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import { hubSite } from '../settings/target.ts'
import { mostErased } from '../site/facts.ts'
import type { Ask } from '../site/sequencer.ts'
import type { FleetRows, LentRows, Side } from './lending.ts'
import { erasedLendings, fleetTables, lentTables, nextLending } from './lending.ts'
import type { Vault } from './vault.ts'

/** A word of the hub is said again in time when somebody looks now and then. */
const lookEveryMs = 10 * 60_000
const restMs = 5_000

/** A site of this box, as far as its people concern the hub. */
export type LendingSite = {
  readonly site: string
  readonly vault: () => Vault | undefined
  readonly isKeeping: () => boolean
  /** Its log knows an account. */
  readonly hasAccounts: () => boolean
  /** Its keeper can be asked now. */
  readonly isOpen: () => boolean
  readonly now: () => Instant
  /** These tables as durable as the log; undefined while the views are not open. */
  readonly rows: <Rows>(tables: readonly string[]) => Promise<Rows | undefined>
  readonly ask: (ask: Ask) => Promise<Answer>
}

type Parts = {
  readonly box: string
  readonly machine: Machine
  readonly sites: () => Iterable<LendingSite>
}

/**
 * Where the organisation's log is kept, it sees to it that people can sign in at its sites while it is out of reach:
 * what each site has is held against what it should have, and what differs is asked of its keeper. Nothing of it is
 * in memory only: whoever keeps the organisation's log next, finds in the logs how far this one came.
 */
export class Lender {
  readonly #parts: Parts
  /** Where the keeper was not to be asked, or did not decide. */
  readonly #open = new Set<string>()
  #stale = true
  #busy = false
  #resting = false
  #stopped = false
  #waits = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A log has changed in a way that may concern people, or who has it. */
  changed(): void {
    this.#stale = true
  }

  /** Something has changed: perhaps a keeper can be asked now. */
  turn(): void {
    if (this.#busy || this.#resting || this.#stopped || !this.#isDue()) return
    const sites = [...this.#parts.sites()]
    const fleet = sites.find(({ site }) => site === hubSite)
    if (!fleet?.isKeeping() || !fleet.hasAccounts()) return
    this.#stale = false
    this.#busy = true
    const others = sites.filter(({ site }) => site !== hubSite)
    inBackground(this.#parts.machine, 'lending', this.#look(fleet, others))
  }

  stop(): void {
    this.#stopped = true
  }

  #isDue(): boolean {
    const canGoOn = ({ site, vault, isOpen }: LendingSite) =>
      this.#open.has(site) && vault() !== undefined && isOpen()
    return this.#stale || [...this.#parts.sites()].some(canGoOn)
  }

  async #look(fleet: LendingSite, others: readonly LendingSite[]): Promise<void> {
    try {
      const rows = await fleet.rows<FleetRows>(fleetTables)
      const vault = fleet.vault()
      if (!rows || !vault) return this.#rest()
      const known = { site: hubSite, vault, rows }
      const done = await Promise.all(others.map((site) => this.#bring(known, site)))
      if (done.includes(false)) this.#rest()
      this.#lookAgain()
    } catch (error) {
      this.#rest()
      throw error
    } finally {
      this.#busy = false
      if (this.#stale) this.turn()
    }
  }

  /** False: what is to be done there was tried, and is not. */
  async #bring(fleet: Side<FleetRows>, to: LendingSite): Promise<boolean> {
    const { site, isOpen, ask } = to
    this.#open.add(site)
    const vault = to.vault()
    if (!isOpen() || !vault) return true
    const rows = await to.rows<LentRows>(lentTables)
    if (!rows) return false
    const here = { site, vault, rows }
    const { box: who, machine } = this.#parts
    const input = nextLending(fleet, here, to.now(), machine.random)
    if (input) {
      const key = `lend ${site} ${input.after} ${randomId(machine.random, 12)}`
      // There may be more than one entry takes: what the log says then is looked at again.
      if (!isDone(await ask({ action: 'login.lend', key, who, input }))) return false
    }
    const places = erasedLendings(fleet.rows, here).slice(0, mostErased)
    if (places.length > 0) {
      const key = `lend erase ${site} ${sha256(JSON.stringify(places))}`
      if (!isDone(await ask({ action: 'facts.erase', key, who, input: { places } }))) return false
    }
    this.#open.delete(site)
    return true
  }

  #lookAgain(): void {
    if (this.#waits || this.#stopped) return
    this.#waits = true
    this.#parts.machine.timers.after(lookEveryMs, () => {
      this.#waits = false
      this.changed()
      this.turn()
    })
  }

  #rest(): void {
    this.#stale = true
    if (this.#resting || this.#stopped) return
    this.#resting = true
    this.#parts.machine.timers.after(restMs, () => {
      this.#resting = false
      this.turn()
    })
  }
}

/** A keeper of an earlier version lends nothing, however often it is asked. */
const isDone = (answer: Answer): boolean =>
  answer.is === 'answered' || (answer.is === 'refused' && answer.code === 'unknown-action')
