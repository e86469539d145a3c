import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReadGate } from '../../store/truth-front.ts'
import { answerRead, TruthFront } from '../../store/truth-front.ts'
import { SqliteTruth } from '../../store/truth-sqlite.ts'
import { openTruthFile } from '../../store/truth-tables.ts'
import { StoreError } from '../../store/truth.ts'
import type { Answer } from '../box/contract.ts'
import type { Quality } from '../instant.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Ask, Outcome } from '../site/sequencer.ts'
import { first, toyKeeper } from '../site/toy-keeper.ts'
import { Afar, mostInputBytes, mostOfOnePerson } from './afar.ts'

const away: Answer = { is: 'refused', code: 'keeper-away', detail: {} }
const lost: Answer = { is: 'unknown', why: 'the link broke' }
const minute = 60_000
const payLater = (key: string, cents = 5, from = 'bank'): Ask => {
  return { action: 'toy.payLater', key, who: 'ada', input: { from, to: 'a', cents } }
}

/** A box with a real store, whose keeper is the real sequencer behind a way that is as bad as the test wants. */
function box() {
  const db = openTruthFile(':memory:')
  const keeper = toyKeeper()
  const time = manualMachine()
  const state = { boot: 'boot-1', quality: 3 as Quality, offset: 1_000_000, disk: 'well' as 'well' | 'full' }
  const asked: Ask[] = []
  let way: (ask: Ask) => Answer = () => away
  let open = false
  let machine = time.machine
  const decide = (ask: Ask): Answer => {
    const outcome = first(keeper.kept({ do: 'act', ...ask })) as Outcome
    if (outcome.did === 'refused') return { is: 'refused', code: outcome.code, detail: outcome.detail }
    if (outcome.did !== 'act') throw new Error('not an act')
    return { is: 'answered', n: outcome.n, answer: outcome.answer, copies: 1, again: outcome.again }
  }
  const start = async (): Promise<Afar> => {
    const core = new SqliteTruth(db)
    const read = (async (name, ...values) => answerRead(core.reads, name, values)) as ReadGate
    const write = async (calls: Parameters<SqliteTruth['commitGroup']>[0]) => {
      if (state.disk === 'full') throw new StoreError('full', 'no room')
      return core.commitGroup(calls)
    }
    machine = { ...time.machine, boot: state.boot }
    const truth = new TruthFront({ write, read, close: async () => {} }, machine)
    const now = () => [machine.clock.mono(), state.offset, state.quality] as const
    return new Afar({ site: 'fair', machine, known: toyKnown, truth, now }, await truth.waits('fair'), {
      ask: async (ask) => {
        asked.push(ask)
        return way(ask)
      },
      isOpen: () => open,
    })
  }
  const pass = async (ms: number) => {
    time.pass(ms)
    for (let i = 0; i < 5; i++) await settled()
  }
  return {
    start,
    pass,
    state,
    asked,
    decide,
    keeper,
    said: time.said,
    rows: () => new SqliteTruth(db).reads.waits('fair'),
    accounts: () => keeper.views.rows(toyKnown.packs[1] as never)['accounts']?.all() ?? [],
    /** From now on: nobody to ask, or somebody who answers so. */
    way: (answers?: (ask: Ask) => Answer) => {
      open = answers !== undefined
      way = answers ?? (() => away)
    },
  }
}

describe('an ask whose keeper is out of reach', () => {
  test('AFAR-1 with a way to the keeper it is answered at once, on disk before it is sent and before it is told', async () => {
    const { start, way, decide, rows, asked } = box()
    const sent: unknown[] = []
    way((ask) => (sent.push(JSON.parse(rows()[0]?.doc ?? 'null').sent), decide(ask)))
    const afar = await start()
    expect(await afar.act(payLater('k'))).toMatchObject({ is: 'answered', again: false })
    expect(sent).toEqual([true])
    expect(JSON.parse(rows()[0]?.doc ?? '').end).toMatchObject({ answer: { is: 'answered' } })
    way()
    expect(await afar.act(payLater('k'))).toMatchObject({ is: 'answered' })
    expect(asked).toHaveLength(1)
  })

  test('AFAR-1 an action that may not wait is refused in words, and nothing is kept', async () => {
    const { start, rows } = box()
    const ask = { action: 'toy.pay', key: 'k', who: 'ada', input: {} }
    expect(await (await start()).act(ask)).toEqual(away)
    expect(rows()).toEqual([])
  })

  test('AFAR-2 it waits on disk, with person, key, instant and deadline', async () => {
    const { start, rows, pass } = box()
    const afar = await start()
    await pass(10)
    expect(await afar.act(payLater('k'))).toEqual({ is: 'waiting', until: [10 + minute, 1_000_000, 3] })
    expect(JSON.parse(rows()[0]?.doc ?? '')).toMatchObject({
      ask: { key: 'k', who: 'ada' },
      at: [10, 1_000_000, 3],
      boot: 'boot-1',
      waitMs: minute,
      sent: false,
      end: null,
    })
    expect(afar.list()).toMatchObject([{ key: 'k', who: 'ada', state: 'waiting' }])
  })

  test('AFAR-2 nobody hears that it waits before it is on disk', async () => {
    const { start, rows } = box()
    const afar = await start()
    const asked = afar.act(payLater('k'))
    expect(rows()).toEqual([])
    expect(afar.asked('k')).toBeUndefined()
    expect(afar.list()).toEqual([])
    await asked
    expect(afar.asked('k')).toMatchObject({ state: 'waiting' })
  })

  test('ACT-1 an ask with half of a character in its key does not wait: no store could give it back', async () => {
    const { start, rows } = box()
    const afar = await start()
    expect(await afar.act(payLater('half \ud800'))).toMatchObject({ is: 'refused', code: 'malformed' })
    expect(rows()).toEqual([])
  })

  test('AFAR-2 asked again it is the one that waits; with another body it is a conflict', async () => {
    const { start, rows } = box()
    const afar = await start()
    const both = await Promise.all([afar.act(payLater('k')), afar.act(payLater('k'))])
    expect(both.map(({ is }) => is)).toEqual(['waiting', 'waiting'])
    expect((await afar.act(payLater('k'))).is).toBe('waiting')
    expect(await afar.act(payLater('k', 6))).toMatchObject({ code: 'key-conflict' })
    expect(rows()).toHaveLength(1)
  })

  test('AFAR-2 where the disk is full it is refused in words', async () => {
    const { start, state, rows, way, decide } = box()
    const afar = await start()
    state.disk = 'full'
    expect(await afar.act(payLater('k'))).toMatchObject({ is: 'refused', code: 'disk-full' })
    expect([rows(), afar.list()]).toEqual([[], []])
    way(decide)
    expect(await afar.act(payLater('k'))).toMatchObject({ is: 'answered' })
  })

  test('AFAR-7 one person has a bounded number waiting, of a bounded size, that fit their schema', async () => {
    const { start } = box()
    const afar = await start()
    for (let i = 0; i < mostOfOnePerson; i++) await afar.act(payLater(`k${i}`))
    expect(await afar.act(payLater('more'))).toMatchObject({ code: 'too-many-waiting' })
    const other = { ...payLater('other'), who: 'bob' }
    expect((await afar.act(other)).is).toBe('waiting')
    const big = { from: 'b'.repeat(mostInputBytes), to: 'a', cents: 1 }
    expect(await afar.act({ ...other, key: 'big', input: big })).toMatchObject({ code: 'too-large' })
    expect(await afar.act({ ...other, key: 'bad', input: { from: 1 } })).toMatchObject({ code: 'malformed' })
  })
})

describe('when there is a way again', () => {
  test('AFAR-3 it is asked under its own key, answered once, and the answer is kept', async () => {
    const { start, way, decide, pass, asked } = box()
    const afar = await start()
    await afar.act(payLater('k'))
    const told: string[] = []
    afar.on(({ key, state }) => told.push(`${key} ${state}`))
    way(decide)
    afar.turn()
    await pass(1)
    expect(told).toEqual(['k answered'])
    expect(await afar.act(payLater('k'))).toMatchObject({ is: 'answered', answer: { left: -5 } })
    expect(asked).toHaveLength(1)
    expect((await start()).asked('k')).toMatchObject({ state: 'answered' })
  })

  test('ACT-10 when its person did it waits with it, over a restart', async () => {
    const { start, way, decide, pass } = box()
    const doneAt = { ms: 1_763_650_000_000, within: null }
    const ask = { action: 'toy.when', key: 'k', who: 'ada', input: {}, doneAt }
    expect((await (await start()).act(ask)).is).toBe('waiting')
    const afar = await start()
    way(decide)
    afar.turn()
    await pass(1)
    expect(afar.asked('k')).toMatchObject({ answer: { answer: { doneAt } } })
  })

  test('AFAR-3 that it is sent is on disk before it is sent', async () => {
    const { start, way, pass, rows } = box()
    const afar = await start()
    await afar.act(payLater('k'))
    const seen: boolean[] = []
    way(() => {
      seen.push(JSON.parse(rows()[0]?.doc ?? '').sent)
      return lost
    })
    afar.turn()
    await pass(1)
    expect(seen).toEqual([true])
  })

  test('AFAR-4 an answer that was lost is asked for again: one effect', async () => {
    const { start, way, decide, pass, accounts } = box()
    const afar = await start()
    way((ask) => (decide(ask), lost))
    expect((await afar.act(payLater('k'))).is).toBe('waiting')
    way(decide)
    await pass(2_000)
    expect(afar.asked('k')).toMatchObject({ state: 'answered', answer: { again: true } })
    expect(accounts()).toContainEqual({ account: 'a', cents: 5 })
  })

  test('AFAR-4 what was refused after a try that nobody knows of is not granted to an earlier copy', async () => {
    const { start, way, decide, pass, accounts } = box()
    const afar = await start()
    const copies: Ask[] = []
    way((ask) => (copies.push(ask), lost))
    await afar.act(payLater('k', 5, 'poor'))
    way(decide)
    await pass(2_000)
    expect(afar.asked('k')).toMatchObject({ state: 'refused', answer: { code: 'insufficient' } })
    decide({ ...payLater('rich'), input: { from: 'bank', to: 'poor', cents: 50 } })
    expect(copies.map(decide)).toMatchObject([{ is: 'refused', code: 'insufficient' }])
    expect(accounts()).toContainEqual({ account: 'poor', cents: 50 })
  })

  test('AFAR-3 a keeper whose disk is full has not said its last word', async () => {
    const { start, way, decide, pass } = box()
    const afar = await start()
    await afar.act(payLater('k'))
    way(() => ({ is: 'refused', code: 'disk-full', detail: {} }))
    afar.turn()
    await pass(1)
    expect(afar.asked('k')).toMatchObject({ state: 'waiting' })
    way(decide)
    await pass(2_000)
    expect(afar.asked('k')).toMatchObject({ state: 'answered' })
  })
})

describe('deadlines', () => {
  test('AFAR-5 what surely was not sent expires, also without a way', async () => {
    const { start, pass, asked } = box()
    const afar = await start()
    await afar.act(payLater('k'))
    await pass(minute - 1)
    expect(afar.asked('k')).toMatchObject({ state: 'waiting' })
    await pass(1)
    expect(afar.asked('k')).toMatchObject({ state: 'expired', answer: { is: 'refused', code: 'expired' } })
    expect(asked).toHaveLength(0)
  })

  test('AFAR-5 what may have been sent is unknown, until its keeper closes it', async () => {
    const { start, way, decide, pass, accounts } = box()
    const afar = await start()
    const copies: Ask[] = []
    way((ask) => (copies.push(ask), lost))
    await afar.act(payLater('k'))
    way()
    await pass(minute)
    expect(afar.asked('k')).toMatchObject({ state: 'unknown', answer: { is: 'unknown' } })
    way(decide)
    afar.turn()
    await pass(2_000)
    expect(afar.asked('k')).toMatchObject({ state: 'expired' })
    expect(copies.map(decide)).toMatchObject([{ code: 'expired' }])
    expect(accounts()).toEqual([])
  })

  test('AFAR-5 what was granted in time is told past the deadline', async () => {
    const { start, way, decide, pass } = box()
    const afar = await start()
    way((ask) => (decide(ask), lost))
    await afar.act(payLater('k'))
    way()
    await pass(2 * minute)
    way(decide)
    afar.turn()
    await pass(2_000)
    expect(afar.asked('k')).toMatchObject({ state: 'answered' })
  })

  test.each([
    ['a clock that is known now and was known then', 3, 3, 'expired'],
    ['a clock that is not known now', 3, 0, 'waiting'],
    ['a clock that was not known then', 0, 3, 'waiting'],
  ] as const)('AFAR-6 after another boot, on %s', async (_, then, today, state) => {
    const here = box()
    here.state.quality = then
    await (await here.start()).act(payLater('k'))
    here.state.boot = 'boot-2'
    here.state.quality = today
    here.state.offset += 2 * minute
    const afar = await here.start()
    await afar.tidy()
    await here.pass(1)
    expect(afar.asked('k')).toMatchObject({ state })
  })

  test('AFAR-6 in the same boot the monotonic clock is enough, whatever the other clock says', async () => {
    const here = box()
    here.state.quality = 0
    await (await here.start()).act(payLater('k'))
    here.state.offset -= 100 * minute
    const afar = await here.start()
    await here.pass(minute)
    expect(afar.asked('k')).toMatchObject({ state: 'expired' })
  })

  test('AFAR-8 what has ended is kept for seven days of a known clock', async () => {
    const here = box()
    const afar = await here.start()
    await afar.act(payLater('k'))
    await here.pass(minute)
    await here.pass(7 * 24 * 60 * minute - 1)
    await afar.tidy()
    expect(here.rows()).toHaveLength(1)
    await here.pass(1)
    await afar.tidy()
    expect([here.rows(), afar.asked('k')]).toEqual([[], undefined])
  })
})

/** What can become of one copy of an ask. */
const fates = ['answered', 'answer lost', 'lost', 'late', 'away'] as const
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('ask' as const), key: fc.nat(3), poor: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('way' as const), fate: fc.constantFrom(...fates) }) },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('pass' as const), ms: fc.constantFrom(1, 2_000, 40_000) }),
  },
  { weight: 2, arbitrary: fc.constant({ is: 'late copy' as const }) },
  { weight: 1, arbitrary: fc.constant({ is: 'killed' as const }) },
)

test(
  'AFAR-4 whatever happens, each ask has one effect or none, and its asker is told which',
  { timeout: 30_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 30 }), async (story) => {
        const here = box()
        const late: Ask[] = []
        const meets: Readonly<Record<(typeof fates)[number], (ask: Ask) => Answer>> = {
          answered: here.decide,
          'answer lost': (ask) => (here.decide(ask), lost),
          lost: () => lost,
          late: (ask) => (late.push(ask), lost),
          away: () => away,
        }
        let afar = await here.start()
        const keys = new Map<string, Ask>()
        for (const each of story) {
          switch (each.is) {
            case 'ask': {
              const ask = keys.get(`k${each.key}`) ?? payLater(`k${each.key}`, 7, each.poor ? 'poor' : 'bank')
              keys.set(ask.key, ask)
              await afar.act(ask)
              break
            }
            case 'way':
              here.way(meets[each.fate])
              afar.turn()
              break
            case 'pass':
              await here.pass(each.ms)
              break
            case 'late copy':
              late.splice(0, 1).map(here.decide)
              break
            case 'killed':
              afar.stop()
              afar = await here.start()
              afar.turn()
          }
          await here.pass(0)
        }
        here.way(here.decide)
        for (let i = 0; i < 40 && afar.waiting > 0; i++) await here.pass(2_000)
        expect(afar.list()).toEqual([])
        const told = [...keys.keys()].map((key) => [key, afar.asked(key)] as const)
        here.decide({ ...payLater('gift'), input: { from: 'bank', to: 'poor', cents: 1_000 } })
        late.map(here.decide)
        const { answers, refusals } = here.keeper.views.kernel
        for (const [key, waited] of told) {
          if (!waited) continue
          const granted = answers.get(key) !== undefined && refusals.get(key) === undefined
          expect([key, waited.state === 'answered']).toEqual([key, granted])
        }
      }),
      { numRuns: 60 },
    )
  },
)
