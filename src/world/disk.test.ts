import { beforeEach, expect, test } from 'vitest'
import type { Truth } from '../store/truth.ts'
import { Card } from './card.ts'
import { PlainClock } from './clock.ts'
import { boundaries, Disk, healthy } from './disk.ts'
import { Process } from './process.ts'
import { Dice } from './random.ts'
import { Time } from './time.ts'
import { Trace } from './trace.ts'

let time: Time
let disk: Disk
let card: Card
let starts: number

beforeEach(() => {
  time = new Time()
  disk = new Disk({ dice: new Dice('disk'), trace: new Trace(), now: () => time.now })
  card = new Card('card')
  starts = 0
})

function start(): { process: Process; truth: Truth } {
  const process = new Process(`box/${(starts += 1)}`, time)
  const clock = new PlainClock(time, { drift: 0, wrongBy: 0 })
  return { process, truth: disk.open(card, process, clock) }
}

/** How a write ended, after a while. */
async function note(truth: Truth, name: string, value = 'here', ms = 2000): Promise<string> {
  let end = 'nothing was said'
  truth.commit([{ do: 'note', name, value }]).then(
    () => (end = 'written'),
    (error: unknown) => (end = String(error)),
  )
  await time.run(time.now + ms)
  return end
}

async function notes(truth: Truth): Promise<readonly string[]> {
  let found: readonly string[] = []
  void truth.notes().then((all) => (found = [...all.keys()]))
  await time.run(time.now + 20_000)
  return found
}

test.each(boundaries)(
  'killed at %s: the caller hears nothing, and the card keeps what was committed',
  async (boundary) => {
    const { process, truth } = start()
    expect(await note(truth, 'before')).toBe('written')
    disk.killAt(boundary, 1)
    expect(await note(truth, 'during')).toBe('nothing was said')
    expect(process.alive).toBe(false)
    expect(await notes(start().truth)).toEqual(boundary === 'reply' ? ['before', 'during'] : ['before'])
  },
)

test('a full card refuses with its reason, and takes again when there is room', async () => {
  const { truth } = start()
  disk.mood = { ...healthy, full: true }
  expect(await note(truth, 'big', 'x'.repeat(100_000))).toContain('the disk is full')
  expect(truth.health().state).toBe('full')
  disk.mood = healthy
  expect(await note(truth, 'big', 'x'.repeat(100_000))).toBe('written')
  expect(truth.health().state).toBe('ok')
})

test('a card that fails refuses, and nothing is written', async () => {
  const { truth } = start()
  disk.mood = { ...healthy, failing: 1 }
  expect(await note(truth, 'a')).toContain('failed to write')
  disk.mood = healthy
  expect(await notes(truth)).toEqual([])
})

test('a stalled card answers late', async () => {
  const { truth } = start()
  disk.stall(10_000)
  const said = note(truth, 'a', 'here', 9000)
  expect(await said).toBe('nothing was said')
  await time.run(time.now + 2000)
  expect(await notes(truth)).toEqual(['a'])
})

test('an image is what the card was, whatever it becomes', async () => {
  const { truth, process } = start()
  await note(truth, 'early')
  card.views('fair-1').exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x')")
  const image = card.image()
  await note(truth, 'late')
  process.end('unplugged')
  card.destroy()
  card = new Card('card 2', image)
  expect(await notes(start().truth)).toEqual(['early'])
  expect(card.views('fair-1').prepare('SELECT * FROM t').all()).toEqual([{ a: 1, b: 'x' }])
})

test('an image leaves out views that somebody is writing into', () => {
  card.views('fair-1').exec('CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1)')
  expect(card.image().views.has('fair-1')).toBe(false)
  card.release()
  expect(card.image().views.get('fair-1')?.tables.get('t')).toEqual([])
})
