import type { Outcome } from './order.ts'

/** What a driver is given for one try of an order. */
export type Job = {
  readonly site: string
  readonly order: string
  readonly params: unknown
  /** From 1. */
  readonly attempt: number
  /** Milliseconds to the order's deadline, counted now. */
  readonly leftMs: () => number
  /** Told when it was cancelled, or has run for as long as its kind may. */
  readonly stop: AbortSignal
}

/** How a try ended. `refused`: nothing was done, and trying again would not help. What is thrown is `failed`. */
export type Tried =
  | { readonly is: 'done'; readonly result?: unknown }
  | { readonly is: 'failed'; readonly error: string }
  | { readonly is: 'refused'; readonly error: string }

/** A try that this process did not see: it died, or its machine did. */
export type Interrupted = Pick<Job, 'site' | 'order' | 'params' | 'attempt'> & {
  /** The boot in which the try was begun. */
  readonly boot: string
}

/** Does what orders of one kind say. Resolves only when the effect was seen. */
export type OrderDriver = {
  readonly run: (job: Job) => Promise<Tried>
  /** Looks whether an interrupted try had its effect; undefined: it cannot tell. */
  readonly check?: ((job: Interrupted) => Promise<Tried | undefined>) | undefined
}

/** By full kind of order. */
export type OrderDrivers = Readonly<Record<string, OrderDriver>>

/** How an order ended, as its box says it. */
export type End = {
  readonly outcome: Outcome
  readonly result?: unknown
  readonly error?: string | undefined
}
