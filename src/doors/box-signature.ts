import { createHmac } from 'node:crypto'
import type { Identity } from '../kernel/link/identity.ts'
import { signText, verifyText } from '../kernel/link/identity.ts'
import type { Machine } from '../kernel/machine.ts'

/** What a box signs of a request: enough that it is of no use for anything else, anywhere else, or later (BLOB-14). */
export type Signable = {
  readonly method: string
  readonly path: string
  /** The Range header; empty where there is none. */
  readonly range: string
  /** SHA-256 of the body; empty where there is none. */
  readonly digest: string
}

export type Signature = { readonly box: string; readonly nonce: string; readonly signature: string }

export const signatureScheme = 'Regie'

export function signRequest(identity: Identity, to: string, nonce: string, request: Signable): string {
  const signature = signText(identity, textOf(identity.box, to, nonce, request))
  return `${signatureScheme} ${identity.box}.${nonce}.${signature}`
}

/** Undefined unless the header is of the form that it should have. */
export function parseSignature(header: string | undefined): Signature | undefined {
  const [, box, nonce, signature] =
    /^Regie ([0-9a-z]{4,32})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{86})$/.exec(header ?? '') ?? []
  return box && nonce && signature ? { box, nonce, signature } : undefined
}

export function verifyRequest(
  keys: readonly string[],
  to: string,
  { box, nonce, signature }: Signature,
  request: Signable,
): boolean {
  const text = textOf(box, to, nonce, request)
  return keys.some((publicKey) => verifyText(publicKey, text, signature))
}

function textOf(from: string, to: string, nonce: string, request: Signable): string {
  const { method, path, range, digest } = request
  return ['regie-request', 1, from, to, nonce, method, path, range, digest].join('\n')
}

const windowMs = 60_000

/**
 * Numbers that say that a signature is fresh. The box that is asked gives them, since a box that asks may not
 * know what time it is; each is good for one to two minutes, and nothing is kept about any of them.
 */
export class Nonces {
  readonly #secret: Uint8Array
  readonly #mono: () => number

  constructor({ random, clock }: Pick<Machine, 'random' | 'clock'>) {
    this.#secret = random.bytes(32)
    this.#mono = clock.mono
  }

  current(): string {
    return this.#at(this.#window())
  }

  isFresh(nonce: string): boolean {
    const window = this.#window()
    return nonce === this.#at(window) || nonce === this.#at(window - 1)
  }

  #window(): number {
    return Math.floor(this.#mono() / windowMs)
  }

  #at(window: number): string {
    return createHmac('sha256', this.#secret).update(String(window)).digest('base64url')
  }
}
