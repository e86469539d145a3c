import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Dice } from '../../src/world/random.ts'
import { Callers } from './callers.ts'
import { site } from './fair-packs.ts'
import { finalProblems } from './final-check.ts'
import { Ledger } from './ledger.ts'
import { haveTheSame, startPair, until } from './pair.ts'

test('the keeper is killed, its follower takes over, the old one comes back: nothing is lost or doubled', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'regie-take-over-'))
  const dice = new Dice('take-over')
  const pair = await startPair(folder.path, dice.fork('boxes'), {})
  const ledger = new Ledger()
  const callers = new Callers([pair.keeper, pair.follower], ledger, dice.fork('callers'))
  try {
    callers.start()
    await pause(1000)
    expect(await pair.keeper.kill()).toBeGreaterThan(0)
    expect(await pair.follower.tell({ do: 'takeOver', site })).toMatchObject({ is: 'answered' })
    await pause(1000)
    pair.keeper.start()
    await pause(1000)
    await callers.leave()
    const now = { keeper: pair.follower, follower: pair.keeper }
    await until(() => haveTheSame(now), 'both boxes have the same log, and all of it')
    expect(await finalProblems(now, ledger)).toEqual([])
  } finally {
    callers.giveUp()
    await Promise.all([pair.keeper.kill(), pair.follower.kill()])
  }
}, 60_000)
