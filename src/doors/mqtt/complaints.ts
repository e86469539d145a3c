import type { Machine } from '../../kernel/machine.ts'

const everyMs = 10_000
/** Kinds that are remembered: clients choose their names, and could choose others for ever. */
const mostKinds = 1_000

/** Log lines that clients can cause: one of a kind in ten seconds, and how many were left out. */
export class Complaints {
  readonly #machine: Machine
  readonly #said = new Map<string, { at: number; more: number }>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get remembered(): number {
    return this.#said.size
  }

  say(kind: string, text: string): void {
    const { clock, log } = this.#machine
    const before = this.#said.get(kind)
    const now = clock.mono()
    if (before && now - before.at < everyMs) {
      before.more += 1
      return
    }
    this.#said.delete(kind)
    this.#said.set(kind, { at: now, more: 0 })
    const [oldest] = this.#said.keys()
    if (this.#said.size > mostKinds && oldest !== undefined) this.#said.delete(oldest)
    const more = before && before.more > 0 ? ` (and ${before.more} more like it)` : ''
    log('warn', `mqtt: ${text.slice(0, 500)}${more}`)
  }
}
