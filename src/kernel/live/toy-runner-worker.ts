import { parentPort, workerData } from 'node:worker_threads'
import { toyKnown } from '../pack/toy-pack.ts'
import { readFolder } from './read-folder.ts'
import { RunnerCore } from './runner-core.ts'
import { serveRunner } from './runner-serve.ts'

/** For tests: the thread of queries over the toy pack. It dies, or never comes to an end, at a query of that name. */
if (parentPort !== null) {
  const core = new RunnerCore(toyKnown, readFolder(String(workerData)), () => 0)
  parentPort.on('message', ({ run }: { run: readonly string[] | null }) => {
    if (run?.[1] === 'dies') process.exit(1)
    while (run?.[1] === 'never ends') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  })
  serveRunner(parentPort, core)
}
