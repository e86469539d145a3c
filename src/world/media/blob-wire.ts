import { manifestText } from '../../kernel/blobs/blob.ts'
import type { Blobs } from '../../kernel/blobs/blobs.ts'
import type { BlobSource } from '../../kernel/blobs/source.ts'
import { SourceError } from '../../kernel/blobs/source.ts'
import type { Network } from '../network.ts'
import type { Process } from '../process.ts'
import { cut, type BlobAsk } from './blob-ask.ts'
import { lies, type Lie } from './lies.ts'

/** A box that may be asked for blobs, as it is just now. */
export type Giver = {
  readonly process: Process | undefined
  readonly blobs: Blobs | undefined
  readonly lie: Lie | undefined
}

const requestBytes = 300
/** Bytes that are sent before the other side has taken some: no source fills a path that others use. */
const windowBytes = 4_000

type Answering = {
  readonly put: (bytes: number, item: Uint8Array | 'end' | SourceError) => void
  readonly isGone: () => boolean
  readonly isFull: () => boolean
}

/** Blobs between boxes, over the same paths as everything else, in pieces. */
export class BlobWire {
  readonly #network: Network
  readonly #giver: (box: string) => Giver

  constructor(network: Network, giver: (box: string) => Giver) {
    this.#network = network
    this.#giver = giver
  }

  source(from: string, process: Process, to: string): BlobSource {
    return {
      name: to,
      manifest: (sha256, signal) => this.#ask(from, process, to, sha256, signal),
      read: (sha256, start, end, signal) =>
        this.#ask(from, process, to, { sha256, from: start, to: end }, signal),
    }
  }

  async *#ask(
    from: string,
    process: Process,
    to: string,
    ask: BlobAsk,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const [there, back] = [this.#network.path(from, to), this.#network.path(to, from)]
    const [asking, answering] = [there.lane(), back.lane()]
    const heard: (Uint8Array | 'end' | SourceError)[] = []
    let wake = () => {}
    signal.addEventListener('abort', () => wake())
    const put = (bytes: number, item: (typeof heard)[number]) =>
      back.send(answering, bytes, () => {
        heard.push(item)
        if (process.alive) wake()
      })
    const isGone = () => signal.aborted || !process.alive
    const isFull = () => back.backlog() > windowBytes
    there.send(asking, requestBytes, () => void this.#give(to, ask, { put, isGone, isFull }))
    for (;;) {
      while (heard.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => (wake = resolve))
      }
      if (signal.aborted) throw new SourceError('away', 'called off')
      const item = heard.shift()
      if (item === 'end' || item === undefined) return
      if (item instanceof SourceError) throw item
      yield item
    }
  }

  async #give(box: string, ask: BlobAsk, { put, isGone, isFull }: Answering): Promise<void> {
    const { process, blobs, lie } = this.#giver(box)
    if (!process?.alive || !blobs) return put(60, new SourceError('away', 'nobody listens there'))
    process.onEnd((how) => how !== 'unplugged' && put(60, new SourceError('away', 'it broke off')))
    const bytes = await bytesOf(blobs, ask)
    if (!process.alive) return
    if (!bytes) return put(60, new SourceError('absent', 'it has not got it'))
    const whole = lie && (await bytesOf(blobs, wholeOf(ask)))
    if (!process.alive) return
    const pieces = lie && whole ? lies[lie](bytes, ask, whole) : cut(bytes)
    for (const piece of pieces) {
      if (typeof piece === 'number') await process.wait(piece)
      else put(piece.length, piece)
      while (isFull() && !isGone()) await process.wait(50)
      if (isGone() || !process.alive) return
    }
    put(20, 'end')
  }
}

function wholeOf(ask: BlobAsk): BlobAsk {
  const sha256 = typeof ask === 'string' ? ask : ask.sha256
  return { sha256, from: 0, to: Number.MAX_SAFE_INTEGER }
}

async function bytesOf(blobs: Blobs, ask: BlobAsk): Promise<Uint8Array | undefined> {
  try {
    if (typeof ask === 'string') {
      const manifest = await blobs.manifest(ask)
      return manifest && Buffer.from(manifestText(manifest))
    }
    const reader = await blobs.open(ask.sha256)
    const bytes = await reader?.read(ask.from, ask.to - ask.from)
    await reader?.close()
    return bytes
  } catch {
    // Its disk fails.
    return undefined
  }
}
