import { describe, expect, test } from 'vitest'
import { StoreError } from '../../store/truth.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import type { Outcome } from '../site/sequencer.ts'
import type { Link } from '../link/link.ts'
import type { Item } from '../site/writer.ts'
import { Keeper, NotKeeping, copyWaitMs } from './keeper.ts'
import { Lane } from './lane.ts'
import type { SiteParts } from './site-parts.ts'
import { SitePeer } from './site-parts.ts'

type Step = {
  readonly items: readonly Item[]
  readonly land: () => void
  readonly fail: (why: Error) => void
}

/** A keeper over a log that orders when it is told to. */
function keeping() {
  const steps: Step[] = []
  const lane = new Lane()
  const peers = new Map<string, SitePeer>()
  const { machine, pass, said, pending } = manualMachine()
  const state = { keeps: true, n: 0 }
  const log = {
    exclusive: <T>(work: () => Promise<T>) => lane.run(work),
    step: (items: readonly Item[]) =>
      new Promise((resolve, reject) => {
        const land = () => {
          const outcomes = items.map((): Outcome => ({ did: 'said', n: ++state.n }))
          resolve({ rows: [], outcomes })
        }
        steps.push({ items, land, fail: reject })
      }),
  }
  const parts = { site: 'fair', machine, peers, log, now: () => [0, null, 0] }
  const keeper = new Keeper(parts as unknown as SiteParts, () => state.keeps)
  return { keeper, steps, state, peers, pass, said, pending }
}

/** A linked box: what it has on disk, and what was sent to it. */
function peerAt(acked: number, sentUpTo: number | undefined): SitePeer {
  const peer = new SitePeer({} as Link, false, 'whole')
  peer.acked = acked
  peer.sentUpTo = sentUpTo
  return peer
}

const item = (key: string): Item => ({ do: 'act', action: 'toy.pay', key, who: 'ada', input: null })
const keys = ({ items }: Step) => items.map((each) => (each.do === 'act' ? each.key : each.do))

describe('ordering', () => {
  test('LOG-21 what comes while a step is under way is the next step, whole and in order', async () => {
    const { keeper, steps } = keeping()
    const ends = [keeper.submit(item('a')), keeper.submit(item('b'))]
    await settled()
    ends.push(keeper.submit(item('c')), keeper.submit(item('d')))
    await settled()
    expect(steps.map(keys)).toEqual([['a', 'b']])
    steps[0]?.land()
    await settled()
    expect(steps.map(keys)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    steps[1]?.land()
    expect(await Promise.all(ends)).toEqual([1, 2, 3, 4].map((n) => ({ did: 'said', n })))
  })

  test('after a quiet moment it orders again', async () => {
    const { keeper, steps } = keeping()
    for (const [step, key] of ['a', 'b', 'c'].entries()) {
      const end = keeper.submit(item(key))
      await settled()
      steps[step]?.land()
      expect(await end).toEqual({ did: 'said', n: step + 1 })
      await settled()
    }
  })

  test('LOG-21 a burst is ordered in steps of 512', async () => {
    const { keeper, steps } = keeping()
    const ends = Array.from({ length: 1100 }, (_, index) => keeper.submit(item(`${index}`)))
    for (let step = 0; step < 3; step++) {
      await settled()
      steps[step]?.land()
    }
    await Promise.all(ends)
    expect(steps.map(({ items }) => items.length)).toEqual([512, 512, 76])
  })

  test('TERM-4 nothing is ordered after a hand-over: those behind it hear that this box keeps no more', async () => {
    const { keeper, steps, state } = keeping()
    const first = keeper.submit(item('a'))
    const last = keeper.submit(item('hand over'), 'last')
    const behind = keeper.submit(item('b'))
    await settled()
    expect(steps.map(keys)).toEqual([['a', 'hand over']])
    state.keeps = false
    steps[0]?.land()
    await Promise.all([first, last])
    await expect(behind).rejects.toBeInstanceOf(NotKeeping)
    expect(steps).toHaveLength(1)
  })

  test('TERM-9 a box that does not keep orders nothing', async () => {
    const { keeper, steps, state } = keeping()
    state.keeps = false
    await expect(keeper.submit(item('a'))).rejects.toBeInstanceOf(NotKeeping)
    expect(steps).toEqual([])
  })

  test('TERM-9 a box that stops keeping: those who wait hear it, the step under way ends as it ends', async () => {
    const { keeper, steps } = keeping()
    const flying = keeper.submit(item('a'))
    await settled()
    const waiting = keeper.submit(item('b'))
    keeper.abandon()
    await expect(waiting).rejects.toBeInstanceOf(NotKeeping)
    steps[0]?.land()
    expect(await flying).toEqual({ did: 'said', n: 1 })
  })

  test('LOG-21 a step that fails fails for all in it, and the next goes on', async () => {
    const { keeper, steps, said } = keeping()
    const lost = [keeper.submit(item('a')), keeper.submit(item('b'))]
    await settled()
    const next = keeper.submit(item('c'))
    steps[0]?.fail(new StoreError('full', 'the disk is full'))
    for (const each of lost) await expect(each).rejects.toMatchObject({ reason: 'full' })
    await settled()
    steps[1]?.land()
    expect(await next).toMatchObject({ did: 'said' })
    expect(said).toEqual([])
  })

  test('a step that breaks is told to the people who look after the machine', async () => {
    const { keeper, steps, said } = keeping()
    const lost = keeper.submit(item('a'))
    await settled()
    steps[0]?.fail(new Error('a mistake of ours'))
    await expect(lost).rejects.toThrow('a mistake of ours')
    expect(said).toEqual(['error fair: Error: a mistake of ours'])
  })
})

describe('second copies', () => {
  test('LOG-13 without a follower there is nothing to wait for', async () => {
    const { keeper, peers, pending } = keeping()
    expect(await keeper.copies(5)).toBe(1)
    peers.set('guest', peerAt(0, undefined))
    expect(await keeper.copies(5)).toBe(1)
    expect(pending()).toBe(0)
  })

  test('LOG-13 a box on a branch of its own is no second copy, however long its log', async () => {
    const { keeper, peers } = keeping()
    peers.set('other branch', peerAt(99, undefined))
    expect(await keeper.copies(5)).toBe(1)
  })

  test('LOG-13 the answer waits until a follower has the entry on disk', async () => {
    const { keeper, peers, pending } = keeping()
    const peer = peerAt(4, 5)
    peers.set('follower', peer)
    let copies = 0
    const counted = keeper.copies(5).then((count) => (copies = count))
    keeper.followersChanged()
    await settled()
    expect(copies).toBe(0)
    peer.acked = 5
    keeper.followersChanged()
    await counted
    expect([copies, pending()]).toEqual([2, 0])
    expect(await keeper.copies(5)).toBe(2)
  })

  test('LOG-13 and no longer than 300 ms', async () => {
    const { keeper, peers, pass } = keeping()
    peers.set('slow', peerAt(4, 5))
    let copies = 0
    const counted = keeper.copies(5).then((count) => (copies = count))
    pass(copyWaitMs - 1)
    await settled()
    expect(copies).toBe(0)
    pass(1)
    await counted
    expect(copies).toBe(1)
  })

  test('LOG-13 when the last follower leaves, nobody is waited for', async () => {
    const { keeper, peers, pending } = keeping()
    peers.set('follower', peerAt(4, 5))
    const counted = keeper.copies(5)
    peers.clear()
    keeper.followersChanged()
    expect(await counted).toBe(1)
    expect(pending()).toBe(0)
  })

  test('LOG-13 each waits for its own entry', async () => {
    const { keeper, peers } = keeping()
    const peer = peerAt(4, 9)
    peers.set('follower', peer)
    const happened: number[] = []
    const ends = [5, 7].map((n) => keeper.copies(n).then(() => happened.push(n)))
    peer.acked = 6
    keeper.followersChanged()
    await settled()
    expect(happened).toEqual([5])
    peer.acked = 7
    keeper.followersChanged()
    await Promise.all(ends)
    expect(happened).toEqual([5, 7])
  })
})
