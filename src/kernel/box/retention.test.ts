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

/** Time goes by on the clock of one boot; `boot` and `from` may be those of another. */
function opened({ notes = new Map<string, string>(), boot = 'boot1' } = {}) {
  let commits = 0
  let mono = 0
  const truth = {
    notes: async () => notes,
    commit: async (writes: readonly Write[]) => {
      commits += 1
      for (const write of writes) if (write.do === 'note') notes.set(write.name, write.value)
    },
  } as unknown as Truth
  const retention = new Retention({ truth, site: 'fair', boot, mono: () => mono, limits })
  const all = (tops: ReadonlyMap<string, number>, now: number) => {
    mono = now
    return retention.seen(tops)
  }
  const seen = async (seq: number, now: number, stream = 's1') =>
    (await all(new Map([[stream, seq]]), now)).get(stream)
  const load = (now: number) => {
    mono = now
    return retention.load()
  }
  return { all, load, seen, notes, commits: () => commits }
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
    expect(JSON.parse(notes.get('retention fair') ?? '{}')).toMatchObject({
      marks: { s1: [1000, 1100, 1200, 1300, 1400].map((since) => ({ since, seq: since })) },
    })
  })

  test('nothing is written while nothing waits; else no more often than six times from mark to mark', async () => {
    const { seen, commits } = opened()
    for (let now = 0; now < 600; now += 1) await seen(0, now)
    expect(commits()).toBe(0)
    for (let now = 1000; now < 1600; now += 1) await seen(5, now)
    expect(commits()).toBeLessThanOrEqual(36)
    for (let now = 1700; now < 2500; now += 1) await seen(5, now)
    const before = commits()
    for (let now = 2500; now < 3000; now += 1) await seen(5, now)
    expect(commits() - before).toBeLessThanOrEqual(30)
  })

  test('LOG-14 the marks survive a restart of the program', async () => {
    const before = opened()
    await before.seen(5, 1000)
    const after = opened({ notes: before.notes })
    await after.load(1600)
    expect(await after.seen(9, 1699)).toBeUndefined()
    expect(await after.seen(9, 1700)).toBe(5)
  })

  test('LOG-14 of another boot counts what had gone by in it, whatever the clocks said', async () => {
    const before = opened()
    await before.seen(5, 1000)
    await before.seen(5, 1400)
    const after = opened({ notes: before.notes, boot: 'boot2' })
    await after.load(50)
    expect(await after.seen(9, 349)).toBeUndefined()
    expect(await after.seen(9, 350)).toBe(5)
  })

  test('LOG-14 a note that cannot be read, or of a former form, counts anew', async () => {
    for (const text of ['{"s1":[{"at":1,"seq":5}]}', '{"boot":"boot1","mono":1,"marks":{"s1":7}}', '3']) {
      const { load, seen } = opened({ notes: new Map([['retention fair', text]]) })
      await load(5000)
      expect(await seen(5, 5000)).toBeUndefined()
      expect(await seen(5, 5699)).toBeUndefined()
      expect(await seen(5, 5700)).toBe(5)
    }
  })

  test('each stream has its own marks', async () => {
    const { all } = opened()
    await all(new Map([['s1', 3]]), 1000)
    await all(
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
    expect(await all(both, 1700)).toEqual(new Map([['s1', 3]]))
    expect(await all(both, 2000)).toEqual(new Map([['s2', 8]]))
  })
})
