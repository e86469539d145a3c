import { beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import { headText } from '../../kernel/entry.ts'
import { know } from '../../kernel/pack/kinds.ts'
import { kernelPack } from '../../kernel/site/kernel-pack.ts'
import { sequence } from '../../kernel/site/sequencer.ts'
import { SiteViews } from '../../kernel/site/views.ts'
import { Dice } from '../random.ts'
import { clumsy } from './pack.ts'

let views: SiteViews
let seq: number

beforeEach(() => {
  views = new SiteViews(openSqlite(':memory:', { durable: false }), know(kernelPack, [clumsy]))
  seq = 0
})

const moment = { at: [1, 0, 3] as const, random: new Dice('clumsy') }

function record(kind: string, body: unknown): void {
  const from = { box: 'box1', stream: 'stream1', seq: (seq += 1) }
  const row = { seq, head: headText({ form: 'r', at: moment.at, kind, from }), body: JSON.stringify(body) }
  sequence(views, [{ do: 'records', box: 'box1', stream: 'stream1', rows: [row] }], moment)
}

const ask = (action: string) =>
  sequence(views, [{ do: 'act', action, key: action, who: 'anna', input: { words: 'm' } }], moment)
    .outcomes[0]

test('a count that its table does not take is skipped, and the log goes on', () => {
  record('clumsy.counted', { sensor: 's', count: 1, value: 0.5 })
  record('clumsy.counted', { sensor: 's', count: 2, value: 7 })
  expect(views.kernel.skipped.all()).toMatchObject([{ n: 1 }])
  expect(views.rows(clumsy)['meters']?.all()).toEqual([{ sensor: 's', count: 2, value: 7 }])
})

test('words that nobody says fail alone', () => {
  record('clumsy.shouted', { words: '', loudness: null })
  record('clumsy.shouted', { words: 'so it is', loudness: 90 })
  expect(views.kernel.quarantine.all()).toMatchObject([{ n: 1, kind: 'clumsy.shouted' }])
  expect(views.rows(clumsy)['shouts']?.all()).toEqual([
    { n: 2, i: 0, loudness: 90, loud: true, words: ['so', 'it', 'is'] },
  ])
})

test('an action with a mistake leaves nothing in the log', () => {
  for (const action of ['shout', 'stumble', 'boast'])
    expect(ask(`clumsy.${action}`)).toMatchObject({ did: 'refused', code: 'internal' })
  expect(ask('clumsy.drone')).toMatchObject({ did: 'refused', code: 'too-large' })
  expect(views.cursor.n).toBe(0)
  expect(ask('clumsy.say')).toMatchObject({ did: 'act', n: 1 })
})
