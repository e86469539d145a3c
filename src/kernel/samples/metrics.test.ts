import { expect, test } from 'vitest'
import { manualMachine } from '../manual-machine.ts'
import { Metrics } from './metrics.ts'
import { samplesInMemory } from './samples.example.ts'

function opened(now: () => number | null = () => 1_000_000) {
  const { machine, pass, pending, said } = manualMachine()
  const samples = samplesInMemory()
  const metrics = new Metrics({ machine, samples, box: 'boxa', now })
  const rows = async (ring: string) =>
    (await samples.read(ring, { limit: 500 })).rows.map(({ at, values }) => ({
      at,
      box: values['box'],
      stats: JSON.parse(String(values['stats'])) as unknown,
    }))
  return { metrics, pass, pending, said, samples, rows }
}

test('SAMPLE-5 six samples are a minute, sixty minutes an hour', async () => {
  const { metrics, pass, rows, pending } = opened()
  let value = 0
  metrics.add('cpu', () => (value += 1))
  metrics.start()
  pass(60_000)
  expect(await rows('minutes')).toEqual([])
  metrics.flush()
  expect(await rows('minutes')).toEqual([{ at: 1_000_000, box: 'boxa', stats: { cpu: [1, 3.5, 6, 6] } }])
  expect(metrics.last('boxa')).toEqual({ measured: { cpu: 6 }, ageMs: 0 })
  pass(3_540_000)
  metrics.flush()
  expect(await rows('minutes')).toHaveLength(60)
  expect(await rows('hours')).toEqual([{ at: 1_000_000, box: 'boxa', stats: { cpu: [1, 180.5, 360, 360] } }])
  metrics.stop()
  expect(pending()).toBe(0)
})

test('SAMPLE-5 five minutes are written together, and many rows at once', async () => {
  const { metrics, pass, rows } = opened()
  metrics.add('cpu', () => 1)
  metrics.start()
  pass(4 * 60_000)
  expect(await rows('minutes')).toEqual([])
  pass(60_000)
  expect(await rows('minutes')).toHaveLength(5)
  for (let i = 0; i < 6; i += 1) {
    for (let box = 0; box < 200; box += 1) metrics.received(`box${box}`, { cpu: 1 })
    pass(10_000)
  }
  expect((await rows('minutes')).length).toBeGreaterThanOrEqual(200)
})

test('SAMPLE-5 on an unknown clock rows are kept without a time', async () => {
  const { metrics, pass, rows } = opened(() => null)
  metrics.add('cpu', () => 1)
  metrics.start()
  pass(60_000)
  metrics.stop()
  expect((await rows('minutes'))[0]?.at).toBeNull()
})

test('a meter that cannot tell is left out; one that throws is taken away, and the others go on', () => {
  const { metrics, pass, said } = opened()
  metrics.add('heat', () => undefined)
  metrics.add('broken', () => Number.NaN)
  metrics.add('bad', () => {
    throw new Error('no such file')
  })
  const away = metrics.add('gone', () => 9)
  metrics.add('cpu', () => 0.5)
  away()
  metrics.start()
  pass(30_000)
  expect(metrics.last('boxa')?.measured).toEqual({ cpu: 0.5 })
  expect(said).toEqual(['warn bad is no longer measured: Error: no such file'])
})

test('SAMPLE-7 samples of other boxes are kept by box; those that come too fast do not count', async () => {
  const { metrics, pass, rows } = opened()
  for (let i = 1; i <= 6; i += 1) {
    metrics.received('boxb', { cpu: i })
    metrics.received('boxb', { cpu: 100 })
    pass(10_000)
  }
  metrics.flush()
  expect(await rows('minutes')).toEqual([{ at: 1_000_000, box: 'boxb', stats: { cpu: [1, 3.5, 6, 6] } }])
  expect(metrics.last('boxb')).toEqual({ measured: { cpu: 100 }, ageMs: 10_000 })
  for (let i = 0; i < 2_000; i += 1) metrics.received(`box${i}`, { cpu: 1 })
  expect([metrics.last('box900') !== undefined, metrics.last('box1900')]).toEqual([true, undefined])
})
