import type { Ask } from './ask.ts'
import type { AskStore } from './ask-store.ts'

/**
 * What every AskStore does, without a test runner: the one on disk is tried where there is one, in a browser. Two
 * handles of one store, as two pages have them. Each case throws where it is broken.
 */
export const askStoreContract: Readonly<Record<string, (one: AskStore, two: AskStore) => Promise<void>>> = {
  'keeps in one order what both add, each under a number of its own': async (one, two) => {
    const added = [await one.add(anAsk('a')), await two.add(anAsk('b')), await one.add(anAsk('c'))]
    same(new Set(added.map(({ seq }) => seq)).size, 3)
    for (const store of [one, two]) same((await store.all()).map(keyOf), ['a', 'b', 'c'])
  },
  'gives back what it was given': async (one, two) => {
    const input = { text: 'é', list: [1, null, { deep: true }] }
    const ask = await one.add({ ...anAsk('a'), input })
    same((await two.all())[0], ask)
    same(ask.input, input)
  },
  'keeps one of each key': async (one, two) => {
    const [first, second] = await Promise.all([one.add(anAsk('a')), two.add(anAsk('a'))])
    same(second, first)
    same((await one.add({ ...anAsk('a'), input: 'other' })).input, {})
    same((await two.all()).length, 1)
  },
  'changes one in a step, and says what stands there then': async (one, two) => {
    const { seq } = await one.add(anAsk('a'))
    const sent = (ask: Ask): Ask => ({ ...ask, state: { is: 'sent' } })
    same((await two.change(seq, sent))?.state.is, 'sent')
    same((await one.change(seq, () => undefined))?.state.is, 'sent')
    same(await one.change(seq, () => null), undefined)
    same(await two.change(seq, sent), undefined)
    same(await two.all(), [])
  },
  'lets no change of the other come in between': async (one, two) => {
    const { seq } = await one.add({ ...anAsk('a'), input: 0 })
    const more = (ask: Ask): Ask => ({ ...ask, input: Number(ask.input) + 1 })
    await Promise.all(Array.from({ length: 20 }, (_, each) => (each % 2 ? one : two).change(seq, more)))
    same((await one.all())[0]?.input, 20)
    const count = (before: unknown) => Number(before ?? 0) + 1
    await Promise.all(Array.from({ length: 20 }, (_, each) => (each % 2 ? one : two).note('count', count)))
    same(await one.note('count', (before) => before), 20)
  },
  'tells both of what either changes, and of nothing else': async (one, two) => {
    const told = [0, 0]
    const stops = [one, two].map((store, at) => store.onChange(() => void (told[at] = (told[at] ?? 0) + 1)))
    const { seq } = await one.add(anAsk('a'))
    await until(() => told.every((times) => times === 1))
    await two.change(seq, () => undefined)
    await two.note('count', () => 1)
    await two.change(seq, () => null)
    await until(() => told.every((times) => times === 2))
    stops[0]?.()
    await one.add(anAsk('b'))
    await until(() => told[1] === 3)
    same(told, [2, 3])
    stops[1]?.()
  },
}

const anAsk = (key: string): Omit<Ask, 'seq'> => ({
  key,
  who: 'anna',
  site: 'fair',
  action: 'fair.grant',
  input: {},
  mayWait: true,
  done: { ms: 1, within: null, mono: 2, wall: 1, page: 'p' },
  state: { is: 'waiting', why: null },
})

const keyOf = ({ key }: Ask) => key

function same(found: unknown, expected: unknown): void {
  const [here, there] = [JSON.stringify(found), JSON.stringify(expected)]
  if (here !== there) throw new Error(`${here} instead of ${there}`)
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`it never came that ${holds.toString()}`)
}
