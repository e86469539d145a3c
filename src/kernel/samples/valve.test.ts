import { expect, test } from 'vitest'
import { samplesInMemory } from './samples.example.ts'
import { Valve } from './valve.ts'

test('BLOB-11 while it is shut samples are dropped and counted, and can be read', async () => {
  const valve = new Valve(samplesInMemory())
  const rows = [{ at: 1, values: { box: 'boxa', text: 'x' } }]
  valve.append('logs', rows, 1)
  valve.set(false)
  valve.append('logs', rows, 1)
  expect([(await valve.sizes())['logs']?.rows, valve.dropped()]).toEqual([1, 1])
  valve.set(true)
  valve.append('logs', rows, 1)
  expect((await valve.read('logs', { limit: 9 })).rows).toHaveLength(2)
})
