import { Lender } from '../accounts/lender.ts'
import { qualityOf } from '../clock/estimate.ts'
import type { Instant } from '../instant.ts'
import type { Frame } from '../link/frames.ts'
import type { Peer } from '../link/link.ts'
import { Live } from '../live/live.ts'
import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { Above, Answer, Box, BoxParts, BoxStatus } from './contract.ts'
import { usual } from './limits.ts'
import { Links } from './links.ts'
import { noHalf } from '../settings/site-settings.ts'
import { hubSite } from '../settings/target.ts'
import type { Ask } from '../site/sequencer.ts'
import { away } from './asks.ts'
import { siteDoc } from './site-memory.ts'
import { Site } from './site.ts'

const siteName = /^[0-9a-z][0-9a-z-]{0,62}$/

const notServed = (site: string) => new Error(`this box does not serve ${site}`)

/**
 * Starts a box on its store: every site that the store knows takes its role, every box above is
 * dialled. Resolves before the views are current; `status` says how far they are.
 */
export async function openBox(parts: BoxParts): Promise<Box> {
  const running = new RunningBox(parts)
  await running.load()
  return running
}

class RunningBox implements Box {
  readonly id: string
  readonly live: Live
  readonly #parts: BoxParts
  readonly #machine: Machine
  readonly #cancelTimers: () => void
  readonly #process: string
  readonly #sites = new Map<string, Site>()
  readonly #links: Links
  readonly #lender: Lender
  readonly #listeners = new Set<() => void>()
  readonly #unhear: () => void
  #notes: ReadonlyMap<string, string> = new Map()
  #telling = false
  #stopped = false

  constructor(parts: BoxParts) {
    this.#parts = parts
    this.id = parts.identity.box
    const scoped = scopeTimers(parts.machine)
    this.#machine = scoped.machine
    this.#cancelTimers = scoped.cancelAll
    this.#process = randomId(parts.machine.random, 16)
    const serves = (site: string) => this.#sites.has(site)
    this.live = new Live({ known: parts.known, runner: parts.runner, machine: this.#machine, serves })
    this.#links = new Links({
      identity: parts.identity,
      machine: this.#machine,
      process: this.#process,
      dial: parts.dial,
      accepts: (peer) => this.#accepts(peer),
      sites: this.#sites,
      samples: parts.onSamples,
      changed: () => this.#changed(),
    })
    const sites = () => this.#sites.values().map(({ beside }) => beside.lending)
    this.#lender = new Lender({ box: this.id, machine: this.#machine, sites })
    this.#unhear = parts.truth.onHealth(() => this.#changed())
  }

  async load(): Promise<void> {
    const { truth } = this.#parts
    this.#notes = await truth.notes()
    for (const row of await truth.sites()) await this.#add(row)
    this.#links.refresh()
  }

  async found(site: string): Promise<void> {
    const added = await this.#serve(site, null)
    await added.found()
  }

  async serve(site: string, above: Above | null): Promise<void> {
    await this.#serve(site, above)
    this.#links.refresh()
  }

  entries(site: string, after: number, maxBytes: number) {
    return this.#site(site).entries(after, maxBytes)
  }

  sites(): readonly string[] {
    return [...this.#sites.keys()]
  }

  async record(site: string, facts: Parameters<Box['record']>[1]) {
    return this.#site(site).record(facts)
  }

  recordOnce(
    name: string,
    told: Parameters<Box['recordOnce']>[1],
    facts: Parameters<Box['record']>[1],
  ): Promise<boolean> {
    const site = this.#sites.get(name)
    return site ? site.beside.once.record(told, facts) : Promise.reject(notServed(name))
  }

  async act(site: string, ask: Parameters<Box['act']>[1]): Promise<Answer> {
    return this.#site(site).beside.afar.act(ask)
  }

  asked(site: string, key: string) {
    return this.#site(site).beside.afar.asked(key)
  }

  waiting(site: string) {
    return this.#site(site).beside.afar.list()
  }

  onAsked(site: string, tell: Parameters<Box['onAsked']>[1]) {
    return this.#site(site).beside.afar.on(tell)
  }

  async assign(site: string, member: Parameters<Box['assign']>[1]): Promise<Answer> {
    const key = `assign ${member.box} ${randomId(this.#machine.random, 16)}`
    return this.act(site, { action: 'box.assign', key, who: this.id, input: member })
  }

  async handOver(site: string, to: string, who?: string): Promise<Answer> {
    return this.#site(site).handOver(to, who)
  }

  async takeOver(site: string, who: string): Promise<Answer> {
    return this.#site(site).takeOver(who)
  }

  accept(channel: Parameters<Box['accept']>[0]) {
    return this.#links.accept(channel)
  }

  vault(site: string) {
    return this.#sites.get(site)?.key.vault
  }

  keysOf(box: string): readonly string[] {
    return [...this.#sites.values()].flatMap(({ members }) => members.keysOf(box))
  }

  aboves(): readonly Above[] {
    const all = [...this.#sites.values()].flatMap(({ above }) => above ?? [])
    return [...new Map(all.map((above) => [above.box, above])).values()]
  }

  sendSamples(samples: Frame<'samples'>, except?: string): number {
    return this.#links.sendSamples(samples, except)
  }

  now(site: string): Instant {
    return this.#site(site).now()
  }

  time(): Instant {
    const { clock } = this.#machine
    const mono = clock.mono()
    const own: Instant = [mono, clock.wall() - mono, qualityOf(clock.vouch?.()?.within ?? Infinity)]
    const best = (a: Instant, b: Instant) => (b[2] > a[2] ? b : a)
    return [...this.#sites.values()].map((site) => site.now()).reduce(best, own)
  }

  status(): BoxStatus {
    return {
      box: this.id,
      store: this.#parts.truth.health(),
      sites: [...this.#sites.values()].map((site) => site.status()),
      links: this.#links.up.map((link) => ({ box: link.peer?.box ?? '', since: link.since })),
      slow: this.live.slow,
    }
  }

  onChange(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unhear()
    this.#links.stop()
    this.#lender.stop()
    for (const site of this.#sites.values()) await site.stop()
    this.#cancelTimers()
    this.live.stop()
    await this.#parts.runner.close()
    await this.#parts.writer.close()
    await this.#parts.truth.close()
  }

  async #serve(name: string, above: Above | null): Promise<Site> {
    if (!siteName.test(name)) throw new Error(`${name} cannot name a site: use a-z, 0-9 and -`)
    const here = this.#sites.get(name)
    if (here) {
      await here.serveAbove(above)
      return here
    }
    const doc = siteDoc(above)
    await this.#parts.truth.commit([{ do: 'site', site: name, doc }])
    return this.#add({ site: name, doc, n: 0, chain: '', terms: [] }, 'whole')
  }

  async #add(row: ConstructorParameters<typeof Site>[1], wait?: 'whole'): Promise<Site> {
    const { truth, writer, known } = this.#parts
    const outer = {
      box: this.id,
      identity: this.#parts.identity,
      process: this.#process,
      machine: this.#machine,
      known,
      truth,
      writer,
      live: this.live,
      limits: this.#parts.limits ?? usual,
      drivers: this.#parts.drivers,
      settings: this.#parts.settings,
      lendingChanged: () => this.#lender.changed(),
      halfAt: (name: string) => this.#sites.get(name)?.beside.settings.half() ?? Promise.resolve(noHalf),
      halfChanged: (name: string) => {
        for (const [site, each] of this.#sites)
          if (site === name || name === hubSite) each.beside.settings.poke()
      },
      askAt: (name: string, ask: Ask) => this.#sites.get(name)?.beside.askOnce(ask) ?? Promise.resolve(away),
    }
    const site = new Site(
      outer,
      row,
      await truth.streams(row.site),
      await truth.waits(row.site),
      this.#notes,
      () => this.#changed(),
    )
    this.#sites.set(row.site, site)
    const opened = site.open().catch((error: unknown) => {
      if (!this.#stopped)
        this.#machine.log('error', `${row.site}: the views cannot be opened: ${String(error)}`)
    })
    if (wait) await opened
    return site
  }

  #site(name: string): Site {
    const site = this.#sites.get(name)
    if (!site) throw notServed(name)
    return site
  }

  /** A box is let in by a site that names it with this key, or did until it left, by being above, or by the fleet's claims. */
  #accepts({ box, publicKey }: Peer): boolean {
    const left = [...this.#sites.values()].flatMap(({ members }) => members.leftKeysOf(box))
    const keys = [...this.keysOf(box), ...left]
    return keys.length > 0 ? keys.includes(publicKey) : this.#parts.trusts(box, publicKey)
  }

  #changed(): void {
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      this.#links.refresh()
      this.#lender.turn()
      for (const tell of this.#listeners) tell()
    })
  }
}

/** The machine, with timers that all end when the box does. */
function scopeTimers(machine: Machine): { readonly machine: Machine; readonly cancelAll: () => void } {
  const running = new Set<() => void>()
  let ended = false
  const after = (ms: number, run: () => void) => {
    if (ended) return () => {}
    const cancel = machine.timers.after(ms, () => {
      running.delete(cancel)
      run()
    })
    running.add(cancel)
    return () => {
      running.delete(cancel)
      cancel()
    }
  }
  const cancelAll = () => {
    ended = true
    for (const cancel of running) cancel()
  }
  return { machine: { ...machine, timers: { after } }, cancelAll }
}
