import type { Box } from '../../kernel/box/contract.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { refusalWords } from '../../kernel/pack/kinds.ts'
import { itself } from '../../kernel/pack/roles.ts'
import type { Pack } from '../../kernel/pack/pack.ts'
import type { Machine, Timers } from '../../kernel/machine.ts'
import type { Values } from '../language.ts'
import { Trouble } from '../errors.ts'

/** What of a box is asked through this door. */
export type ApiBox = Pick<
  Box,
  'act' | 'asked' | 'handOver' | 'live' | 'now' | 'sites' | 'status' | 'takeOver' | 'time'
>

export type ApiParts = {
  readonly known: Known
  readonly machine: Pick<Machine, 'clock' | 'timers' | 'random' | 'log'>
  /** The box, once it runs. Throws a Trouble before. */
  readonly box: () => ApiBox
}

/** The kernel's own actions and queries have no prefix: outside they belong to the fleet. */
const kernelName = 'fleet'

/** Where an action or a query of a pack is asked for. */
export function pathOf({ kernel }: Known, pack: Pack, name: string): string {
  return pack === kernel
    ? `/api/${kernelName}/${name}`
    : `/api/${pack.name}/${name.slice(pack.name.length + 1)}`
}

/** Nobody from outside may ask for it, whoever he is: it has no route, and no description. */
export const isInside = ({ allow }: { readonly allow: readonly string[] }): boolean =>
  allow.every((role) => role === itself)

/** A refusal in the words of the pack that was asked. */
export function refusalOf({ known, machine }: ApiParts, pack: Pack, code: string, detail: Values): Trouble {
  const words = refusalWords(known, pack, code)
  if (words) return Trouble.refused(code, words, detail)
  machine.log('warn', `${pack.name} refuses with ${code}, of which nobody here knows the sentences`)
  return Trouble.of('refused', { refusal: code })
}

/** What the promise gives, if it comes in time. */
export function within<T>(timers: Timers, ms: number, promise: Promise<T>, late: () => Trouble): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(late()))
    promise.then(resolve, reject).finally(cancel)
  })
}

/** A request is answered within this time. */
export const answerWithinMs = 30_000
