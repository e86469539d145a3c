import { describe, expect, test } from 'vitest'
import type { ReadGate } from '../../store/truth-front.ts'
import { answerRead, TruthFront } from '../../store/truth-front.ts'
import { SqliteTruth } from '../../store/truth-sqlite.ts'
import { openTruthFile } from '../../store/truth-tables.ts'
import type { Recording } from '../box/journal.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import { Applying } from './applying.ts'
import type { Desired } from './desired.ts'
import type { Document } from './document.ts'
import { documentHash } from './document.ts'
import type { SettingHandler } from './handler.ts'

const second = 1_000

/** A device with a memory of its own, which a test can spoil. */
function panel() {
  const state = {
    has: {} as Document,
    is: 'well' as 'well' | 'picky' | 'ill' | 'broken' | 'deaf' | 'deadly',
    applied: [] as Document[],
  }
  const handler: SettingHandler = {
    check: async () => (state.is === 'picky' ? 'no such colour' : null),
    apply: async (document) => {
      state.applied.push(document)
      if (state.is === 'deaf' || state.is === 'deadly') return new Promise(() => {})
      if (state.is === 'broken' && document['v'] !== 1) throw new Error('the cable is loose')
      state.has = document
    },
    health: async () => (state.is === 'ill' && state.has['v'] !== 1 ? 'it smokes' : null),
    read: async () => state.has,
  }
  return { state, handler }
}

/** A box whose settings are what the test says. */
function box() {
  const db = openTruthFile(':memory:')
  const time = manualMachine()
  const device = panel()
  const said: Recording[] = []
  let desired: Desired | undefined
  let applying: Applying | undefined
  const start = async () => {
    applying?.stop()
    const core = new SqliteTruth(db)
    const read = (async (name, ...values) => answerRead(core.reads, name, values)) as ReadGate
    const write = async (calls: Parameters<SqliteTruth['commitGroup']>[0]) => core.commitGroup(calls)
    const truth = new TruthFront({ write, read, close: async () => {} }, time.machine)
    applying = new Applying({
      site: 'hall',
      machine: time.machine,
      truth,
      notes: await truth.notes(),
      handlers: new Map([['toy', device.handler]]),
      record: async (facts) => said.push(...facts),
      desired: async () => desired,
    })
    applying.poke()
    await pass(0)
  }
  const pass = async (ms: number) => {
    for (let left = ms; left >= 0; left -= second) {
      time.pass(Math.min(left, second))
      for (let i = 0; i < 8; i++) await settled()
    }
  }
  const want = async (v: number | null, site: number, hub = 0) => {
    const document: Document = v === null ? {} : { toy: { v } }
    const hash = documentHash(document)
    desired = { document, hash, versions: { 'site:hall': { hub, site, hash } } }
    applying?.poke()
    await pass(0)
  }
  const told = () => said.splice(0).map(({ kind, body }) => ({ kind, ...(body as object) }))
  return {
    start,
    pass,
    want,
    told,
    device: device.state,
    stop: () => applying?.stop(),
    pending: time.pending,
  }
}

async function withFirst() {
  const here = box()
  await here.start()
  await here.want(1, 1)
  here.told()
  here.device.applied.splice(0)
  return here
}

describe('a new version', () => {
  test('SET-10 is checked, put into effect, found well, and answered as applied', async () => {
    const { start, want, told, device } = box()
    await start()
    await want(1, 1)
    expect(device.has).toEqual({ v: 1 })
    expect(told()).toMatchObject([
      {
        kind: 'setting.answered',
        target: 'site:hall',
        site: { from: 1, to: 1 },
        hub: null,
        outcome: 'applied',
        hash: documentHash({ toy: { v: 1 } }),
      },
    ])
  })

  test('SET-11 an absent box applies only the newest, and answers for all', async () => {
    const { want, told, device } = await withFirst()
    await want(7, 24, 3)
    expect(device.applied).toEqual([{ v: 7 }])
    expect(told()).toMatchObject([{ site: { from: 2, to: 24 }, hub: { from: 1, to: 3 }, outcome: 'applied' }])
  })

  test('SET-11 that changes nothing here is answered all the same, once', async () => {
    const { want, told, device, start } = await withFirst()
    await want(1, 2)
    await start()
    expect(told()).toMatchObject([{ site: { from: 2, to: 2 }, outcome: 'applied' }])
    expect(device.applied).toEqual([])
  })

  test('SET-11 of another branch of the log, with the same number, is answered again', async () => {
    const { want, told } = await withFirst()
    await want(2, 1)
    expect(told()).toMatchObject([{ site: { from: 1, to: 1 }, outcome: 'applied' }])
  })
})

describe('what a box cannot have', () => {
  test('SET-10 is refused by a check, and nothing has changed', async () => {
    const { want, told, device } = await withFirst()
    device.is = 'picky'
    await want(2, 2)
    expect(device.applied).toEqual([])
    expect(told()).toMatchObject([{ outcome: 'refused', reason: 'toy: no such colour', site: { to: 2 } }])
  })

  test('SET-10 is refused when it does not get well in 20 s, and the last good version is back', async () => {
    const { want, told, device, pass } = await withFirst()
    device.is = 'ill'
    await want(2, 2)
    await pass(19 * second)
    expect([device.has, told()]).toEqual([{ v: 2 }, []])
    await pass(2 * second)
    expect(device.has).toEqual({ v: 1 })
    expect(told()).toMatchObject([{ outcome: 'refused', reason: 'toy: it smokes' }])
  })

  test('SET-10 is refused when it throws, and the last good version is back', async () => {
    const { want, told, device } = await withFirst()
    device.is = 'broken'
    await want(2, 2)
    expect(device.applied).toEqual([{ v: 2 }, { v: 1 }])
    expect(told()).toMatchObject([{ outcome: 'refused', reason: 'toy: the cable is loose' }])
  })

  test('SET-10 is refused when nothing answers, also where going back fails too', async () => {
    const { want, told, device, pass } = await withFirst()
    device.is = 'deaf'
    await want(2, 2)
    await pass(110 * second)
    expect(told()).toMatchObject([{ outcome: 'refused', reason: 'toy: it does not answer' }])
  })

  test('SET-10 is not tried again by itself, and asked anew by the next version', async () => {
    const { want, told, device, start } = await withFirst()
    device.is = 'broken'
    await want(2, 2)
    await start()
    expect(device.applied).toEqual([{ v: 2 }, { v: 1 }])
    device.is = 'well'
    await want(2, 3)
    expect(told()).toMatchObject([{ outcome: 'refused' }, { outcome: 'applied', site: { from: 3, to: 3 } }])
  })
})

describe('a box that ends in the middle', () => {
  test('SET-12 tries once more after its restart', async () => {
    const { want, told, device, start } = await withFirst()
    device.is = 'deadly'
    await want(2, 2)
    device.is = 'well'
    await start()
    expect(device.applied).toEqual([{ v: 2 }, { v: 2 }])
    expect(told()).toMatchObject([{ outcome: 'applied', site: { from: 2, to: 2 } }])
  })

  test('SET-12 that ends twice gives it up, goes back, and says so', async () => {
    const { want, told, device, start } = await withFirst()
    device.is = 'deadly'
    await want(2, 2)
    await start()
    device.is = 'well'
    await start()
    expect(device.has).toEqual({ v: 1 })
    expect(told()).toMatchObject([{ outcome: 'refused', site: { from: 2, to: 2 } }])
    await start()
    expect(told()).toEqual([])
  })

  test('SET-12 and finds a newer version at its restart, puts that into effect', async () => {
    const { want, told, device, start, stop } = await withFirst()
    device.is = 'deadly'
    await want(2, 2)
    stop()
    device.is = 'well'
    await want(3, 3)
    await start()
    expect(device.has).toEqual({ v: 3 })
    expect(told()).toMatchObject([{ outcome: 'applied', site: { from: 2, to: 3 } }])
  })

  test('SET-12 and finds a newer one that it cannot have, goes back to the last good one', async () => {
    const { want, device, start, stop } = await withFirst()
    device.is = 'deadly'
    await want(2, 2)
    stop()
    device.has = { v: 2 }
    device.is = 'picky'
    await want(3, 3)
    await start()
    expect(device.has).toEqual({ v: 1 })
  })
})

describe('drift', () => {
  test('SET-13 each minute what differs is listed and repaired, and said once while it stays so', async () => {
    const { device, told, pass } = await withFirst()
    device.has = { v: 9, left: 'over' }
    await pass(60 * second)
    expect(told()).toMatchObject([
      {
        kind: 'setting.drifted',
        hash: documentHash({ toy: { v: 1 } }),
        fields: [
          { path: 'toy.v', want: '1', have: '9' },
          { path: 'toy.left', want: '', have: '"over"' },
        ],
        more: 0,
      },
    ])
    expect(device.has).toEqual({ v: 1 })
    await pass(60 * second)
    expect(told()).toEqual([])
    device.has = { v: 9, left: 'over' }
    await pass(60 * second)
    expect(told()).toMatchObject([{ kind: 'setting.drifted' }])
  })

  test('SET-13 a device that nobody has ever set is left as it is; one that was set to nothing is not', async () => {
    const here = box()
    await here.start()
    here.device.has = { v: 9 }
    await here.pass(60 * second)
    expect([here.device.has, here.told()]).toEqual([{ v: 9 }, []])
    await here.want(null, 2)
    await here.pass(60 * second)
    expect(here.device.has).toEqual({})
  })

  test('SET-13 stopping leaves no timer', async () => {
    const { stop, pending } = await withFirst()
    stop()
    expect(pending()).toBe(0)
  })
})
