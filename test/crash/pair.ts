import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '../../src/world/random.ts'
import { site } from './fair-packs.ts'
import { freePort } from './ports.ts'
import type { RealBoxOptions } from './real-box.ts'
import { RealBox } from './real-box.ts'

type Ways = Pick<RealBoxOptions, 'unsafe' | 'env'>

/** The keeper of a fair and a satellite that follows it, each a process of its own. */
export type Pair = { readonly keeper: RealBox; readonly follower: RealBox }

export async function startPair(folder: string, dice: Dice, ways: Ways): Promise<Pair> {
  // A process that ends in order leaves the compiled program behind, and the next start takes half as long.
  const compiled = { NODE_COMPILE_CACHE: join(folder, 'compiled') }
  const env = (boxFolder: string) => ({ ...ways.env?.(boxFolder), ...compiled })
  const make = async (name: string) =>
    new RealBox({ ...ways, env, name, folder: join(folder, name), port: await freePort(dice), random: dice })
  const [keeper, follower] = [await make('keeper'), await make('follower')]
  try {
    await joinUp(keeper, follower)
    return { keeper, follower }
  } catch (error) {
    await Promise.all([keeper.kill(), follower.kill()])
    throw error
  }
}

async function joinUp(keeper: RealBox, follower: RealBox): Promise<void> {
  keeper.start()
  await keeper.stop()
  keeper.start()
  follower.start()
  await keeper.tell({ do: 'found', site })
  await until(async () => (await keeper.siteStatus())?.role === 'keeping', 'the keeper keeps')
  const { box, publicKey } = follower.identity
  await keeper.tell({ do: 'assign', site, box, publicKey })
  await follower.tell({ do: 'serve', site, above: keeper.above })
  await until(() => haveTheSame({ keeper, follower }), 'the follower has the log')
}

/** Both hold the same log, and nothing is on its way. */
export async function haveTheSame({ keeper, follower }: Pair): Promise<boolean> {
  const [here, there] = [await keeper.siteStatus(), await follower.siteStatus()]
  if (here?.role !== 'keeping' || !there) return false
  const isIdle = [here, there].every(({ unsent, viewLag }) => unsent === 0 && viewLag === 0)
  return isIdle && here.n === there.n && here.chain === there.chain
}

export async function until(holds: () => Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`after ${ms / 1000} s it is still not so that ${what}`)
    await pause(10)
  }
}
