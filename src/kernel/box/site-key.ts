import type { Vault } from '../accounts/vault.ts'
import { vaultOf } from '../accounts/vault.ts'
import type { Truth } from '../../store/truth.ts'
import type { Identity } from '../link/identity.ts'
import { sealFor, sealPublicKey, unseal } from '../link/seal.ts'
import type { Random } from '../machine.ts'

const keyBytes = 32

type Parts = {
  readonly site: string
  readonly identity: Identity
  readonly truth: Truth
  readonly random: Random
}

/**
 * The key that all boxes of a site share: what a sign-in needs where there is no hub travels under
 * it, and only a box that holds it may take the site over (SITE-3). On disk it is sealed to this box.
 */
export class SiteKey {
  readonly #parts: Parts
  #key: Uint8Array | undefined
  #vault: Vault | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get isHere(): boolean {
    return this.#key !== undefined
  }

  /** Where this site's secrets are kept; undefined until the key is here. */
  get vault(): Vault | undefined {
    if (this.#key) this.#vault ??= vaultOf(this.#key, this.#parts.random)
    return this.#vault
  }

  /** To whom this box asks the key to be sealed; null once it has it. */
  get wanted(): string | null {
    return this.#key ? null : sealPublicKey(this.#parts.identity)
  }

  load(notes: ReadonlyMap<string, string>): void {
    const sealed = notes.get(this.#note)
    if (sealed !== undefined) this.#key = unseal(this.#parts.identity, sealed)
  }

  async make(): Promise<void> {
    await this.#keep(this.#parts.random.bytes(keyBytes))
  }

  sealedFor(publicKey: string): string | undefined {
    return this.#key && sealFor(publicKey, this.#key, this.#parts.random)
  }

  /** What is not sealed for this box, or is no key, changes nothing. */
  async take(sealed: string): Promise<void> {
    if (this.#key) return
    const key = unseal(this.#parts.identity, sealed)
    if (key?.length === keyBytes) await this.#keep(key)
  }

  async #keep(key: Uint8Array): Promise<void> {
    const { identity, truth, random } = this.#parts
    const value = sealFor(sealPublicKey(identity), key, random)
    await truth.commit([{ do: 'note', name: this.#note, value }])
    this.#key = key
  }

  get #note(): string {
    return `site key ${this.#parts.site}`
  }
}
