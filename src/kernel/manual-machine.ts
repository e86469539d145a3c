import { manualTime } from '../store/manual-time.ts'
import type { Machine, Random } from './machine.ts'

/** For tests: chance that comes out the same for the same seed. */
export function seededRandom(seed = 1): Random {
  let state = (seed * 2_654_435_761) | 1
  const byte = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 255
  }
  return { bytes: (size) => Uint8Array.from({ length: size }, byte) }
}

/** For tests: a machine whose time is moved by hand, and which remembers what it was told. */
export function manualMachine(seed = 1) {
  const { clock, timers, pass, pending } = manualTime()
  const said: string[] = []
  const machine: Machine = {
    boot: `boot-${seed}`,
    clock: { ...clock, wall: () => 1_800_000_000_000 + clock.mono() },
    timers,
    random: seededRandom(seed),
    log: (level, text) => said.push(`${level} ${text}`),
  }
  return { machine, pass, pending, said }
}

/** For tests: lets every promise that can end now end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}
