import { figure } from './parts/figure.ts'
import { bundleFairProgram } from './parts/fair-program.ts'
import { inFolder } from './parts/folder.ts'
import { millionFacts } from './parts/million.ts'
import { Program } from './parts/program.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { sleep } from './parts/time.ts'

const rounds = 3
const idleMs = 10_000

type Found = { readonly seconds: number[]; readonly megabytes: number[] }

/** The bundled program on a folder with 1,000,000 facts, and on a new one. */
export async function startUp(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const file = await bundleFairProgram(folder)
    const full = await millionFacts()
    const [large, empty]: [Found, Found] = [
      { seconds: [], megabytes: [] },
      { seconds: [], megabytes: [] },
    ]
    for (let round = 0; round < rounds; round += 1) {
      await oneStart(file, full, large)
      await oneStart(file, `${folder}/new-${round}`, empty)
    }
    return [
      row('start to ready, 1,000,000 facts', figure('s', large.seconds), { atMost: 1 }),
      row('start to ready, new folder', figure('s', empty.seconds)),
      row('memory after 10 s idle, 1,000,000 facts', figure('MB', large.megabytes), { atMost: 120 }),
      row('memory after 10 s idle, new folder', figure('MB', empty.megabytes)),
    ]
  })
}

async function oneStart(file: string, data: string, found: Found): Promise<void> {
  await using program = await Program.start(file, data)
  found.seconds.push(program.startSeconds)
  await sleep(idleMs)
  found.megabytes.push(program.megabytes)
}
