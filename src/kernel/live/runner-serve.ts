import type { MessagePort } from 'node:worker_threads'
import type { Ran } from './runner.ts'
import type { RunnerCore } from './runner-core.ts'

export type RunnerCall = {
  readonly id: number
  readonly run: readonly [string, string, string, string | null] | null
}
export type RunnerAnswer = { readonly id: number; readonly ran: Ran | null }

/** The inside of a runner thread: asked through its port, one run at a time. */
export function serveRunner(port: MessagePort, core: RunnerCore): void {
  port.on('message', ({ id, run }: RunnerCall) => {
    if (run) return port.postMessage({ id, ran: core.run(...run) } satisfies RunnerAnswer)
    core.close()
    port.postMessage({ id, ran: null } satisfies RunnerAnswer)
    port.close()
  })
}
