import { StoreError, type StoreHealth } from './truth.ts'

/** What is true of the disk, told to listeners when its state changes. */
export class Health {
  readonly #listeners = new Set<(health: StoreHealth) => void>()
  #slow: string | undefined
  #refused: StoreHealth | undefined
  #told: StoreHealth = { state: 'ok', detail: '' }

  now(): StoreHealth {
    return this.#told
  }

  on(tell: (health: StoreHealth) => void): () => void {
    const own = (health: StoreHealth) => tell(health)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  slow(detail: string | undefined): void {
    this.#slow = detail
    this.#tell()
  }

  /** The disk refused: this stands until a commit succeeds. */
  refused(error: unknown): void {
    const state = error instanceof StoreError && error.reason === 'full' ? 'full' : 'failing'
    this.#refused = { state, detail: error instanceof Error ? error.message : String(error) }
    this.#tell()
  }

  succeeded(): void {
    this.#refused = undefined
    this.#tell()
  }

  #tell(): void {
    const slow: StoreHealth | undefined =
      this.#slow === undefined ? undefined : { state: 'slow', detail: this.#slow }
    const health = this.#refused ?? slow ?? { state: 'ok', detail: '' }
    const changed = health.state !== this.#told.state
    this.#told = health
    if (!changed) return
    for (const tell of this.#listeners) tell(health)
  }
}
