// Random and mutated input at every door of a box in a process of its own: whatever comes, it answers, goes on, and has
// what it acknowledged.
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { attack, countsOf, shares } from './fuzz/fuzz.ts'
import type { Door } from './fuzz/fuzz.ts'

const seed = process.env['REGIE_FUZZ_SEED'] ?? String(randomInt(1_000_000))
const all = Number(process.env['REGIE_FUZZ'] ?? 100_000)
/** `mqtt:123`: that try alone. */
const only = process.env['REGIE_FUZZ_ONLY']

test(`${only ?? all} tries at all doors`, { timeout: 7_200_000 }, async () => {
  console.log(`fuzz, seed ${seed}`)
  const [door = '', index] = only?.split(':') ?? []
  const counts = only === undefined ? countsOf(all) : { [door as Door]: index === undefined ? all : 1 }
  expect(only === undefined || door in shares).toBe(true)
  const problems = await attack({ seed, counts, from: Number(index ?? 0), tell: (line) => console.log(line) })
  expect(problems).toEqual([])
})
