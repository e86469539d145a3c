import { join } from 'node:path'
import { verifyFolder } from '../../../src/cli/verify-folder.ts'
import { directNames } from '../../../src/kernel/site/direct.ts'
import { Dice } from '../../../src/world/random.ts'
import { known } from '../box/known.ts'
import { AttackedBox, site } from '../box/attacked-box.ts'
import { acksIn } from './acks-in-log.ts'
import { attackCodec } from './codecs.ts'
import { attackHttp } from './http-door.ts'
import { attackLiveFrames, attackLiveMessages } from './live-door.ts'
import { attackMqtt } from './mqtt-door.ts'
import { normalLife } from './normal-life.ts'
import { attackRawHttp } from './raw-http-door.ts'
import type { Tally, Tries } from './tally.ts'
import type { Target } from './target.ts'
import { targetOf } from './target.ts'

/** Of a hundred tries, so many at each door: those that need a socket cost ten times as much as the others. */
export const shares = {
  http: 22,
  'http bytes': 6,
  mqtt: 6,
  'live frames': 5,
  'live messages': 9,
  'mqtt packets': 22,
  'live texts': 10,
  addresses: 8,
  csv: 12,
} as const
export type Door = keyof typeof shares

/** Of ten million, fewer over sockets, so that they end within an hour: four million still are. */
const sharesAtLength: Readonly<Record<Door, number>> = {
  http: 14,
  'http bytes': 3,
  mqtt: 3,
  'live frames': 3,
  'live messages': 16,
  'mqtt packets': 26,
  'live texts': 15,
  addresses: 10,
  csv: 10,
}

const overSockets: Readonly<Record<string, (target: Target, tries: Tries) => Promise<Tally>>> = {
  http: attackHttp,
  'http bytes': attackRawHttp,
  mqtt: attackMqtt,
  'live frames': attackLiveFrames,
  'live messages': attackLiveMessages,
}

export type Attack = {
  readonly seed: string
  readonly counts: Readonly<Partial<Record<Door, number>>>
  /** One try alone. */
  readonly from?: number | undefined
  readonly tell: (line: string) => void
}

type Shares = Readonly<Record<Door, number>>
const countsBy = (parts: Shares, all: number): Shares =>
  Object.fromEntries(
    Object.entries(parts).map(([door, share]) => [door, Math.round((all * share) / 100)]),
  ) as Shares
export const countsOf = (all: number): Shares => countsBy(shares, all)
export const countsAtLength = (all: number): Shares => countsBy(sharesAtLength, all)

/** How to try the very same again. */
export const again = (seed: string, of: string): string =>
  `REGIE_FUZZ_SEED=${JSON.stringify(seed)} REGIE_FUZZ_ONLY=${JSON.stringify(of)} node scripts/run.mjs node_modules/vitest/vitest.mjs run test/attack/fuzz.test.ts`

const deviceCount = 64
/** What a box may grow by while it is attacked, in MiB: caches fill, and logs have indexes. */
const growth = 150
/** A token may write 120 times a minute at once, and as much in every minute after. */
const writesOfToken = 120

/** Attacks a box at all its doors, and then looks whether it is what it was. Returns what is wrong. */
export async function attack({ seed, counts, from = 0, tell }: Attack): Promise<readonly string[]> {
  const dice = new Dice(`${seed} ports ${process.pid}`)
  await using box = await AttackedBox.start(dice)
  await box.setUp()
  const target = await peopleOf(box, counts.http ?? 0)
  const problems: string[] = []
  // What any use makes it take: threads, caches, compiled code.
  problems.push(...(await normalLife(box, target, 'before')))
  const before = box.memory
  let most = before
  for (const [door, count] of Object.entries(counts)) {
    if (count === 0) continue
    const start = performance.now()
    const tries = { seed, from, count }
    const run = overSockets[door]
    const tally = await (run ? run(target, tries) : attackCodec(door, tries))
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    most = Math.max(most, box.memory)
    tell(`${tally.line}; ${seconds} s, ${box.memory} MiB`)
    problems.push(...tally.bad.map(({ at, what }) => `${at} ${what}\n  again: ${again(seed, at)}`))
    if (box.ended !== undefined || problems.length > 0) break
  }
  if (box.ended === undefined) problems.push(...(await normalLife(box, target, 'after')))
  if (most > before + growth) problems.push(`its memory grew from ${before} to ${most} MiB`)
  problems.push(...box.errors.slice(0, 5).map((line) => `it says: ${line.slice(0, 1500)}`))
  if (box.ended !== undefined) return [...problems, `${box.ended}: ${box.words.slice(-5).join('\n')}`]
  await box.stop()
  const { acked } = target
  tell(
    `acknowledged: ${acked.decisions.length} decisions, ${acked.records.size} records; ${before} to ${most} MiB`,
  )
  problems.push(...acksIn(join(box.data, 'truth.db'), acked))
  const folder = { truth: join(box.data, 'truth.db'), views: join(box.data, 'views') }
  for (const { site: at, findings, unread } of verifyFolder(folder, known, () => {}))
    if (findings.length > 0 || unread !== undefined)
      problems.push(`verify of ${at}: ${unread ?? JSON.stringify(findings.slice(0, 3))}`)
  return problems
}

async function peopleOf(box: AttackedBox, requests: number): Promise<Target> {
  const everything = [
    ...known.actions.keys(),
    ...known.queries.keys(),
    ...known.topics.map(({ name }) => name),
    ...directNames,
  ]
  const tokens: string[] = []
  const writers = Math.min(2_000, Math.ceil(requests / writesOfToken) + 20)
  const batch = 20
  while (tokens.length < writers) {
    const made = Array.from({ length: batch }, (_, at) =>
      box.token('owner', `t${tokens.length + at}`, everything, null),
    )
    tokens.push(...(await Promise.all(made)).map(({ token }) => token))
  }
  const devices = await Promise.all(
    Array.from({ length: deviceCount }, async (_, at) => {
      const id = `device-${at}`
      return { id, token: (await box.token('owner', id, everything, [site])).token }
    }),
  )
  return targetOf(box, { tokens, devices })
}
