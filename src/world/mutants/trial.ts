import { liveOneDay } from '../day.ts'
import { Violation } from '../violation.ts'
import { isArena, scenarioOf } from './arenas.ts'

/** One arena, lived once: `arena` and `seed` say all. */
export type Trial = { readonly arena: string; readonly seed: number }

/** How it ended. An exception, or a rule that only says that something threw, proves nothing. */
export type TrialEnd = Trial & {
  readonly is: 'clean' | 'found' | 'broke'
  readonly rule: string
  readonly text: string
  readonly ms: number
}

/** Rules that say no more than that the program does not work. */
const tellNothing = new Set(['CONTRACT', 'SETUP'])

export async function live({ arena, seed }: Trial): Promise<TrialEnd> {
  if (!isArena(arena)) throw new Error(`no such arena: ${arena}`)
  const began = performance.now()
  const { failure } = await liveOneDay(`${arena} ${seed}`, { scenario: scenarioOf(arena) })
  const ms = Math.round(performance.now() - began)
  if (!failure) return { arena, seed, is: 'clean', rule: '', text: '', ms }
  const rule = failure instanceof Violation ? failure.rule : ''
  const is = rule === '' || tellNothing.has(rule) ? 'broke' : 'found'
  return { arena, seed, is, rule, text: failure.message.slice(0, 300), ms }
}

/** Lives trials, a line of JSON each, and stops at the first that finds something. */
async function liveAll(trials: readonly Trial[]): Promise<void> {
  for (const trial of trials) {
    const end = await live(trial)
    process.stdout.write(`${JSON.stringify(end)}\n`)
    if (end.is === 'found') break
  }
  // A broken kernel may leave anything behind.
  process.exit(0)
}

if (import.meta.main) await liveAll(JSON.parse(process.argv[2] ?? '[]') as Trial[])
