import type { Machine } from '../machine.ts'
import type { BlobSource } from './source.ts'
import { SourceError } from './source.ts'

type Stream = ReturnType<BlobSource['read']>

export type Hearing = {
  readonly machine: Pick<Machine, 'clock' | 'timers'>
  readonly limits: { readonly silentMs: number; readonly chunkMs: number }
  /** Ends it from outside. */
  readonly signal: AbortSignal
}

/**
 * Hands on what a source sends until it ends. Each piece must come within `silentMs`, and all of them, up to the
 * next call of `again`, within `chunkMs` of waiting; what this side takes to deal with them does not count.
 */
export async function hear(
  { machine, limits, signal }: Hearing,
  open: (signal: AbortSignal) => Stream,
  take: (piece: Uint8Array, again: () => void) => void | Promise<void>,
): Promise<void> {
  const controller = new AbortController()
  const stop = () => controller.abort()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const iterator = open(controller.signal)[Symbol.asyncIterator]()
  let left = limits.chunkMs
  const again = () => {
    left = limits.chunkMs
  }
  try {
    for (;;) {
      const began = machine.clock.mono()
      const piece = await nextOf(iterator, machine, Math.min(left, limits.silentMs), controller.signal)
      left -= machine.clock.mono() - began
      if (!piece) return
      await take(piece, again)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    // Not waited for: it may be what hangs.
    iterator.return?.().catch(() => {})
  }
}

/** Undefined at the end of what comes. */
async function nextOf(
  iterator: AsyncIterator<Uint8Array>,
  { timers }: Pick<Machine, 'timers'>,
  ms: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stopped = () => reject(new SourceError('away', 'called off'))
  const cancel = timers.after(Math.max(0, ms), () =>
    reject(new SourceError('silent', 'it lets this box wait too long')),
  )
  signal.addEventListener('abort', stopped)
  if (signal.aborted) stopped()
  try {
    const { done, value } = await Promise.race([iterator.next(), promise])
    return done ? undefined : value
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError('away', String(error))
  } finally {
    cancel()
    signal.removeEventListener('abort', stopped)
  }
}
