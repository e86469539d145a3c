import { Blobs } from '../../kernel/blobs/blobs.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { Level, Machine } from '../../kernel/machine.ts'
import { LogBook } from '../../kernel/samples/log-book.ts'
import { Metrics } from '../../kernel/samples/metrics.ts'
import { News } from '../../kernel/samples/news.ts'
import type { BlobFiles } from '../../store/blob-files.ts'
import type { Samples } from '../../store/ring.ts'
import { SamplesFile } from '../../store/samples-file.ts'
import { StoreError } from '../../store/truth.ts'
import type { Process } from '../process.ts'
import type { Dice } from '../random.ts'
import type { WorldBox } from '../world-box.ts'
import type { BlobWire } from './blob-wire.ts'
import { cardBytes, worldBlobs, worldRings, worldSampleEveryMs } from './setting.ts'

/** What a fault does to the blobs of a box. */
export type BoxMood = {
  /** Bytes that somebody else has written on the card. */
  others: number
  /** The process dies at the n-th thing from now that it does with its blobs. */
  killIn: number
  /** Somebody fills the card at the n-th piece of a blob that is written from now. */
  fillIn: number
}

/** What runs beside truth in one process of a box: blobs, log and metrics. */
export class Attached {
  readonly #home: WorldBox
  readonly #process: Process
  readonly #machine: Machine
  readonly #samples: Samples
  readonly #log: LogBook
  readonly #metrics: Metrics
  #news: News | undefined
  #box: Box | undefined
  #blobs: Blobs | undefined

  constructor(home: WorldBox, process: Process, dice: Dice, note: (line: string) => void) {
    this.#home = home
    this.#process = process
    this.#machine = {
      boot: process.name,
      clock: home.clock,
      timers: { after: (ms, run) => process.after(ms, run) },
      random: { bytes: (size) => dice.bytes(size) },
      log: (level, text) => {
        note(`log ${process.name} ${level} ${text}`)
        this.log(level, text)
      },
    }
    this.#samples = samplesOn(home)
    const parts = {
      machine: this.#machine,
      samples: this.#samples,
      box: home.id,
      now: () => this.#now(),
      everyMs: worldSampleEveryMs,
    }
    this.#log = new LogBook(parts)
    this.#metrics = new Metrics(parts)
  }

  get blobs(): Blobs | undefined {
    return this.#process.alive ? this.#blobs : undefined
  }

  readonly log = (level: Level, text: string): void => this.#log.add(level, text)

  readonly onSamples = (from: string, frame: Parameters<News['received']>[1]): void =>
    this.#news?.received(from, frame)

  async open(
    box: Box,
    { wire, mood, dice, fill }: { wire: BlobWire; mood: BoxMood; dice: Dice; fill: () => void },
  ): Promise<void> {
    this.#box = box
    const machine = this.#machine
    this.#news = new News({
      machine,
      samples: this.#samples,
      box: box.id,
      metrics: this.#metrics,
      log: this.#log,
      now: () => this.#now(),
      send: (frame, except) => box.sendSamples(frame, except),
    })
    this.#metrics.add('unsent', () => box.status().sites.reduce((sum, { unsent }) => sum + unsent, 0))
    this.#metrics.start()
    const { card } = this.#home
    this.#process.onEnd((how) => {
      if (how === 'unplugged') card.blobs.cutPower()
    })
    const sources = () => box.aboves().map((above) => wire.source(this.#home.id, this.#process, above.box))
    const files = this.#files(mood, dice, fill)
    while (!this.#blobs) {
      try {
        this.#blobs = await Blobs.open({ files, machine, sources, limits: worldBlobs })
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        await this.#process.wait(5_000)
      }
    }
  }

  /** The card's files, with all that its disk does to them just now. */
  #files(mood: BoxMood, dice: Dice, fill: () => void): BlobFiles {
    const { disk, card } = this.#home
    const process = this.#process
    return card.blobs.open({
      room: (used) => ({
        free: disk.mood.full ? 0 : Math.max(0, cardBytes - used - mood.others),
        size: cardBytes,
      }),
      at: async (what) => {
        await process.wait(dice.int(0, 3))
        if (what === 'write' && mood.fillIn > 0 && (mood.fillIn -= 1) === 0) fill()
        if (mood.killIn > 0 && (mood.killIn -= 1) === 0) {
          process.end(dice.chance(0.5) ? 'killed' : 'unplugged')
          await process.never()
        }
        if (dice.chance(disk.mood.failing)) throw new StoreError('io', 'the disk failed')
      },
    })
  }

  #now(): number | null {
    const at = this.#box?.time()
    return at === undefined || at[2] === 0 ? null : epochOf(at)
  }
}

function samplesOn(home: WorldBox): Samples {
  const file = new SamplesFile(home.card.samples, ':memory:', worldRings)
  return {
    append: (ring, rows, now) => void file.append(ring, rows, now),
    read: async (ring, query) => file.read(ring, query),
    sizes: async () => file.sizes(),
    dropped: () => 0,
    close: async () => {},
  }
}
