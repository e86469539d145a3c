import type { Box } from '../../kernel/box/contract.ts'
import type { Machine } from '../../kernel/machine.ts'

const windowMs = 60_000
/** So many different refusals a minute are told apart. */
const mostKinds = 100

export type Refusal =
  | {
      readonly kind: 'login.refused'
      readonly body: { readonly account: string | null; readonly why: string; readonly address: string }
    }
  | {
      readonly kind: 'door.refused'
      readonly body: {
        readonly who: string
        readonly what: string
        readonly why: string
        readonly address: string
      }
    }

/**
 * Writes down what was refused at the doors: the first of its kind at once, those alike within a minute as one with
 * their number. So nobody fills a log by knocking.
 */
export class RefusalLog {
  readonly #box: Pick<Box, 'record'>
  readonly #machine: Pick<Machine, 'timers' | 'log'>
  readonly #open = new Map<string, { count: number; readonly cancel: () => void }>()

  constructor(box: Pick<Box, 'record'>, machine: Pick<Machine, 'timers' | 'log'>) {
    this.#box = box
    this.#machine = machine
  }

  tell(site: string, refusal: Refusal): void {
    const name = JSON.stringify([site, refusal])
    const open = this.#open.get(name)
    if (open) {
      open.count += 1
      return
    }
    if (this.#open.size >= mostKinds) return
    const cancel = this.#machine.timers.after(windowMs, () => this.#close(name, site, refusal))
    this.#open.set(name, { count: 0, cancel })
    this.#say(site, refusal, 1)
  }

  stop(): void {
    for (const { cancel } of this.#open.values()) cancel()
    this.#open.clear()
  }

  #close(name: string, site: string, refusal: Refusal): void {
    const { count = 0 } = this.#open.get(name) ?? {}
    this.#open.delete(name)
    if (count > 0) this.#say(site, refusal, count)
  }

  #say(site: string, { kind, body }: Refusal, count: number): void {
    this.#box.record(site, [{ kind, body: { ...body, count } }]).catch((error: unknown) => {
      this.#machine.log('warn', `${kind} is not on disk: ${String(error)}`)
    })
  }
}
