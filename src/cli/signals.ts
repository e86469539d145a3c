import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type StopSignal = {
  /** The first signal that asks the program to stop. */
  readonly asked: Promise<NodeJS.Signals>
  readonly forget: () => void
}

/** The first signal asks; whoever sends a second one does not want to wait. */
export function listenForStop(): StopSignal {
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let count = 0
  const hear = (signal: NodeJS.Signals) => {
    count += 1
    if (count > 1) process.exit(128 + constants.signals[signal])
    resolve(signal)
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    asked,
    forget: () => {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
