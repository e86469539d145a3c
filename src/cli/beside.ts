import type { Vitals } from '../doors/api/health.ts'
import { BlobClient } from '../doors/blob-client.ts'
import { Blobs } from '../kernel/blobs/blobs.ts'
import { DiskGuard } from '../kernel/blobs/disk-guard.ts'
import { usualBlobs } from '../kernel/blobs/limits.ts'
import type { Box, BoxParts } from '../kernel/box/contract.ts'
import type { Instant } from '../kernel/instant.ts'
import { epochOf } from '../kernel/instant.ts'
import type { Level, Machine } from '../kernel/machine.ts'
import { Reports } from '../kernel/drivers/reports.ts'
import { LogBook } from '../kernel/samples/log-book.ts'
import { mask } from '../kernel/samples/mask.ts'
import { Metrics } from '../kernel/samples/metrics.ts'
import { News } from '../kernel/samples/news.ts'
import { sampleRings } from '../kernel/samples/rings.ts'
import { Valve } from '../kernel/samples/valve.ts'
import { BlobFolder } from '../store/blob-folder.ts'
import type { Samples } from '../store/ring.ts'
import { SamplesThread } from '../store/samples-thread.ts'
import { StoreError } from '../store/truth.ts'
import type { DataFolder } from './data-folder.ts'
import { measureBox, measureMachine } from './vitals.ts'

const lookEveryMs = 10_000

/**
 * What runs beside truth and may fail without it: samples, blobs, and whoever watches the disk. It begins before the
 * box, whose log it keeps, and learns of the box when that is open.
 */
export class Beside {
  readonly machine: Machine
  readonly samples: Samples
  readonly log: LogBook
  readonly metrics: Metrics
  /** What drivers of packs say of themselves, and what the broker does. */
  readonly drivers: Reports
  readonly broker: Reports
  readonly #valve: Valve
  readonly #folder: DataFolder
  readonly #ends: AsyncDisposableStack
  #box: Box | undefined
  #news: News | undefined
  #blobs: Blobs | undefined
  #guard: DiskGuard | undefined

  /** Ends with the stack. */
  constructor(folder: DataFolder, machine: Machine, ends: AsyncDisposableStack) {
    this.#folder = folder
    this.#ends = ends
    const instant = (): Instant => this.#box?.time() ?? [machine.clock.mono(), null, 0]
    this.drivers = new Reports(instant)
    this.broker = new Reports(instant)
    // The log goes through the samples, so what the samples say of themselves must not.
    this.#valve = new Valve(
      new SamplesThread(folder.samples, sampleRings, machine.timers, (text) => machine.log('warn', text)),
    )
    this.samples = this.#valve
    ends.defer(() => this.samples.close())
    const parts = { machine, samples: this.samples, box: folder.identity.box, now: () => this.#now() }
    this.log = new LogBook(parts)
    ends.defer(() => this.log.stop())
    this.machine = { ...machine, log: (level: Level, text: string) => this.#say(machine, level, text) }
    this.metrics = new Metrics({ ...parts, machine: this.machine })
    ends.defer(measureMachine(this.metrics))
    this.metrics.add('samplesDropped', () => this.samples.dropped())
    this.metrics.start()
    ends.defer(() => this.metrics.stop())
  }

  /** For the box, before it is open. */
  readonly onSamples: BoxParts['onSamples'] = (from, frame) => this.#news?.received(from, frame)

  /** What is known of this machine now. */
  get vitals(): Vitals {
    return {
      disk: this.#guard?.state?.level,
      above: this.#box?.aboves().map(({ box }) => box) ?? [],
      drivers: this.drivers.all(),
      broker: this.broker.all(),
      measured: this.metrics.last(this.#folder.identity.box)?.measured ?? {},
    }
  }

  get blobs(): Blobs | undefined {
    return this.#blobs
  }

  async open(box: Box): Promise<void> {
    this.#box = box
    measureBox(this.metrics, box)
    this.#news = new News({
      machine: this.machine,
      samples: this.samples,
      box: box.id,
      metrics: this.metrics,
      log: this.log,
      now: () => this.#now(),
      send: (frame, except) => box.sendSamples(frame, except),
    })
    this.#ends.defer(() => this.#news?.stop())
    try {
      this.#blobs = await this.#openBlobs(box)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // A box without blobs still keeps its sites.
      this.machine.log('error', `there are no blobs until the next start: ${error.message}`)
    }
  }

  async #openBlobs(box: Box): Promise<Blobs> {
    const { machine } = this
    const client = new BlobClient(this.#folder.identity)
    this.#ends.defer(() => client.close())
    const files = await BlobFolder.open(this.#folder.blobs)
    const sources = () => box.aboves().map((above) => client.source(above))
    const blobs = await Blobs.open({ files, machine, sources })
    this.#ends.defer(() => blobs.stop())
    this.#ends.defer(onNewLink(box, () => blobs.wake()))
    const guard = new DiskGuard({
      machine,
      room: () => files.room(),
      reserve: usualBlobs.reserve,
      evictUntil: (free) => blobs.evictUntil(free),
      everyMs: lookEveryMs,
    })
    this.#guard = guard
    guard.onLevel(({ level }) => this.#valve.set(level !== 'scarce'))
    await guard.start()
    this.#ends.defer(() => guard.stop())
    this.metrics.add('disk', () => guard.state && 1 - guard.state.free / guard.state.size)
    this.metrics.add('blobsWaiting', () => blobs.status().fetching.length)
    return blobs
  }

  /** What others have said may hold their secrets, wherever the log goes. */
  #say(machine: Machine, level: Level, said: string): void {
    const text = mask(said)
    machine.log(level, text)
    this.log.add(level, text)
  }

  #now(): number | null {
    const at = this.#box?.time()
    return at === undefined || at[2] === 0 ? null : epochOf(at)
  }
}

/** Tells when a box is linked that was not before. */
function onNewLink(box: Box, tell: () => void): () => void {
  let before = new Set<string>()
  return box.onChange(() => {
    const now = new Set(box.status().links.map((link) => link.box))
    const isNew = [...now].some((each) => !before.has(each))
    before = now
    if (isNew) tell()
  })
}
