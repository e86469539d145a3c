import { createRequire } from 'node:module'
import { figure } from '../parts/figure.ts'
import type { Beside } from '../parts/row.ts'

/** Somebody else's program that is measured in turn with ours. */
export type Peer = AsyncDisposable & {
  readonly name: string
  readonly round: () => Promise<void>
  /** One of each round. */
  readonly seconds: readonly number[]
  /** What to type where it is not installed; then its rounds do nothing. */
  readonly missing?: string | undefined
}

export function missingPeer(name: string, missing = 'npm run bench -- --peers'): Peer {
  return { name, missing, seconds: [], round: async () => {}, [Symbol.asyncDispose]: async () => {} }
}

/** What stands beside our figure. */
export function besideOf({ name, seconds, missing }: Peer): Beside {
  return { name, figure: missing === undefined ? figure('s', seconds) : { missing } }
}

const require = createRequire(import.meta.url)

/** A package from this folder's own node_modules; undefined where it is not installed. */
export function peerPackage(name: string): unknown {
  try {
    return require(name) as unknown
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
