import type { Instant } from '../../src/kernel/instant.ts'
import { Dice } from '../../src/world/random.ts'

export type Recording = { readonly kind: string; readonly body: Seen; readonly at: Instant }
type Seen = { readonly tag: string; readonly gate: string; readonly at: number; readonly hits: number }

const runners = 3_000
const gates = ['start', '10 km', '21.1 km', '30 km', 'mat A', 'mat B', 'finish'] as const
const tagLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
/** When the gun went: milliseconds since 1970, and since the boot of the box. */
const startEpoch = 1_779_000_000_000
const startMono = 86_400_000
/** On average between two chips anywhere on the course. */
const meanGapMs = 400

/**
 * What chip mats say at a race: `fair.seen` facts of 3,000 runners, who pass the gates one after the other, in
 * any order among each other. Each is stamped when its chip was read, a few milliseconds before or after its
 * own clock's time. The same seed gives the same facts.
 */
export function* facts(seed: string): Generator<Recording, never> {
  const dice = new Dice(seed)
  const tags = Array.from({ length: runners }, () =>
    Array.from({ length: 7 }, () => tagLetters[dice.int(0, tagLetters.length - 1)]).join(''),
  )
  const passed = new Uint32Array(runners)
  const hits = new Map<string, number>()
  let elapsed = 0
  for (;;) {
    const runner = dice.int(0, runners - 1)
    const gate = gates[(passed[runner] as number) % gates.length] as string
    passed[runner] = (passed[runner] as number) + 1
    const count = (hits.get(gate) ?? 0) + 1
    hits.set(gate, count)
    elapsed += dice.wait(meanGapMs)
    const mono = startMono + elapsed + dice.int(2, 40)
    const body = { tag: tags[runner] as string, gate, at: startEpoch + elapsed, hits: count }
    yield { kind: 'fair.seen', body, at: [mono, startEpoch - startMono, 2] }
  }
}

/** The next so many. */
export function take(from: Generator<Recording, never>, count: number): readonly Recording[] {
  return Array.from({ length: count }, () => from.next().value)
}
