import { expect, test } from 'vitest'
import { covers } from './simulate-covers.ts'

test('counts what a box runs: what no program imports is there for tests', () => {
  expect(covers().leftOut).toEqual([
    'src/kernel/blobs/blobs.example.ts',
    'src/kernel/clock/toy-watch.ts',
    'src/kernel/link/memory-channel.ts',
    'src/kernel/live/runner.contract.ts',
    // Until the door of live queries is there; worlds run it.
    'src/kernel/live/toy-live.ts',
    'src/kernel/live/toy-runner-worker.ts',
    'src/kernel/manual-machine.ts',
    'src/kernel/pack/rows.example.ts',
    'src/kernel/pack/toy-pack.ts',
    'src/kernel/samples/samples.example.ts',
    'src/kernel/settings/arbitrary.ts',
    'src/kernel/site/branches.ts',
    'src/kernel/site/toy-keeper.ts',
    'src/kernel/site/toy-log.ts',
  ])
})

test('names apart what no world can run', () => {
  const { counted, apart } = covers()
  expect(apart).toEqual([
    'src/kernel/site/views-folder.ts',
    'src/kernel/site/writer-serve.ts',
    'src/kernel/site/writer-thread.ts',
  ])
  expect(counted).toContain('src/kernel/views/verify.ts')
  expect(counted).toContain('src/kernel/box/record-flow.ts')
})
