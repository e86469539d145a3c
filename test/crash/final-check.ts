import { site } from './fair-packs.ts'
import type { Ledger } from './ledger.ts'
import { LogCheck } from './log-check.ts'
import type { Pair } from './pair.ts'
import type { RealBox } from './real-box.ts'
import { TruthCopy } from './truth-copy.ts'
import { rebuiltHash, verifyProblems, viewProblems } from './views-check.ts'

/** Stops both boxes, and holds all that stands on their disks against all that the callers were told. */
export async function finalProblems(pair: Pair, ledger: Ledger): Promise<readonly string[]> {
  const told = new Map<RealBox, unknown>()
  for (const box of [pair.keeper, pair.follower]) told.set(box, await box.tell({ do: 'hash', site }))
  await pair.follower.stop()
  await pair.keeper.stop()
  const problems: string[] = []
  const heads = new Set<string>()
  for (const [box, hash] of told) {
    using disk = new TruthCopy(box.folder)
    const log = new LogCheck(disk, ledger)
    heads.add(`${log.n} ${log.chain}`)
    const found = [
      ...(disk.soundness === 'ok' ? [] : [`its file is not sound: ${disk.soundness}`]),
      ...log.problems,
      ...viewProblems(box.folder, log),
      ...verifyProblems(box.folder, (box === pair.keeper ? pair.follower : pair.keeper).folder),
      ...(hash === rebuiltHash(disk) ? [] : ['its views are not those that its log makes']),
    ]
    problems.push(...found.map((words) => `${box.name}: ${words}`))
  }
  return heads.size === 1 ? problems : [...problems, `two logs: ${[...heads].join(', ')}`]
}
