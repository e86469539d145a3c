import { StoreError } from '../../store/truth.ts'
import type { Machine } from '../machine.ts'

/** Lets work go on that nobody waits for. What goes wrong is said, except what the store's health says already. */
export function inBackground(machine: Machine, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof StoreError)) machine.log('error', `${what}: ${String(error)}`)
  })
}
