import { expect, test } from 'vitest'
import { Dice } from './random.ts'

const draws = (dice: Dice, count = 50) => Array.from({ length: count }, () => dice.int(0, 1_000_000))

test('a seed draws the same for ever', () => {
  expect(draws(new Dice('a'))).toEqual(draws(new Dice('a')))
  expect(draws(new Dice('a'))).not.toEqual(draws(new Dice('b')))
})

test('a fork depends on its name, not on what was drawn before', () => {
  const untouched = new Dice('a')
  const used = new Dice('a')
  draws(used)
  used.fork('other')
  expect(draws(used.fork('one'))).toEqual(draws(untouched.fork('one')))
  expect(draws(used.fork('one'))).not.toEqual(draws(used.fork('two')))
})

test('draws are spread evenly, ends included', () => {
  const dice = new Dice('even')
  const counts = new Map<number, number>()
  for (let i = 0; i < 60_000; i += 1) {
    const n = dice.int(1, 6)
    counts.set(n, (counts.get(n) ?? 0) + 1)
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('weights are kept, and waits have their mean', () => {
  const dice = new Dice('weights')
  const picked = Array.from({ length: 10_000 }, () => dice.weighted({ often: 9, seldom: 1, never: 0 }))
  expect(picked.filter((each) => each === 'seldom').length / 1000).toBeCloseTo(1, 0)
  expect(picked).not.toContain('never')
  const sum = Array.from({ length: 10_000 }, () => dice.wait(1000)).reduce((a, b) => a + b)
  expect(sum / 10_000 / 1000).toBeCloseTo(1, 1)
})
