import { expect, test } from 'vitest'
import { settled } from '../manual-machine.ts'
import { Lane } from './lane.ts'

test('one at a time, in the order of asking', async () => {
  const lane = new Lane()
  const happened: string[] = []
  const gates = new Map<string, () => void>()
  const work = (name: string) => async () => {
    happened.push(`${name} begins`)
    await new Promise<void>((resolve) => gates.set(name, resolve))
    happened.push(`${name} ends`)
    return name
  }
  const ends = [lane.run(work('a')), lane.run(work('b'))]
  await settled()
  expect(happened).toEqual(['a begins'])
  gates.get('a')?.()
  await settled()
  expect(happened).toEqual(['a begins', 'a ends', 'b begins'])
  gates.get('b')?.()
  expect(await Promise.all(ends)).toEqual(['a', 'b'])
})

test('what throws, throws to its caller only; the lane goes on', async () => {
  const lane = new Lane()
  const bad = lane.run(async () => {
    throw new Error('mine')
  })
  const worse = lane.run(() => {
    throw new Error('at once')
  })
  const good = lane.run(async () => 'good')
  await expect(bad).rejects.toThrow('mine')
  await expect(worse).rejects.toThrow('at once')
  expect(await good).toBe('good')
})
