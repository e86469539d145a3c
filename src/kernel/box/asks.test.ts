import { describe, expect, test } from 'vitest'
import type { Frame } from '../link/frames.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import type { Outcome } from '../site/sequencer.ts'
import type { HandIn } from './asks.ts'
import { Asks } from './asks.ts'
import type { Keeper } from './keeper.ts'
import type { SiteParts, SitePeer } from './site-parts.ts'

const term = { reign: 1, keeper: 'boxa', start: 1, stream: 'strm' }
const item = (n: number): HandIn[number] => ({ n, term: '1/boxb/1/strm', head: 'head', bodies: '' })

/** A box that keeps, with these outcomes for what it is given; or that has one on its way to the keeper. */
function asking(outcomes: readonly Outcome[] | 'not the keeper') {
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
  const keeper = { submit: async () => given.shift() } as unknown as Keeper
  const route = () => ({ next: peer, path: [] }) as never
  const asks = new Asks(parts, keeper, { isKeeping: () => outcomes !== 'not the keeper', route })
  return { ...time, asks, peer, sent }
}
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
