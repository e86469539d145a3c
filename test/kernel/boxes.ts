import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Above, Box } from '../../src/kernel/box/contract.ts'
import { openBox } from '../../src/kernel/box/box.ts'
import type { Limits } from '../../src/kernel/box/limits.ts'
import type { Identity } from '../../src/kernel/link/identity.ts'
import { makeIdentity } from '../../src/kernel/link/identity.ts'
import type { Machine, Vouch } from '../../src/kernel/machine.ts'
import type { OrderDrivers } from '../../src/kernel/orders/driver.ts'
import type { SettingsPort } from '../../src/kernel/settings/handler.ts'
import type { Channel, ChannelEvents, Dial } from '../../src/kernel/network.ts'
import { RunnerCore } from '../../src/kernel/live/runner-core.ts'
import type { Runner } from '../../src/kernel/live/runner.ts'
import { know } from '../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { WriterCore } from '../../src/kernel/site/writer-core.ts'
import type { Writer } from '../../src/kernel/site/writer.ts'
import type { Database } from '../../src/store/database.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { ReadGate } from '../../src/store/truth-front.ts'
import { TruthFront, answerRead } from '../../src/store/truth-front.ts'
import { SqliteTruth } from '../../src/store/truth-sqlite.ts'
import { openTruthFile } from '../../src/store/truth-tables.ts'
import { fair } from '../../src/world/fair/pack.ts'
import { isAtRest } from '../../src/world/image.ts'

export const known = know(kernelPack, [fair])

/** Boxes in one process, on cards in memory, over channels that can be cut: for tests by example. */
export class Boxes {
  readonly #all: TestBox[] = []
  readonly cut = new Set<string>()

  make(name: string): TestBox {
    const box = new TestBox(name, this)
    this.#all.push(box)
    return box
  }

  named(name: string): TestBox | undefined {
    return this.#all.find((box) => box.name === name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const box of this.#all) await box.stop()
  }
}

export class TestBox {
  readonly name: string
  readonly identity: Identity = makeIdentity({ bytes: randomBytes })
  truth = openTruthFile(':memory:')
  readonly views = new Map<string, Database>()
  readonly bases = new Map<string, Map<number, Uint8Array>>()
  readonly log: string[] = []
  /** Its machine's clock: how far off it is, and whether the machine vouches for it. */
  wrongBy = 0
  vouch: Vouch | null = null
  limits: Limits | undefined
  /** Its views are opened when this is. */
  viewsOpen: Promise<void> = Promise.resolve()
  /** Whoever dials is let in, also where no site names it. */
  trustsAll = true
  #boots = 1
  #bootedAt = 0
  /** What does this box's orders, from its next start on. */
  drivers: OrderDrivers | undefined
  /** What this box can set. */
  settings: SettingsPort | undefined
  readonly #boxes: Boxes
  readonly #channels = new Set<() => void>()
  #box: Box | undefined

  constructor(name: string, boxes: Boxes) {
    this.name = name
    this.#boxes = boxes
  }

  get box(): Box {
    if (!this.#box) throw new Error(`${this.name} is not running`)
    return this.#box
  }

  get above(): Above {
    return { address: this.name, box: this.identity.box, publicKey: this.identity.publicKey }
  }

  get member() {
    return { box: this.identity.box, publicKey: this.identity.publicKey, small: false }
  }

  site(name = 'fair') {
    const site = this.box.status().sites.find((each) => each.site === name)
    if (!site) throw new Error(`${this.name} does not serve ${name}`)
    return site
  }

  async start(): Promise<Box> {
    const core = new SqliteTruth(this.truth)
    const machine = this.machine()
    const read = (async (name, ...values) => answerRead(core.reads, name, values)) as ReadGate
    const write = async (calls: Parameters<SqliteTruth['commitGroup']>[0]) => core.commitGroup(calls)
    this.#box = await openBox({
      identity: this.identity,
      machine,
      known,
      truth: new TruthFront({ write, read, close: async () => {} }, machine),
      writer: this.#writer(),
      runner: this.#runner(),
      dial: this.#dial(),
      trusts: () => this.trustsAll,
      limits: this.limits,
      drivers: this.drivers,
      settings: this.settings,
    })
    return this.#box
  }

  /** The card as it is now. */
  image(): readonly string[] {
    const path = join(tmpdir(), `regie-${this.identity.box}.image`)
    this.truth.exec(`VACUUM INTO '${path}'`)
    const copy = openSqlite(path, { durable: true })
    const tables = ['sites', 'log', 'terms', 'salvage', 'streams', 'journal', 'notes', 'waits']
    const statements = tables.flatMap((table) => [
      `DELETE FROM ${table}`,
      ...copy
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => `INSERT INTO ${table} VALUES (${Object.values(row).map(literal).join(', ')})`),
    ])
    copy.close()
    rmSync(path)
    return statements
  }

  /** The card is put back to an earlier state, and nobody knows. */
  putBack(image: readonly string[]): void {
    this.truth.close()
    this.truth = openTruthFile(':memory:')
    for (const statement of image) this.truth.exec(statement)
    this.views.clear()
    this.bases.clear()
  }

  /** The card is restored from a backup by the proper way, which leaves a mark. */
  restore(image: readonly string[]): void {
    this.putBack(image)
    this.truth.exec(`INSERT INTO notes VALUES ('restored', '${randomBytes(8).toString('hex')}')`)
  }

  chainAt(n: number): string {
    return String(this.truth.prepare('SELECT chain FROM log WHERE id % 8589934592 = ?').get(n)?.['chain'])
  }

  hasKey(): boolean {
    return this.truth.prepare(`SELECT 1 FROM notes WHERE name = 'site key fair'`).get() !== undefined
  }

  forgetKey(): void {
    this.truth.exec(`DELETE FROM notes WHERE name = 'site key fair'`)
  }

  /** Whether a text stands anywhere in this box's truth or views. */
  holds(text: string): boolean {
    const files = [this.truth, ...this.views.values()]
    return files.some((file) =>
      file
        .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
        .all()
        .some(({ name }) =>
          JSON.stringify(file.prepare(`SELECT * FROM "${String(name)}"`).all()).includes(text),
        ),
    )
  }

  /** All rows of the views, as text. */
  viewsText(): string {
    return [...this.views.values()]
      .flatMap((file) =>
        file
          .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
          .all()
          .map(({ name }) => JSON.stringify(file.prepare(`SELECT * FROM "${String(name)}"`).all())),
      )
      .join('\n')
  }

  /** The machine loses its power, and starts again. */
  async reboot(): Promise<void> {
    await this.stop()
    this.#boots += 1
    this.#bootedAt = performance.now()
    await this.start()
  }

  async stop(): Promise<void> {
    await this.#box?.stop()
    this.#box = undefined
    for (const close of this.#channels) close()
  }

  machine(): Machine {
    return {
      boot: `boot-${this.name}-${this.#boots}`,
      clock: {
        mono: () => Math.floor(performance.now() - this.#bootedAt),
        wall: () => trueTime() + this.wrongBy,
        vouch: () => this.vouch,
      },
      timers: {
        after: (ms, run) => {
          const timer = setTimeout(run, ms)
          return () => clearTimeout(timer)
        },
      },
      random: { bytes: (size) => randomBytes(size) },
      log: (level, text) => this.log.push(`${level} ${text}`),
    }
  }

  #writer(): Writer {
    const home = {
      open: (site: string) => {
        const database = this.views.get(site) ?? openSqlite(':memory:', { durable: false })
        this.views.set(site, database)
        return {
          ...database,
          exec: database.exec.bind(database),
          prepare: database.prepare.bind(database),
          close: () => {},
        }
      },
      drop: (site: string) => {
        this.views.get(site)?.close()
        this.views.delete(site)
      },
      bases: {
        save: (site: string, n: number, copy: Uint8Array) => {
          this.bases.set(site, (this.bases.get(site) ?? new Map()).set(n, copy))
        },
        drop: (site: string, before: number) => {
          for (const n of this.bases.get(site)?.keys() ?? []) if (n < before) this.bases.get(site)?.delete(n)
        },
        list: (site: string) => [...(this.bases.get(site)?.keys() ?? [])],
        load: (site: string, n: number) => this.bases.get(site)?.get(n),
      },
    }
    const core = new WriterCore(known, home, { bytes: (size) => randomBytes(size) })
    return new Proxy({} as Writer, {
      get:
        (_target, name: keyof WriterCore) =>
        async (...values: readonly unknown[]) => {
          if (name === 'open') await this.viewsOpen
          return Reflect.apply(core[name], core, values) as unknown
        },
    })
  }

  /** Reads the same cards, when nothing is being written. */
  #runner(): Runner {
    const atRest = (site: string) => {
      const database = this.views.get(site)
      return database && isAtRest(database) ? database : undefined
    }
    const mono = () => Math.round(performance.now())
    const core = new RunnerCore(known, { open: atRest, close: () => {} }, mono)
    return { run: async (...call) => core.run(...call), close: async () => core.close() }
  }

  /** A dialled channel, whose two ends hear each other a moment later, while nobody cuts it. */
  #dial(): Dial {
    return (address, events) => {
      setTimeout(() => {
        const other = this.#boxes.named(address)
        const isCut = () =>
          this.#boxes.cut.has(`${this.name}-${address}`) || this.#boxes.cut.has(`${address}-${this.name}`)
        if (other === undefined || !other.#box || isCut()) return events.closed('nobody answers')
        let open = true
        const heard: { events?: ChannelEvents } = {}
        const close = (why: string) => {
          if (!open) return
          open = false
          setTimeout(() => {
            heard.events?.closed(why)
            events.closed(why)
          }, 1)
        }
        this.#channels.add(() => close('stopped'))
        other.#channels.add(() => close('stopped'))
        const end = (to: () => ChannelEvents | undefined): Channel => ({
          send: (message) => setTimeout(() => open && !isCut() && to()?.message(message), 1),
          waiting: () => 0,
          close,
        })
        heard.events = other.#box.accept(end(() => events))
        events.opened(end(() => heard.events))
      }, 1)
    }
  }
}

/** What time it really is. */
export const trueTime = (): number => 1_800_000_000_000 + Math.round(performance.now())

const literal = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`

/** Waits until something holds; fails with what stood at the end. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`after ${ms} ms it still does not hold: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
