import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../kernel/machine.ts'

const form = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/**
 * Tells browsers behind one address from each other, so that a school is not shut out by one pupil. Only who signed
 * in gets a mark, and none can be made up: a mark costs a right password. They last as long as the process, as the
 * wrong tries do that they are counted with.
 */
export class ClientMarks {
  readonly #random: Random
  readonly #key: Uint8Array

  constructor(random: Random) {
    this.#random = random
    this.#key = random.bytes(32)
  }

  make(): string {
    const name = Buffer.from(this.#random.bytes(16)).toString('base64url')
    return `${name}.${this.#proof(name).toString('base64url')}`
  }

  /** Undefined where nobody was given this mark. */
  read(mark: string | undefined): string | undefined {
    const [, name, proof] = form.exec(mark ?? '') ?? []
    if (name === undefined || proof === undefined) return undefined
    return timingSafeEqual(this.#proof(name), Buffer.from(proof, 'base64url')) ? name : undefined
  }

  #proof(name: string): Buffer {
    return createHmac('sha256', this.#key).update(name).digest()
  }
}
