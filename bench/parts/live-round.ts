import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromReaders, FromServer, ToReaders, ToServer } from './live-words.ts'
import { changesPerSecond } from './live-words.ts'
import { percentile } from './figure.ts'
import { sleep } from './time.ts'

const programs = {
  box: fileURLToPath(new URL('./live-server.ts', import.meta.url)),
  'socket.io': fileURLToPath(new URL('../peers/socket-io-server.ts', import.meta.url)),
}
const readers = fileURLToPath(new URL('./live-readers.ts', import.meta.url))
const readerProcesses = 2
const warmUpMs = 2_000
const roundMs = 8_000
/** A machine that has other work to do is given so long to tell the last change. */
const settleMs = 2_000

export type Served = keyof typeof programs
export type LiveRound = { readonly cpuMicros: number; readonly p50: number; readonly p99: number }

/** One server and its readers, each in processes of their own. */
export async function liveRound(what: Served, folder: string, count: number): Promise<LiveRound> {
  const server = fork(programs[what], [folder])
  const { url } = await heard<FromServer, 'ready'>(server, 'ready')
  const crowd = Array.from({ length: readerProcesses }, () => fork(readers, [what]))
  for (const part of crowd) {
    tell<ToReaders>(part, { do: 'connect', url, count: count / readerProcesses })
    await heard<FromReaders, 'connected'>(part, 'connected')
  }
  await run(server, crowd, warmUpMs)
  const { cpuMicros, ms } = await run(server, crowd, roundMs)
  for (const each of [...crowd, server]) {
    const ended = once(each, 'exit')
    tell<ToReaders & ToServer>(each, { do: 'stop' })
    await ended
  }
  const sorted = Float64Array.from(ms).toSorted()
  const due = (roundMs / 1000) * count * changesPerSecond
  if (sorted.length < due * 0.99) throw new Error(`${what}: of ${due} changes ${sorted.length} were told`)
  return {
    cpuMicros: cpuMicros / sorted.length,
    p50: percentile([...sorted], 50),
    p99: percentile([...sorted], 99),
  }
}

async function run(server: ChildProcess, crowd: readonly ChildProcess[], ms: number) {
  tell<ToServer>(server, { do: 'run', ms })
  const { cpuMicros, changes } = await heard<FromServer, 'ran'>(server, 'ran')
  await sleep(settleMs)
  const all: number[] = []
  for (const part of crowd) {
    tell<ToReaders>(part, { do: 'judge', changes })
    for (const each of (await heard<FromReaders, 'judged'>(part, 'judged')).ms) all.push(each)
  }
  return { cpuMicros, ms: all }
}

function tell<Words extends object>(child: ChildProcess, words: Words): void {
  child.send(words)
}

async function heard<Words extends { readonly is: string }, Is extends Words['is']>(
  child: ChildProcess,
  is: Is,
): Promise<Extract<Words, { readonly is: Is }>> {
  // Of a process that has ended already no event comes any more, and nothing would keep the bench waiting.
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`a process of the bench has ended: ${child.signalCode ?? child.exitCode}`)
  const ended = new AbortController()
  const { signal } = ended
  try {
    const exit = once(child, 'exit', { signal }).then(() => {
      throw new Error('a process of the bench ended before it answered')
    })
    const [words] = (await Promise.race([once(child, 'message', { signal }), exit])) as [Words]
    if (words.is !== is) throw new Error(`it said ${words.is}, not ${is}`)
    return words as Extract<Words, { readonly is: Is }>
  } finally {
    ended.abort()
  }
}
