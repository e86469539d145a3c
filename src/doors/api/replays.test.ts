import { expect, test } from 'vitest'
import { Replays } from './replays.ts'

test('DOOR-1 an answer is told again for ten minutes, and no longer', async () => {
  let now = 0
  let runs = 0
  const replays = new Replays(() => now)
  const ask = (key: string, asked: string) => replays.once(key, asked, () => Promise.resolve((runs += 1)))
  expect(await ask('marie/k', '{"name":"a"}')).toBe(1)
  expect(await ask('marie/k', '{"name":"a"}')).toBe(1)
  expect(ask('marie/k', '{"name":"b"}')).toBeUndefined()
  expect(await ask('jo/k', '{"name":"b"}')).toBe(2)
  now = 10 * 60_000
  expect(await ask('marie/k', '{"name":"b"}')).toBe(3)
  expect(replays.size).toBe(1)
})

test('DOOR-1 what failed is tried again, and what is remembered is bounded', async () => {
  const replays = new Replays(() => 0)
  const failing = () => Promise.reject(new Error('away'))
  await expect(replays.once('k', 'x', failing)).rejects.toThrow('away')
  await new Promise((resolve) => setImmediate(resolve))
  expect(await replays.once('k', 'x', () => Promise.resolve('now'))).toBe('now')
  for (let i = 0; i < 3000; i += 1) await replays.once(`k${i}`, 'x', () => Promise.resolve(i))
  expect(replays.size).toBeLessThanOrEqual(1000)
})
