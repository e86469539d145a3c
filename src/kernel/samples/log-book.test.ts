import { expect, test } from 'vitest'
import { manualMachine } from '../manual-machine.ts'
import { LogBook } from './log-book.ts'
import { samplesInMemory } from './samples.example.ts'

function opened() {
  const { machine, pass, pending } = manualMachine()
  const samples = samplesInMemory()
  const book = new LogBook({ machine, samples, box: 'boxa', now: () => machine.clock.mono() })
  const texts = async (ring = 'logs') =>
    (await samples.read(ring, { limit: 500 })).rows.map(({ values }) => values['text'])
  return { book, pass, pending, samples, texts }
}

test('SAMPLE-6 lines are written five seconds together, errors at once with what came before', async () => {
  const { book, pass, texts, samples } = opened()
  book.add('info', 'one')
  book.add('warn', 'two', { site: 'fair' })
  pass(4_999)
  expect(await texts()).toEqual([])
  pass(1)
  expect(await texts()).toEqual(['two', 'one'])
  book.add('info', 'three')
  book.add('error', 'four token=abc')
  expect(await texts()).toEqual(['four token=…', 'three', 'two', 'one'])
  const [row] = (await samples.read('logs', { limit: 1 })).rows
  expect(row).toMatchObject({
    at: 5000,
    values: { box: 'boxa', level: 'error', module: 'box', boot: 'boot-1' },
  })
})

test('SAMPLE-6 debug lines are kept for two hours, and then no more', async () => {
  const { book, pass, pending } = opened()
  const lines: string[] = []
  book.onLine(({ text }) => lines.push(text))
  book.add('debug', 'before')
  book.setLevel('debug')
  book.add('debug', 'during')
  pass(2 * 3_600_000)
  book.add('debug', 'after')
  expect(lines).toEqual(['during', 'debug lines end here: they were on for two hours'])
  book.setLevel('debug')
  book.stop()
  book.add('info', 'late')
  expect(pending()).toBe(0)
})

test('drivers have a ring of their own', async () => {
  const { book, texts } = opened()
  book.add('error', 'paper jam', { module: 'driver.printer' })
  expect([await texts('logs'), await texts('drivers')]).toEqual([[], ['paper jam']])
})

test('SAMPLE-1 a flood is cut, and the log says how much is missing', async () => {
  const { book, pass, samples } = opened()
  for (let i = 0; i < 2_500; i += 1) book.add('info', `${i}`)
  pass(5_000)
  const { rows } = await samples.read('logs', { limit: 1 })
  expect(rows[0]?.values['text']).toBe('500 lines are missing here: there were too many at once')
  expect((await samples.sizes())['logs']?.rows).toBe(2_001)
})

test('a line of any length and any letters is kept', async () => {
  const { book, texts } = opened()
  book.add('error', `\ud83c ${'x '.repeat(9_000)}`)
  expect(String((await texts())[0])).toMatch(/^\ufffd x .*…$/)
})
