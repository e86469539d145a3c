import { createRequire } from 'node:module'

/** Somebody else's program that is measured in turn with ours. */
export type Peer = AsyncDisposable & {
  readonly round: () => Promise<void>
  /** One of each round. */
  readonly seconds: readonly number[]
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
