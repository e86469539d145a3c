import { existsSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../../src/kernel/digest.ts'
import { truthFormat } from '../../src/store/truth-tables.ts'
import { FairBox } from './fair-box.ts'
import { fill } from './fill.ts'
import { known } from './known.ts'

const count = 1_000_000

/**
 * A data folder whose box has recorded, ordered and shown 1,000,000 facts. It takes minutes to make, so it stays
 * in the temporary folder for the next run, under a name that changes with the format of its files.
 */
export async function millionFacts(): Promise<string> {
  const format = sha256(truthFormat.tables + known.rules).replaceAll(/[^0-9A-Za-z]/g, '')
  const folder = join(tmpdir(), `regie-bench-million-${format.slice(0, 12)}`)
  if (existsSync(folder)) return folder
  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  {
    await using fair = await FairBox.keeper(part)
    await fill(fair, count, 'million')
  }
  renameSync(part, folder)
  return folder
}
