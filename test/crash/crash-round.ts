import { setTimeout as pause } from 'node:timers/promises'
import { Dice } from '../../src/world/random.ts'
import { Callers } from './callers.ts'
import { DiskCheck } from './disk-check.ts'
import { finalProblems } from './final-check.ts'
import { Ledger } from './ledger.ts'
import type { Pair } from './pair.ts'
import { haveTheSame, startPair, until } from './pair.ts'
import type { RealBox } from './real-box.ts'

export type RoundOptions = {
  readonly folder: string
  readonly seed: string
  readonly kills: number
  readonly unsafe?: boolean | undefined
  /** A disk that forgets, at a kill, what was not synced. */
  readonly disk?: ForgetfulDisk | undefined
  readonly tell?: ((words: string) => void) | undefined
}

export type ForgetfulDisk = {
  /** What a box must be started with. */
  readonly env: (boxFolder: string) => Readonly<Record<string, string>>
  readonly forget: (boxFolder: string, dice: Dice) => void
}

export type RoundEnd = {
  readonly kills: number
  /** Kills that left requests of a box unanswered. */
  readonly struck: number
  readonly problems: readonly string[]
  readonly words: string
}

/** How long two boxes have to come together before the next kill. */
const togetherMs = 2_500

/**
 * Kills of a keeper and its follower while many callers record and ask; then a look at everything that they
 * were told. The first loss that shows ends the round: what follows from it says nothing more.
 */
export async function crashRound(options: RoundOptions): Promise<RoundEnd> {
  const dice = new Dice(options.seed)
  const ledger = new Ledger()
  const pair = await startPair(options.folder, dice.fork('boxes'), {
    unsafe: options.unsafe,
    env: options.disk?.env,
  })
  const check = new DiskCheck(ledger, pair.keeper)
  const callers = new Callers([pair.keeper, pair.follower], ledger, dice.fork('callers'))
  const problems: string[] = []
  const moments = dice.fork('moments')
  let kills = 0
  let struck = 0

  const kill = async (box: RealBox) => {
    const number = ++kills
    const lost = await box.kill()
    if (lost > 0) struck += 1
    options.disk?.forget(box.folder, moments)
    problems.push(...check.look(box))
    options.tell?.(`kill ${number}: ${box.name}, ${lost} requests unanswered`)
  }

  try {
    callers.start()
    while (kills < options.kills && problems.length === 0) {
      await nextMoment(pair, moments)
      const victims = pickVictims(pair, moments).slice(0, options.kills - kills)
      await Promise.all(victims.map(kill))
      for (const box of victims) box.start()
    }
    if (problems.length === 0) {
      await callers.leave()
      await until(() => haveTheSame(pair), 'both boxes have the same log, and all of it')
      problems.push(...(await finalProblems(pair, ledger)))
    }
  } catch (error) {
    problems.push(String(error), ...(await statesOf(pair)))
  } finally {
    callers.giveUp()
    problems.push(...wordsOf(pair))
    await Promise.all([pair.keeper.kill(), pair.follower.kill()])
  }
  return { kills, struck, problems, words: ledger.words }
}

/** Mostly in the middle of the traffic, now and then while a box is still starting. */
async function nextMoment(pair: Pair, dice: Dice): Promise<void> {
  if (dice.chance(0.15)) return pause(dice.int(0, 600))
  const end = performance.now() + togetherMs
  while (!(await isTogether(pair)) && performance.now() < end) await pause(20)
  await pause(dice.int(0, 400))
}

async function isTogether({ keeper, follower }: Pair): Promise<boolean> {
  const [here, there] = [await keeper.siteStatus(), await follower.siteStatus()]
  return here?.role === 'keeping' && there !== undefined && here.copies > 1
}

function pickVictims({ keeper, follower }: Pair, dice: Dice): readonly RealBox[] {
  const victims = { keeper: [keeper], follower: [follower], both: [keeper, follower] }
  return victims[dice.weighted({ keeper: 4, follower: 4, both: 2 })]
}

async function statesOf({ keeper, follower }: Pair): Promise<readonly string[]> {
  const replies = [keeper, follower].map(async (box) => {
    const reply = await Promise.race([box.ask({ do: 'status' }), pause(2_000)])
    return `${box.name}: ${JSON.stringify(reply)}`
  })
  return Promise.all(replies)
}

/** What the boxes themselves complained of. */
function wordsOf({ keeper, follower }: Pair): readonly string[] {
  return [keeper, follower].flatMap(({ name, words }) => words.map((line) => `${name} said: ${line}`))
}
