import { join } from 'node:path'
import { bodyLine, headText } from '../kernel/entry.ts'
import { know } from '../kernel/pack/kinds.ts'
import { kernelPack } from '../kernel/site/kernel-pack.ts'
import type { Item } from '../kernel/site/sequencer.ts'
import { viewsFolder } from '../kernel/site/views-folder.ts'
import { WriterCore } from '../kernel/site/writer-core.ts'
import { SqliteTruth } from '../store/truth-sqlite.ts'
import { openTruthFile } from '../store/truth-tables.ts'
import { fair } from '../world/fair/pack.ts'

export const fairKnown = know(kernelPack, [fair])
const at = [1, 1_800_000_000_000, 2] as const
const stream = 'stream0000000001'

/** A box's folder with a day of the fair in it, under these names. `last`: the tag of record 150. */
export function fairFolder(truthPath: string, viewsPath: string, last = 'v9') {
  const truthFile = openTruthFile(truthPath)
  const truth = new SqliteTruth(truthFile)
  const random = { bytes: (size: number) => new Uint8Array(size) }
  const writer = new WriterCore(fairKnown, viewsFolder(viewsPath), random)
  const rows = Array.from({ length: 200 }, (_, index) => {
    const seq = index + 1
    const head = headText({ form: 'r', at, kind: 'fair.seen', from: { box: 'box1', stream, seq } })
    const tag = seq === 150 ? last : `v${seq % 9}`
    return { seq, head, body: bodyLine({ tag, gate: 'north', at: seq, hits: seq }, null) }
  })
  const items: Item[] = [
    { do: 'say', facts: [{ kind: 'site.keeper', body: { term: `1/box1/1/${stream}`, how: 'birth' } }] },
    { do: 'records', box: 'box1', stream, rows },
    { do: 'act', action: 'fair.grant', key: 'k1', who: 'tester', input: { tag: 'v1', cents: 500 } },
  ]
  writer.open('fair')
  const step = writer.step('fair', items, at)
  truth.commitGroup([[{ do: 'entries', site: 'fair', rows: step.rows }]])
  writer.settle('fair', 'commit')
  writer.close()
  truthFile.close()
  return { truth: truthPath, views: viewsPath }
}

/** The same as a data folder. */
export const fairData = (folder: string, last?: string) =>
  fairFolder(join(folder, 'truth.db'), join(folder, 'views'), last)
