import type { CallColumns } from './call-columns.ts'
import type { Outcome } from './truth-sqlite.ts'
import type { ReadName } from './truth-front.ts'
import { StoreError, type StoreReason } from './truth.ts'

/** What the threads of the store say to each other. Structured clone loses an error's class, so errors go as data. */
export type Ask =
  | { readonly ask: 'open' }
  | { readonly ask: 'commit'; readonly calls: CallColumns }
  | { readonly ask: 'read'; readonly name: ReadName; readonly values: readonly unknown[] }
  | { readonly ask: 'close' }

export type AskMessage = Ask & { readonly id: number }

export type AnswerMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError }

export type WireError = {
  readonly reason?: StoreReason | undefined
  readonly name: string
  readonly message: string
}
export type WireOutcomes = number | readonly ('done' | WireError)[]

/** What a store thread is started with. `regie` tells a bundled file, which starts for many ends, which one is meant. */
export type ThreadData = { readonly regie: 'truth'; readonly role: 'write' | 'read'; readonly path: string }

export function packError(error: unknown): WireError {
  if (error instanceof StoreError) return { reason: error.reason, name: error.name, message: error.message }
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: 'Error', message: String(error) }
}

export function unpackError(wire: WireError): Error {
  if (wire.reason !== undefined) return new StoreError(wire.reason, wire.message)
  const error = wire.name === 'TypeError' ? new TypeError(wire.message) : new Error(wire.message)
  error.name = wire.name
  return error
}

/** Mostly all are written: then how many they are says it. */
export function packOutcomes(outcomes: readonly Outcome[]): WireOutcomes {
  return outcomes.every((each) => each === 'done')
    ? outcomes.length
    : outcomes.map((each) => (each === 'done' ? each : packError(each)))
}

export function unpackOutcomes(wire: WireOutcomes): readonly Outcome[] {
  return typeof wire === 'number'
    ? Array.from({ length: wire }, () => 'done' as const)
    : wire.map((each) => (each === 'done' ? each : unpackError(each)))
}
