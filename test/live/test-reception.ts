import { mayWith } from '../../src/kernel/pack/roles.ts'
import type { Reception, Shown } from '../../src/doors/live/reception.ts'
import type { Visitor } from '../../src/doors/visitor.ts'
import { nobody } from '../../src/doors/visitor.ts'

/** People who show `session=<name>` or `Bearer <name>`, with roles that are given and taken away. */
export class TestReception implements Reception {
  readonly #people = new Map<string, Readonly<Record<string, readonly string[]>>>()
  readonly #watching = new Set<() => void>()
  /** How long it takes to find somebody out. */
  slowMs = 0
  isBroken = false

  /** `roles`: by site. */
  set(who: string, roles: Readonly<Record<string, readonly string[]>> | undefined): void {
    if (roles) this.#people.set(who, roles)
    else this.#people.delete(who)
    for (const tell of this.#watching) tell()
  }

  get watching(): number {
    return this.#watching.size
  }

  readonly visitorOf = async ({ headers }: Shown): Promise<Visitor> => {
    if (this.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, this.slowMs))
    if (this.isBroken) throw new Error('the accounts cannot be read')
    const [, cookie] = /session=(\w+)/.exec(headers.cookie ?? '') ?? []
    const [, token] = /^Bearer (\w+)$/.exec(headers.authorization ?? '') ?? []
    const who = token ?? cookie ?? ''
    const roles = this.#people.get(who)
    if (!roles) return nobody
    const kind = token === undefined ? 'person' : 'token'
    return { kind, who, may: ({ allow }, site) => mayWith(roles[site] ?? [], allow) }
  }

  readonly watch = (_: Shown, tell: () => void) => {
    this.#watching.add(tell)
    return () => void this.#watching.delete(tell)
  }
}
