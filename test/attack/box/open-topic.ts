import { fairTrades } from './fair-trades.ts'
import { raw, topicsOf } from '../../../src/kernel/pack/topic.ts'
import { know } from '../../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../../src/kernel/site/kernel-pack.ts'
import { packs } from '../../../src/packs/packs.ts'
import { fairWithTopics, topics } from '../../../src/world/fair/topics.ts'
import { startProgram } from '../../../src/cli/program.ts'
import { realMachine } from '../../../src/cli/machine.ts'
import { readSettings } from '../../../src/cli/settings.ts'

/** A program with a pack that says of one topic not who may use it: it must not come up. */
const { pass } = topicsOf()
const open = pass('open/{device}', { payload: raw(10), publish: [], subscribe: ['viewer'] })
const known = know(kernelPack, [...packs, { ...fairWithTopics, topics: { ...topics, open } }])
const settings = readSettings({}, { data: process.argv[2] ?? '', port: '0', host: '127.0.0.1' })
await startProgram({
  settings,
  machine: realMachine(),
  trades: { ...fairTrades, known },
  listening: () => {},
})
