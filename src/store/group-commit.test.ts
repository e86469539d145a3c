import { describe, expect, test } from 'vitest'
import { GroupCommit, type Call, type GroupCommitOptions } from './group-commit.ts'
import { manualTime } from './manual-time.ts'
import { records, stream } from './truth-samples.ts'
import type { Outcome } from './truth-sqlite.ts'
import { StoreError } from './truth.ts'

const note = (name: string): Call => [{ do: 'note', name, value: '' }]

describe('groups', () => {
  test('STORE-2 calls of one moment go together, those that come meanwhile go next, in their order', async () => {
    const disk = new Disk()
    const ends = [disk.commit('a'), disk.commit('b')]
    await settled()
    ends.push(disk.commit('c'), disk.commit('d'))
    await disk.finish()
    await disk.finish()
    await Promise.all(ends)
    expect(disk.groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('a burst is split by the number of calls', async () => {
    const disk = new Disk({ maxCalls: 2 })
    const ends = ['a', 'b', 'c', 'd', 'e'].map((name) => disk.commit(name))
    for (const _ of [1, 2, 3]) await disk.finish()
    await Promise.all(ends)
    expect(disk.groups).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('a burst is split by its text, and a call that is larger goes alone', async () => {
    const sizes: number[] = []
    const run = async (calls: readonly Call[]) => {
      sizes.push(calls.length)
      return calls.map(() => 'done' as const)
    }
    const group = new GroupCommit(run, { ...manualTime(), maxChars: 100 })
    const put = (from: number, to: number) =>
      group.commit([{ do: 'records', ...stream, rows: records(from, to) }])
    await Promise.all([put(1, 3), put(4, 6), put(7, 40), put(41, 41)])
    expect(sizes).toEqual([2, 1, 1])
  })

  test('STORE-3 a call that is refused rejects alone', async () => {
    const disk = new Disk()
    const ends = Promise.allSettled([disk.commit('a'), disk.commit('b')])
    await disk.finish(['done', new StoreError('fence', 'no')])
    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(disk.group.health.now().state).toBe('ok')
  })

  test('STORE-16 close lets the calls before it end and refuses those after it', async () => {
    const disk = new Disk()
    const early = disk.commit('a')
    const closing = disk.group.close()
    await expect(disk.commit('b')).rejects.toMatchObject({ reason: 'closed' })
    await disk.finish()
    await Promise.all([early, closing])
    expect(disk.time.pending()).toBe(0)
  })
})

describe('health', () => {
  test('STORE-15 slow while the oldest call has waited over a second, also counted across groups', async () => {
    const disk = new Disk()
    const first = disk.commit('a')
    await settled()
    disk.time.pass(600)
    const second = disk.commit('b')
    disk.time.pass(399)
    expect(disk.told).toEqual([])
    disk.time.pass(1)
    expect(disk.told).toEqual(['slow'])
    await disk.finish()
    await first
    expect(disk.told).toEqual(['slow', 'ok'])
    disk.time.pass(600)
    expect(disk.told).toEqual(['slow', 'ok', 'slow'])
    await disk.finish()
    await second
    expect(disk.told).toEqual(['slow', 'ok', 'slow', 'ok'])
    expect(disk.time.pending()).toBe(0)
  })

  test('STORE-15 full until a commit succeeds; what waited behind the failure fails with it', async () => {
    const disk = new Disk()
    const ends = [disk.commit('a')]
    await settled()
    ends.push(disk.commit('b'))
    const rejected = Promise.allSettled(ends)
    await disk.finish(new StoreError('full', 'the disk is full'))
    expect((await rejected).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(disk.group.health.now()).toEqual({ state: 'full', detail: 'the disk is full' })
    const next = disk.commit('c')
    await disk.finish()
    await next
    expect(disk.groups).toEqual([['a'], ['c']])
    expect(disk.told).toEqual(['full', 'ok'])
  })

  test('STORE-15 failing on any other error of the disk, and it outweighs slow', async () => {
    const disk = new Disk()
    const first = disk.commit('a')
    const ends = Promise.allSettled([first])
    await disk.finish(new Error('cable'))
    expect(await ends).toMatchObject([{ reason: { message: 'cable' } }])
    const second = disk.commit('b')
    disk.time.pass(5000)
    expect(disk.group.health.now().state).toBe('failing')
    await disk.finish()
    await second
    expect(disk.told).toEqual(['failing', 'ok'])
  })

  test('whoever stopped listening is told no more', async () => {
    const disk = new Disk()
    const states: string[] = []
    const stop = disk.group.health.on(({ state }) => states.push(state))
    disk.group.health.refused(new Error('cable'))
    stop()
    disk.group.health.succeeded()
    expect(states).toEqual(['failing'])
  })
})

/** An executor whose groups end when the test says so. */
class Disk {
  readonly groups: string[][] = []
  readonly told: string[] = []
  readonly time = manualTime()
  readonly group: GroupCommit
  #end: PromiseWithResolvers<readonly Outcome[]> | undefined

  constructor(bounds: Pick<GroupCommitOptions, 'maxCalls'> = {}) {
    this.group = new GroupCommit((calls) => this.#run(calls), {
      clock: this.time.clock,
      timers: this.time.timers,
      ...bounds,
    })
    this.group.health.on(({ state }) => this.told.push(state))
  }

  commit(name: string): Promise<void> {
    return this.group.commit(note(name))
  }

  async finish(how: readonly Outcome[] | Error = []): Promise<void> {
    await settled()
    if (how instanceof Error) this.#end?.reject(how)
    else this.#end?.resolve(how.length > 0 ? how : (this.groups.at(-1) ?? []).map(() => 'done'))
    await settled()
  }

  #run(calls: readonly Call[]): Promise<readonly Outcome[]> {
    this.groups.push(calls.map((call) => (call[0]?.do === 'note' ? call[0].name : '')))
    this.#end = Promise.withResolvers()
    return this.#end.promise
  }
}

/** Lets everything that is already resolved run on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}
