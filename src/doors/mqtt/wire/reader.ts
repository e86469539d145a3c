import type { Reason } from './reasons.ts'
import { reason } from './reasons.ts'

/** Bytes that are no packet of this protocol; whoever sent them is told why, where he can be, and left. */
export class Malformed extends Error {
  readonly reason: Reason

  constructor(why: string, code: Reason = reason.malformed) {
    super(why)
    this.name = 'Malformed'
    this.reason = code
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads what one packet holds; throws Malformed where it holds less. */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  readonly #end: number

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  get left(): number {
    return this.#end - this.#at
  }

  byte(): number {
    this.#need(1)
    return this.#bytes[this.#at++] ?? 0
  }

  short(): number {
    return this.byte() * 256 + this.byte()
  }

  long(): number {
    return this.short() * 65_536 + this.short()
  }

  /** Seven bits a byte, four bytes at most. */
  varying(): number {
    let value = 0
    for (let factor = 1; factor <= 128 ** 3; factor *= 128) {
      const next = this.byte()
      value += (next & 127) * factor
      if (next < 128) return value
    }
    throw new Malformed('a length of more than four bytes')
  }

  take(size: number): Uint8Array {
    this.#need(size)
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  bytes(): Uint8Array {
    return this.take(this.short())
  }

  text(): string {
    try {
      const text = utf8.decode(this.bytes())
      if (!text.includes('\0')) return text
    } catch (error) {
      if (error instanceof Malformed) throw error
    }
    throw new Malformed('a text that is not UTF-8')
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }

  /** Nothing may stand behind what a packet holds. */
  end(): void {
    if (this.left > 0) throw new Malformed('a packet that is too long')
  }

  #need(size: number): void {
    if (size > this.left) throw new Malformed('a packet that is too short')
  }
}
