import { describe, expect, test } from 'vitest'
import type { Truth, Write } from '../../store/truth.ts'
import type { Limits } from './limits.ts'
import { Retention } from './retention.ts'

const limits: Limits = {
  keptAfterTopMs: 700,
  markEveryMs: 100,
  tidyEveryMs: 1,
  baseEvery: 1,
  clockEveryMs: 1,
}

function opened(notes = new Map<string, string>()) {
  let commits = 0
  const truth = {
    notes: async () => notes,
    commit: async (writes: readonly Write[]) => {
      commits += 1
      for (const write of writes) if (write.do === 'note') notes.set(write.name, write.value)
    },
  } as unknown as Truth
  const retention = new Retention(truth, 'fair', limits)
  const seen = async (seq: number, now: number, stream = 's1') =>
    (await retention.seen(new Map([[stream, seq]]), now)).get(stream)
  return { retention, seen, notes, commits: () => commits }
}

describe('what may leave the journal', () => {
  test('LOG-14 a record goes a week after the top was seen to have it, and not before', async () => {
    const { seen } = opened()
    expect(await seen(5, 1000)).toBeUndefined()
    expect(await seen(9, 1600)).toBeUndefined()
    expect(await seen(9, 1699)).toBeUndefined()
    expect(await seen(9, 1700)).toBe(5)
    expect(await seen(9, 2299)).toBeUndefined()
    expect(await seen(9, 2300)).toBe(9)
  })

  test('LOG-14 what a top has lost again with a branch does not go', async () => {
    const { seen } = opened()
    await seen(9, 1000)
    await seen(3, 1500)
    expect(await seen(9, 1750)).toBeUndefined()
    expect(await seen(9, 2200)).toBe(3)
    expect(await seen(9, 2449)).toBeUndefined()
    expect(await seen(9, 2450)).toBe(9)
  })

  test('LOG-14 marks have a distance, so that a long week does not become a long list', async () => {
    const { seen, notes } = opened()
    for (let now = 1000; now < 1500; now++) await seen(now, now)
    expect(JSON.parse(notes.get('retention fair') ?? '{}')).toEqual({
      s1: [1000, 1100, 1200, 1300, 1400].map((at) => ({ at, seq: at })),
    })
  })

  test('nothing is written while nothing changes', async () => {
    const { seen, commits } = opened()
    for (let now = 1000; now < 1600; now += 50) await seen(5, now)
    expect(commits()).toBe(1)
  })

  test('LOG-14 the marks survive a restart', async () => {
    const before = opened()
    await before.seen(5, 1000)
    const after = opened(before.notes)
    await after.retention.load()
    expect(await after.seen(9, 1700)).toBe(5)
  })

  test('each stream has its own marks', async () => {
    const { retention } = opened()
    await retention.seen(new Map([['s1', 3]]), 1000)
    await retention.seen(
      new Map([
        ['s1', 3],
        ['s2', 8],
      ]),
      1300,
    )
    const both = new Map([
      ['s1', 3],
      ['s2', 8],
    ])
    expect(await retention.seen(both, 1700)).toEqual(new Map([['s1', 3]]))
    expect(await retention.seen(both, 2000)).toEqual(new Map([['s2', 8]]))
  })
})
