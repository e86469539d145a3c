import { randomInt } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crashRound } from './crash-round.ts'

const kills = 60

test('killed 60 times in the middle of work, two boxes lose nothing and double nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'regie-kills-'))
  const seed = process.env['REGIE_CRASH_SEED'] ?? String(randomInt(1_000_000))
  console.log(`crash test, seed ${seed}`)
  const end = await crashRound({ folder: folder.path, seed, kills })
  console.log(`kills ${end.kills}, with requests unanswered ${end.struck}; ${end.words}`)
  expect(end.problems.slice(0, 20)).toEqual([])
  expect(end.kills).toBe(kills)
  expect(end.struck).toBeGreaterThanOrEqual(kills / 2)
}, 300_000)
