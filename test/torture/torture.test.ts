import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { crashRound } from '../crash/crash-round.ts'
import { forgetfulDisk } from './forgetful-disk.ts'
import { needTools } from './tools.ts'
import { traceBoxes } from './trace-boxes.ts'

// What is missing is installed where that is allowed; elsewhere this fails with the one command to type.
beforeAll(needTools, 180_000)

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'regie-torture-'))

test('with synchronous=OFF a power cut takes what was acknowledged, and it is seen', async () => {
  await using folder = await newFolder()
  const disk = forgetfulDisk(folder.path)
  const end = await crashRound({ folder: folder.path, seed: 'unsafe', kills: 6, unsafe: true, disk })
  expect(end.problems.join('\n')).toMatch(/acknowledged .* and it is not on its disk/)
})

test('with the real settings a power cut takes nothing', async () => {
  await using folder = await newFolder()
  const disk = forgetfulDisk(folder.path)
  const end = await crashRound({ folder: folder.path, seed: 'safe', kills: 4, disk })
  expect(end.problems).toEqual([])
})

test('with synchronous=OFF acknowledgements leave too early, and the trace shows it', async () => {
  await using folder = await newFolder()
  const proof = await traceBoxes({ folder: folder.path, seed: 'unsafe', ms: 300, unsafe: true })
  expect(proof.early.length).toBeGreaterThan(0)
})
