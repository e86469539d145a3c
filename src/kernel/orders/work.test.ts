import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Work } from './work.ts'
import { atOnce, compareWork, mayBegin } from './work.ts'

const work = (order: string, priority: number, n: number, barrier = false): Work => ({
  order,
  priority,
  n,
  barrier,
})
const names = (list: readonly Work[]) => list.map(({ order }) => order).join(' ')

test('ORDER-11 urgent first, then the older', () => {
  const line = [work('c', 5, 3), work('a', 5, 1), work('urgent', 1, 9), work('late', 9, 0)]
  expect(names(mayBegin(line, []))).toBe('urgent a c late')
})

test('ORDER-11 a barrier waits for all before it, runs alone, and holds all after it', () => {
  const [a, barrier, b] = [work('a', 5, 1), work('barrier', 5, 2, true), work('b', 5, 3)]
  expect(names(mayBegin([b, barrier, a], []))).toBe('a')
  expect(names(mayBegin([b, barrier], [a]))).toBe('')
  expect(names(mayBegin([b, barrier], []))).toBe('barrier')
  expect(names(mayBegin([b], [barrier]))).toBe('')
  expect(names(mayBegin([b], []))).toBe('b')
})

test('ORDER-11 whatever waits, all of it runs once, barriers alone, in the order of work', () => {
  const any = fc.record({ priority: fc.integer({ min: 1, max: 9 }), barrier: fc.boolean() })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (wishes, chance) => {
      const waiting = new Map(
        wishes.map((wish, n): readonly [string, Work] => [`o${n}`, { ...wish, n, order: `o${n}` }]),
      )
      const running = new Map<string, Work>()
      const began: Work[] = []
      while (waiting.size + running.size > 0) {
        for (const next of mayBegin(waiting.values(), running.values())) {
          waiting.delete(next.order)
          running.set(next.order, next)
          began.push(next)
        }
        expect(running.size).toBeGreaterThan(0)
        expect(running.size).toBeLessThanOrEqual(atOnce)
        const alone = [...running.values()].some(({ barrier }) => barrier)
        expect(alone ? running.size : 1).toBe(1)
        const ends = [...running.keys()][(chance.next().value ?? 0) % running.size] ?? ''
        running.delete(ends)
      }
      expect(began.toSorted(compareWork)).toEqual(began)
      expect(began).toHaveLength(wishes.length)
    }),
  )
})
