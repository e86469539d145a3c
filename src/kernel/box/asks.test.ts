import { describe, expect, test } from 'vitest'
import { StoreError } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import type { Outcome } from '../site/sequencer.ts'
import type { HandIn } from './asks.ts'
import { Asks } from './asks.ts'
import type { Keeper } from './keeper.ts'
import { NotKeeping } from './keeper.ts'
import type { SiteParts, SitePeer } from './site-parts.ts'

const term = { reign: 1, keeper: 'boxa', start: 1, stream: 'strm' }
const item = (n: number): HandIn[number] => ({ n, term: '1/boxb/1/strm', head: 'head', bodies: '' })

/** A box that keeps, with these outcomes for what it is given; or that has one on its way to the keeper. */
function asking(outcomes: readonly (Outcome | Error)[] | 'not the keeper') {
  const time = manualMachine()
  const sent: Frame<'ask' | 'answer'>[] = []
  const peer = { link: { send: (frame: Frame<'ask'>) => sent.push(frame) } } as unknown as SitePeer
  const given = outcomes === 'not the keeper' ? [] : [...outcomes]
  const parts = {
    box: 'boxa',
    site: 'fair',
    machine: time.machine,
    log: { history: { n: 9, chain: 'c9', terms: [{ n: 1, term, chain: 'c1' }] } },
  } as unknown as SiteParts
  const submit = async () => {
    const next = given.shift()
    if (next instanceof Error) throw next
    return next
  }
  const keeper = { submit } as unknown as Keeper
  const route = () => ({ next: peer, path: [] }) as never
  const isKeeping = () => outcomes !== 'not the keeper'
  const handOut = async (box: string) => ({ ...noOrders, cancelled: [{ order: `for-${box}`, accepted: 0 }] })
  const asks = new Asks(parts, keeper, { isKeeping, route, handOut })
  return { ...time, asks, peer, sent }
}
const noOrders = { orders: [], cancelled: [], more: false }
const refused: Outcome = { did: 'refused', code: 'unreadable', detail: {} }

describe('handing in', () => {
  test('TERM-6 the keeper says which of the entries are safe, by their place in the list', async () => {
    const { asks } = asking([{ did: 'handedIn', n: 7 }, refused, { did: 'handedIn', n: 8 }])
    const safe = { n: 9, term: '1/boxa/1/strm', safe: [0, 2] }
    expect(await asks.handIn([item(1), item(2), item(3)])).toEqual(safe)
  })

  test('TERM-6 one that is refused holds up none of the others', async () => {
    const { asks } = asking([refused])
    expect(await asks.handIn([item(1)])).toEqual({ n: 9, term: '1/boxa/1/strm', safe: [] })
  })

  const answers: [string, unknown, unknown][] = [
    ['its places', { n: 9, term: 't', safe: [0] }, { n: 9, term: 't', safe: [0] }],
    ['no places', { n: 9, term: 't' }, 'away'],
    ['a place below 0', { n: 9, term: 't', safe: [-1] }, 'away'],
    ['nothing', null, 'away'],
  ]
  test.each(answers)('LINK-11 an answer from afar with %s', async (_, data, said) => {
    const { asks, sent } = asking('not the keeper')
    const handed = asks.handIn([item(1)])
    await settled()
    const { site, id, path } = sent[0] as Frame<'ask'>
    asks.answered({ t: 'answer', site, id, path, data })
    expect(await handed).toEqual(said)
  })

  test('LINK-22 the link breaks before the answer: nothing is known to be safe, and no timer is left', async () => {
    const { asks, peer, pending } = asking('not the keeper')
    const handed = asks.handIn([item(1)])
    asks.lost(peer)
    expect(await handed).toBe('away')
    expect(pending()).toBe(0)
  })
})

describe('asking for an action', () => {
  const pay = { action: 'toy.pay', key: 'k', who: 'ada', input: {} }

  test('ACT-4 what may have happened is unknown: the link broke, nobody answered for 10 s, this box stops', async () => {
    const { asks, peer, pass, pending } = asking('not the keeper')
    const broken = asks.act(pay)
    asks.lost(peer)
    expect(await broken).toMatchObject({ is: 'unknown' })
    const silent = asks.act(pay)
    let said: unknown
    void silent.then((answer) => (said = answer))
    pass(9_999)
    await settled()
    expect(said).toBeUndefined()
    pass(1)
    await settled()
    expect(said).toMatchObject({ is: 'unknown' })
    const stopped = asks.act(pay)
    asks.abandon()
    expect(await stopped).toMatchObject({ is: 'unknown' })
    expect(pending()).toBe(0)
  })

  const ends: [string, Error, unknown][] = [
    ['a disk that failed may have it', new StoreError('io', 'the disk failed'), { is: 'unknown' }],
    ['a full disk has not', new StoreError('full', 'full'), { is: 'refused', code: 'disk-full' }],
    ['a box that stopped keeping has not', new NotKeeping(), { is: 'refused', code: 'keeper-away' }],
  ]
  test.each(ends)('ACT-4 unknown is never said of what surely did not happen: %s', async (_, error, said) => {
    const { asks } = asking([error])
    expect(await asks.act(pay)).toMatchObject(said as object)
  })
})
