import { Dice } from '../../../src/world/random.ts'

/** What one door was tried with, and what became of it. */
export class Tally {
  readonly door: string
  readonly outcomes = new Map<string, number>()
  /** By the name under which each can be tried again. */
  readonly bad: { readonly at: string; readonly what: string }[] = []
  tries = 0

  constructor(door: string) {
    this.door = door
  }

  saw(outcome: string, tries = 1): void {
    this.tries += tries
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + tries)
  }

  wrong(index: number, what: string): void {
    this.bad.push({ at: `${this.door}:${index}`, what: what.slice(0, 1500) })
  }

  get line(): string {
    const parts = [...this.outcomes]
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
    return `${this.door}: ${this.tries} tries; ${parts.slice(0, 16).join(', ')}`
  }
}

/** What became of one try, and what is wrong with that. */
export type Played = readonly [outcome: string, wrong?: string | undefined]

/** Which tries of a door: so many, beginning with one, all made from a seed. */
export type Tries = { readonly seed: string; readonly from: number; readonly count: number }

/** The chance of one try is its own, so that it can be made alone. */
export const diceOf = ({ seed }: Tries, door: string, index: number): Dice =>
  new Dice(`${seed} ${door} ${index}`)

/** Goes through all tries, so many at a time; ends early where something is wrong. */
export async function throughAll(
  { from, count }: Tries,
  width: number,
  tally: Tally,
  one: (index: number, slot: number) => Promise<void>,
): Promise<Tally> {
  let next = from
  const walk = async (slot: number) => {
    while (next < from + count && tally.bad.length < 4) {
      const index = next
      next += 1
      await one(index, slot)
    }
  }
  await Promise.all(Array.from({ length: width }, (_, slot) => walk(slot)))
  return tally
}

/** The parts without which it goes wrong no more, as far as leaving out one after the other shows. */
export async function smallest<T>(
  parts: readonly T[],
  isWrong: (fewer: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = parts
  for (let at = parts.length - 1; at >= 0; at -= 1) {
    const fewer = left.filter((_, index) => index !== at)
    if (fewer.length < left.length && (await isWrong(fewer))) left = fewer
  }
  return left
}
