import { expect, test } from 'vitest'
import type { Frame } from '../link/frames.ts'
import { frames } from '../link/frames.ts'
import { manualMachine } from '../manual-machine.ts'
import { LogBook } from './log-book.ts'
import { Metrics } from './metrics.ts'
import { News } from './news.ts'
import { samplesInMemory } from './samples.example.ts'

function opened(box = 'boxa') {
  const { machine, pass } = manualMachine()
  const samples = samplesInMemory()
  const parts = { machine, samples, box, now: () => machine.clock.mono() }
  const [metrics, log] = [new Metrics(parts), new LogBook(parts)]
  const sent: { frame: Frame<'samples'>; except: string | undefined }[] = []
  const state = { takes: 1 }
  const send = (frame: Frame<'samples'>, except?: string) => {
    if (state.takes > 0) sent.push({ frame, except })
    return state.takes
  }
  const news = new News({ ...parts, metrics, log, send })
  metrics.add('cpu', () => 0.5)
  metrics.start()
  const received = async () =>
    (await samples.read('received', { limit: 500 })).rows.map(({ values }) => [values['box'], values['text']])
  return { news, log, metrics, pass, sent, state, received }
}

const frame = (
  box: string,
  texts: readonly string[],
  more: Partial<Frame<'samples'>> = {},
): Frame<'samples'> => ({
  t: 'samples',
  box,
  hops: 0,
  measured: { cpu: 0.9 },
  lines: texts.map((text) => ({ at: 1, level: 'warn', module: 'box', site: null, text })),
  missed: 0,
  ...more,
})

test('SAMPLE-7 each sample goes to the box above, with warnings and errors, and nothing else of the log', () => {
  const { log, pass, sent } = opened()
  log.add('info', 'quiet')
  log.add('warn', 'hot')
  log.add('error', 'x'.repeat(3_000))
  pass(10_000)
  expect(sent).toHaveLength(1)
  const told = sent[0]?.frame
  expect(frames.samples.parse(told)).toMatchObject({
    box: 'boxa',
    hops: 0,
    measured: { cpu: 0.5 },
    missed: 0,
  })
  expect(told?.lines.map(({ level }) => level)).toEqual(['warn', 'error'])
  pass(10_000)
  expect(sent[1]?.frame.lines).toEqual([])
})

test('SAMPLE-7 while there is no room, few lines wait and the rest is counted', () => {
  const { log, pass, sent, state } = opened()
  state.takes = 0
  for (let i = 0; i < 50; i += 1) log.add('warn', `${i}`)
  pass(30_000)
  state.takes = 1
  pass(20_000)
  expect(sent.map(({ frame: { lines, missed } }) => [lines.length, missed])).toEqual([
    [20, 10],
    [20, 0],
  ])
})

test('SAMPLE-7 sixty lines a minute of each box, then a count', async () => {
  const { news, pass, received, sent } = opened('hub')
  for (let i = 0; i < 4; i += 1)
    news.received(
      'boxb',
      frame(
        'boxb',
        Array.from({ length: 20 }, (_, j) => `${i}.${j}`),
      ),
    )
  news.received('boxc', frame('boxc', ['mine']))
  const lines = await received()
  expect(lines.filter(([, text]) => /^\d\.\d+$/.test(String(text)))).toHaveLength(60)
  expect(lines).toContainEqual(['boxb', '20 lines are missing here'])
  expect(lines).toContainEqual(['boxc', 'mine'])
  expect(sent.at(3)?.frame).toMatchObject({ box: 'boxb', hops: 1, lines: [], missed: 20 })
  pass(60_000)
  news.received('boxb', frame('boxb', ['again']))
  expect((await received())[0]).toEqual(['boxb', 'again'])
})

test('SAMPLE-7 what comes from below goes further up, not back, and not in a circle', () => {
  const { news, metrics, sent } = opened('keep')
  news.received('boxb', frame('boxb', ['hot']))
  expect(sent).toMatchObject([{ except: 'boxb', frame: { box: 'boxb', hops: 1 } }])
  expect(metrics.last('boxb')?.measured).toEqual({ cpu: 0.9 })
  news.received('boxb', frame('boxb', ['hot'], { hops: 4 }))
  news.received('boxb', frame('keep', ['hot'], { measured: { cpu: 9 } }))
  expect(sent).toHaveLength(1)
  expect(metrics.last('keep')).toBeUndefined()
})

test('SAMPLE-6 what a box below did not mask is masked here', async () => {
  const { news, received } = opened('hub')
  news.received('boxb', frame('boxb', ['password: hunter2']))
  expect(await received()).toEqual([['boxb', 'password: …']])
})
