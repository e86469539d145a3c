import { createHash } from 'node:crypto'

const keep = 400

/** What happened in a world, in order, as one hash. Two runs of a seed have the same, or one of them cheated. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #tell: ((line: string) => void) | undefined
  readonly #last: string[] = []
  #pending = ''
  #lines = 0

  /** `tell` is given every line, for a person who looks for the cause of a failure. */
  constructor(tell?: (line: string) => void) {
    this.#tell = tell
  }

  get lines(): number {
    return this.#lines
  }

  /** The newest lines, for a report. */
  get tail(): readonly string[] {
    return this.#last.slice(-keep)
  }

  note(line: string): void {
    this.#lines += 1
    this.#pending += `${line}\n`
    if (this.#pending.length > 16_384) this.#flush()
    this.#last.push(line)
    if (this.#last.length > 4 * keep) this.#last.splice(0, 3 * keep)
    this.#tell?.(line)
  }

  /** For the person who reads along only: it is no part of the hash, and not made where nobody reads. */
  aside(line: () => string): void {
    this.#tell?.(line())
  }

  digest(): string {
    this.#flush()
    return this.#hash.copy().digest('base64url')
  }

  #flush(): void {
    this.#hash.update(this.#pending)
    this.#pending = ''
  }
}
