import { expect, test } from 'vitest'
import { usual } from '../../src/kernel/box/limits.ts'
import { boundOf } from '../../src/kernel/clock/estimate.ts'
import type { Instant } from '../../src/kernel/instant.ts'
import { Boxes, type TestBox, trueTime, until } from './boxes.ts'
import { HandPeer } from './hand-peer.ts'

const hour = 3_600_000
const network = { within: 15, by: 'network' } as const
const hardware = { within: 4000, by: 'hardware' } as const

/** How far a stamp is from the truth, and whether it states so. */
function stamp(box: TestBox) {
  const [mono, offset, quality]: Instant = box.box.now('fair')
  const off = Math.abs(mono + (offset ?? 0) - trueTime())
  return { off, quality, within: off <= boundOf(quality) + 5 }
}

type Row = Readonly<Record<string, unknown>>
const bootsOf = (box: TestBox): readonly Row[] =>
  box.views.get('fair')?.prepare('SELECT * FROM kernel_boots ORDER BY mono').all() ?? []

async function pair(boxes: Boxes, made: { keeper?: Partial<TestBox>; follower?: Partial<TestBox> } = {}) {
  const [keeper, follower] = [boxes.make('keeper'), boxes.make('follower')]
  Object.assign(keeper, made.keeper)
  Object.assign(follower, made.follower)
  await keeper.start()
  await follower.start()
  await keeper.box.found('fair')
  await keeper.box.assign('fair', follower.member)
  await follower.box.serve('fair', keeper.above)
  await until(() => follower.site().n > 0)
  return { keeper, follower }
}

test('CLOCK-2 a follower that is years off has the time of its keeper, and says so in the log', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, {
    keeper: { vouch: network },
    follower: { wrongBy: -9 * 365 * 24 * hour },
  })
  await until(() => follower.site().clock.quality >= 2)
  expect(stamp(keeper)).toMatchObject({ quality: 3, within: true })
  expect(stamp(follower)).toMatchObject({ within: true })
  expect(follower.site().clock.by).toBe('site')
  await until(() => bootsOf(keeper).some(({ boot }) => boot === 'boot-follower-1'))
  await until(() => JSON.stringify(bootsOf(follower)) === JSON.stringify(bootsOf(keeper)))
})

test('CLOCK-8 nobody knows the time: it is unknown, until a lead says it at the keeper', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, { keeper: { wrongBy: hour }, follower: { wrongBy: -hour } })
  await follower.box.record('fair', [{ kind: 'fair.reading', body: { sensor: 's', count: 1, value: 1 } }])
  expect([stamp(keeper).quality, stamp(follower).quality]).toEqual([0, 0])
  const say = (time: number, key: string) =>
    keeper.box.act('fair', { action: 'clock.set', key, who: 'lead', input: { time } })
  expect((await say(trueTime() + 900, 'k1')).is).toBe('answered')
  expect(stamp(keeper)).toMatchObject({ quality: 1, within: true })
  await until(() => follower.site().clock.quality === 1)
  expect(stamp(follower)).toMatchObject({ within: true })
  expect(bootsOf(keeper)[0]).toMatchObject({ by: 'person', quality: 1 })
})

test('CLOCK-7 a process that starts again in the same boot goes on with the time that it had', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, { keeper: { vouch: network } })
  await until(() => follower.site().clock.quality >= 2)
  boxes.cut.add('follower-keeper')
  await follower.stop()
  follower.wrongBy = 5 * hour
  await follower.start()
  expect(stamp(follower)).toMatchObject({ within: true })
  expect(follower.site().clock.quality).toBeGreaterThanOrEqual(2)
  await keeper.stop()
  keeper.vouch = null
  await keeper.start()
  expect(stamp(keeper)).toMatchObject({ quality: 3, within: true })
})

test('CLOCK-8 a keeper that wakes up with an unknown clock has the site’s time from a box that still knows it', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, { keeper: { vouch: network } })
  await until(() => follower.site().clock.quality >= 2)
  keeper.vouch = null
  keeper.wrongBy = -40 * 365 * 24 * hour
  await keeper.reboot()
  await until(() => keeper.site().role === 'keeping' && keeper.site().clock.quality >= 2)
  expect(stamp(keeper)).toMatchObject({ within: true })
})

test('CLOCK-7 a time that a person said survives a power cut, where a hardware clock has run on', async () => {
  await using boxes = new Boxes()
  const keeper = boxes.make('keeper')
  // This hardware clock was set two hours wrong, and does not know it.
  Object.assign(keeper, { vouch: hardware, wrongBy: 2 * hour })
  await keeper.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  const ask = { action: 'clock.set', key: 'k1', who: 'lead', input: { time: trueTime() } }
  expect((await keeper.box.act('fair', ask)).is).toBe('answered')
  expect(stamp(keeper)).toMatchObject({ quality: 1, within: true })
  await keeper.reboot()
  await until(() => keeper.site().role === 'keeping')
  expect(stamp(keeper)).toMatchObject({ quality: 1, within: true })
  // What the boot before stamped wrongly is put right.
  expect(bootsOf(keeper).filter(({ wrong }) => wrong === 1)).toMatchObject([{ by: 'person' }])
})

test('CLOCK-8 who takes over goes on with the time of the site, whatever its own machine says', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, {
    keeper: { vouch: network, wrongBy: 7000 },
    follower: { vouch: network },
  })
  await until(() => follower.site().clock.by === 'site')
  const siteTime = (box: TestBox) => {
    const [mono, offset] = box.box.now('fair')
    return mono + (offset ?? 0) - trueTime()
  }
  await until(() => Math.abs(siteTime(follower) - 7000) < 30)
  await keeper.stop()
  expect((await follower.box.takeOver('fair', 'lead')).is).toBe('answered')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(Math.abs(siteTime(follower) - 7000)).toBeLessThan(30)
})

test('CLOCK-8 nobody sets a clock that is known well', async () => {
  await using boxes = new Boxes()
  const { keeper } = await pair(boxes, { keeper: { vouch: network } })
  const ask = { action: 'clock.set', key: 'k1', who: 'lead', input: { time: trueTime() + hour } }
  expect(await keeper.box.act('fair', ask)).toMatchObject({ is: 'refused', code: 'clock-known' })
  expect(stamp(keeper)).toMatchObject({ quality: 3, within: true })
})

test('CLOCK-11 a box hands on the time of the site, and not what its own machine believes', async () => {
  await using boxes = new Boxes()
  const box = boxes.make('box')
  box.vouch = network
  await box.start()
  const keeper = new HandPeer()
  await box.box.serve('fair', keeper.above)
  await keeper.dial(box)
  const told = { t: 'site', site: 'fair', n: 0, chain: '', top: 0, you: 'whole', lacksKey: null } as const
  keeper.say({ ...told, terms: [], route: [keeper.identity.box, 'other'] })
  keeper.say({ t: 'clock', site: 'fair', asked: 7 })
  expect(await keeper.next('clocked')).toMatchObject({ asked: 7, within: null })
  const { asked } = await keeper.next('clock')
  const time = trueTime() + 60_000
  const stamps = { asked, received: time, sent: time, within: 30, era: 1 }
  keeper.say({ t: 'clocked', site: 'fair', ...stamps, asked: asked + 1, by: 'site' })
  keeper.say({ t: 'clocked', site: 'fair', ...stamps, by: 'site' })
  await until(() => box.site().clock.by === 'site')
  keeper.say({ t: 'clock', site: 'fair', asked: 8 })
  const answer = await keeper.next('clocked', 1)
  expect(answer).toMatchObject({ asked: 8, by: 'site' })
  expect(Math.abs(answer.sent - time)).toBeLessThan(3000)
  expect(answer.within).toBeGreaterThanOrEqual(30)
})

test('CLOCK-12 what became known of a boot is told once, also by the next process of the boot', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, { keeper: { vouch: network } })
  const told = () => bootsOf(keeper).filter(({ boot }) => boot === 'boot-follower-1').length
  await until(() => told() === 1)
  await follower.stop()
  await follower.start()
  await until(() => follower.site().clock.quality >= 2 && follower.site().n === keeper.site().n)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(told()).toBe(1)
  await follower.reboot()
  await until(() => bootsOf(keeper).some(({ boot }) => boot === 'boot-follower-2'))
})

test('CLOCK-14 on an unknown clock no journal is trimmed', async () => {
  await using boxes = new Boxes()
  const keeper = boxes.make('keeper')
  keeper.limits = { ...usual, keptAfterTopMs: 1, markEveryMs: 1, tidyEveryMs: 10 }
  await keeper.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.record('fair', [{ kind: 'fair.reading', body: { sensor: 's', count: 1, value: 1 } }])
  const held = () => Number(keeper.truth.prepare('SELECT count(*) AS n FROM journal').get()?.['n'])
  await until(() => keeper.site().unsent === 0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(held()).toBe(2)
  const ask = { action: 'clock.set', key: 'k1', who: 'lead', input: { time: trueTime() } }
  await keeper.box.act('fair', ask)
  await until(() => held() === 0)
})

test('TIMER-7 who takes over says what its log waits for, and the old keeper’s word does not count', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes, { keeper: { vouch: network } })
  await until(() => follower.site().clock.quality >= 2 && follower.hasKey())
  const input = { round: 'final', at: trueTime() + 1200, after: null }
  expect(await keeper.box.act('fair', { action: 'fair.book', key: 'k1', who: 'ada', input })).toMatchObject({
    copies: 2,
  })
  boxes.cut.add('follower-keeper')
  await follower.stop()
  const calls = (box: TestBox) =>
    box.views.get('fair')?.prepare('SELECT calls FROM fair_rounds').get()?.['calls']
  await until(() => calls(keeper) === 1)
  await keeper.stop()
  await follower.start()
  expect(calls(follower)).toBe(0)
  await until(async () => (await follower.box.takeOver('fair', 'lead')).is === 'answered')
  await until(() => calls(follower) === 1)
  boxes.cut.clear()
  await follower.box.serve('fair', null)
  await keeper.start()
  await keeper.box.serve('fair', follower.above)
  await until(() => keeper.site().chain === follower.site().chain, 15_000)
  expect([calls(keeper), calls(follower)]).toEqual([1, 1])
})

test('LOG-14 a clock that jumps a week ahead, and comes back, lets no record of the box go early', async () => {
  await using boxes = new Boxes()
  const keeper = boxes.make('keeper')
  const day = 24 * hour
  keeper.limits = { ...usual, keptAfterTopMs: 7 * day, markEveryMs: 10, tidyEveryMs: 10, clockEveryMs: 20 }
  await keeper.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  const journal = () => Number(keeper.truth.prepare('SELECT count(*) AS n FROM journal').get()?.['n'])
  const say = async (time: number, key: string) =>
    keeper.box.act('fair', { action: 'clock.set', key, who: 'lead', input: { time } })
  await say(trueTime(), 'k1')
  await keeper.box.record('fair', [{ kind: 'fair.reading', body: { sensor: 's', count: 1, value: 1 } }])
  const marks = () => keeper.truth.prepare(`SELECT value FROM notes WHERE name = 'retention fair'`).get()
  await until(() => marks() !== undefined)
  const held = journal()
  for (const [index, ahead] of [8 * day, 0, -8 * day, 0].entries()) {
    await say(trueTime() + ahead, `k2 ${index}`)
    await until(() => Math.abs(stamp(keeper).off - Math.abs(ahead)) < 5_000)
    // Long enough for the journal to be tidied a few times.
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(journal()).toBeGreaterThanOrEqual(held)
  }
  expect(keeper.site().clock.quality).toBeGreaterThan(0)
})
