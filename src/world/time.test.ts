import { expect, test } from 'vitest'
import { Agenda } from './agenda.ts'
import { Process } from './process.ts'
import { Dice } from './random.ts'
import { Time } from './time.ts'

test('the agenda gives what is soonest, and what was planned first at the same moment', () => {
  const dice = new Dice('agenda')
  const agenda = new Agenda()
  const planned = Array.from({ length: 500 }, () => agenda.add(dice.int(0, 50), () => {}))
  const taken = planned.map(() => agenda.take())
  expect(taken).toEqual(planned.toSorted((a, b) => a.at - b.at || a.order - b.order))
  expect(agenda.take()).toBeUndefined()
})

test('everything that follows from an event happens before the next one', async () => {
  const time = new Time()
  const seen: string[] = []
  const deep = async (name: string) => {
    for (let i = 0; i < 500; i += 1) await Promise.resolve()
    seen.push(`${name} done at ${time.now}`)
  }
  time.after(5, () => void deep('one'))
  time.after(5, () => void deep('two'))
  time.after(6, () => seen.push('three'))
  await time.run(100)
  expect(seen).toEqual(['one done at 5', 'two done at 5', 'three'])
  expect(time.now).toBe(100)
})

test('what is called off does not happen', async () => {
  const time = new Time()
  const seen: number[] = []
  const cancel = time.after(10, () => seen.push(10))
  time.after(5, cancel)
  time.after(20, () => seen.push(20))
  await time.run(15)
  expect(seen).toEqual([])
  await time.run(25)
  expect(seen).toEqual([20])
})

test('what a process planned dies with it', async () => {
  const time = new Time()
  const process = new Process('box/1', time)
  const seen: string[] = []
  process.after(10, () => seen.push('timer'))
  void process.wait(10).then(() => seen.push('wait'))
  process.onEnd((how) => seen.push(how))
  time.after(5, () => process.end('killed'))
  await time.run(100)
  expect(seen).toEqual(['killed'])
  expect(process.timers).toBe(0)
  process.after(1, () => seen.push('late'))
  await time.run(200)
  expect(seen).toEqual(['killed'])
})
