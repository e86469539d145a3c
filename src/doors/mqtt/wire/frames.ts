import { Malformed } from './reader.ts'
import { reason } from './reasons.ts'

/** One packet as it came: its first byte, and what it holds. */
export type Frame = { readonly first: number; readonly body: Uint8Array }

/** Chunks are joined when a packet is whole, or when there are so many: who sends byte by byte makes no work. */
const mostChunks = 64
const longestHead = 5

/** Cuts what comes from a socket into packets. Never holds more than one packet of the size that is allowed, and a chunk. */
export class Frames {
  #chunks: Buffer[] = []
  /** So much of the first chunk has been taken. */
  #at = 0
  #size = 0
  /** The packet that has begun is not whole with less. */
  #needed = 0

  add(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
    this.#size += chunk.length
    if (this.#chunks.length > mostChunks) this.#join()
  }

  /** Undefined until the rest has come. Throws as soon as it is known that a packet is too large. */
  next(most: number): Frame | undefined {
    if (this.#size < Math.max(2, this.#needed)) return undefined
    if (this.#ready() < Math.min(this.#size, longestHead)) this.#join()
    const [head = Buffer.alloc(0)] = this.#chunks
    let size = 0
    let at = 1
    for (let factor = 1; ; factor *= 128, at += 1) {
      const next = head[this.#at + at]
      if (next === undefined) return undefined
      size += (next & 127) * factor
      if (next < 128) break
      if (at === longestHead - 1) throw new Malformed('a length of more than four bytes')
    }
    const end = at + 1 + size
    if (end > most) throw new Malformed(`a packet of ${end} bytes`, reason.tooLarge)
    this.#needed = end
    if (this.#size < end) return undefined
    if (this.#ready() < end) this.#join()
    return this.#cut(at + 1, end)
  }

  /** Bytes in one piece. */
  #ready(): number {
    return (this.#chunks[0]?.length ?? 0) - this.#at
  }

  #cut(start: number, end: number): Frame {
    const [bytes = Buffer.alloc(0)] = this.#chunks
    const from = this.#at
    this.#at += end
    this.#size -= end
    this.#needed = 0
    if (this.#at === bytes.length) {
      this.#chunks.shift()
      this.#at = 0
    }
    return { first: bytes[from] ?? 0, body: bytes.subarray(from + start, from + end) }
  }

  #join(): void {
    const all = Buffer.concat(this.#chunks)
    this.#chunks = this.#size === 0 ? [] : [all.subarray(this.#at)]
    this.#at = 0
  }
}
