import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import type { LiveRound } from './parts/live-round.ts'
import { liveRound } from './parts/live-round.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { peerPackage } from './peers/peer.ts'

const rounds = 3
const crowds = [1_000, 3_000] as const

/**
 * Ten decisions a second, each written to disk by a keeper, and told to all who read its books live; socket.io tells
 * messages of the same length, and writes nothing. Readers are WebSockets in two processes on the same machine, so
 * they take CPU from both. A message that tells two changes counts as two. Latency is from the commit, and there
 * from `emit`, to each reader.
 */
export async function liveFanOut(): Promise<readonly Row[]> {
  const withPeer = peerPackage('socket.io') !== undefined
  const rows: Row[] = []
  for (const count of crowds) {
    const ours: LiveRound[] = []
    const theirs: LiveRound[] = []
    for (let round = 0; round < rounds; round += 1) {
      await inFolder(async (folder) => ours.push(await liveRound('box', folder, count)))
      if (withPeer) await inFolder(async (folder) => theirs.push(await liveRound('socket.io', folder, count)))
    }
    rows.push(...rowsOf(count, ours, withPeer ? theirs : undefined))
  }
  return rows
}

function rowsOf(
  count: number,
  ours: readonly LiveRound[],
  theirs: readonly LiveRound[] | undefined,
): readonly Row[] {
  const what = `live, ${count.toLocaleString('en')} readers, 10 changes/s`
  const of = (unit: string, each: (round: LiveRound) => number, list: readonly LiveRound[]) =>
    figure(unit, list.map(each))
  const beside = (unit: string, each: (round: LiveRound) => number, ratio?: number) => {
    return {
      name: 'socket.io',
      figure: theirs ? of(unit, each, theirs) : { missing: 'npm run bench -- --peers' },
      ratio,
    }
  }
  const cpu = (round: LiveRound) => round.cpuMicros
  const p50 = (round: LiveRound) => round.p50
  const p99 = (round: LiveRound) => round.p99
  const aim = count === 1_000 ? { atMost: 50 } : undefined
  return [
    row(`${what}: CPU a message`, of('µs', cpu, ours), undefined, beside('µs', cpu, 1)),
    row(`${what}: p50`, of('ms', p50, ours), undefined, beside('ms', p50)),
    row(`${what}: p99`, of('ms', p99, ours), aim, beside('ms', p99)),
  ]
}
