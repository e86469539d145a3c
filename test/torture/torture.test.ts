import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crashRound } from '../crash/crash-round.ts'
import { forgetfulDisk } from './forgetful-disk.ts'
import { hasTool } from './tools.ts'
import { traceBoxes } from './trace-boxes.ts'

// `npm run torture` installs what is missing; here a machine without a tool passes by what needs it.
const noCompiler = !hasTool('cc')
const noStrace = !hasTool('strace')
const newFolder = () => mkdtempDisposable(join(tmpdir(), 'regie-torture-'))

test.skipIf(noCompiler)(
  'with synchronous=OFF a power cut takes what was acknowledged, and it is seen',
  async () => {
    await using folder = await newFolder()
    const disk = forgetfulDisk(folder.path)
    const end = await crashRound({ folder: folder.path, seed: 'unsafe', kills: 6, unsafe: true, disk })
    expect(end.problems.join('\n')).toMatch(/acknowledged .* and it is not on its disk/)
  },
)

test.skipIf(noCompiler)('with the real settings a power cut takes nothing', async () => {
  await using folder = await newFolder()
  const disk = forgetfulDisk(folder.path)
  const end = await crashRound({ folder: folder.path, seed: 'safe', kills: 4, disk })
  expect(end.problems).toEqual([])
})

test.skipIf(noStrace)(
  'with synchronous=OFF acknowledgements leave too early, and the trace shows it',
  async () => {
    await using folder = await newFolder()
    const proof = await traceBoxes({ folder: folder.path, seed: 'unsafe', ms: 300, unsafe: true })
    expect(proof.early.length).toBeGreaterThan(0)
  },
)
