import { realpathSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Dice } from '../../src/world/random.ts'
import { truthFile } from '../crash/box-folder.ts'
import { Callers } from '../crash/callers.ts'
import { Ledger } from '../crash/ledger.ts'
import { haveTheSame, startPair, until } from '../crash/pair.ts'
import type { TracedBox } from './fsync-proof.ts'

/** As a process of its own, under strace: two boxes and their callers for a while, without a kill. Prints who was who. */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
    ms: { type: 'string', default: '3000' },
    unsafe: { type: 'boolean', default: false },
  },
})
const dice = new Dice(values.seed)
const pair = await startPair(values.folder, dice.fork('boxes'), { unsafe: values.unsafe })
const traced = [pair.keeper, pair.follower].map(({ name, pid = 0, folder }): TracedBox => ({
  name,
  pid,
  file: `${realpathSync(truthFile(folder))}-wal`,
}))
const callers = new Callers([pair.keeper, pair.follower], new Ledger(), dice.fork('callers'))
callers.start()
await pause(Number(values.ms))
await callers.leave()
await until(() => haveTheSame(pair), 'both boxes have the same log, and all of it')
await pair.follower.stop()
await pair.keeper.stop()
console.log(JSON.stringify(traced))
