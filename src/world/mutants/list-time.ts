import type { Mutant } from './mutant.ts'

const wild = (seed: number) => ({ arena: 'wild clocks', seed })
const forgetting = (seed: number) => ({ arena: 'forgetting clocks', seed })

/** In clocks and timers. */
export const inTime: readonly Mutant[] = [
  {
    name: 'the neighbour is believed to know exactly',
    breaks: 'CLOCK-2',
    file: 'src/kernel/clock/estimate.ts',
    find: 'within: within + Math.max(0, delay)',
    replace: 'within: Math.max(0, delay)',
    first: wild(1),
  },
  {
    name: 'the way there and back takes no time',
    breaks: 'CLOCK-2',
    file: 'src/kernel/clock/estimate.ts',
    find: 'Math.max(0, delay) / 2 + roundingMs',
    replace: 'roundingMs',
    first: wild(4),
  },
  {
    name: 'a belief does not age',
    breaks: 'CLOCK-3',
    file: 'src/kernel/clock/estimate.ts',
    find: '  return within + Math.abs(at - mono) * driftPerMs',
    replace: '  return within + Math.abs(at - mono) * 0',
    first: wild(1),
  },
  {
    name: 'what is not slewed yet is not stated',
    breaks: 'CLOCK-3',
    file: 'src/kernel/clock/steer.ts',
    find: 'withinAt(clock.belief, mono) + Math.abs(clock.belief.offset - offsetAt(clock, mono))',
    replace: 'withinAt(clock.belief, mono)',
    first: wild(11),
  },
  {
    name: 'every correction is a step',
    breaks: 'CLOCK-5',
    file: 'src/kernel/clock/steer.ts',
    find: '  if (mayStep) return',
    replace: '  if (mayStep || clock.settled) return',
    first: wild(11),
  },
  {
    name: 'a new boot goes on with the old one’s offset',
    breaks: 'CLOCK-7',
    file: 'src/kernel/clock/site-clock.ts',
    find: 'if (saved?.boot === parts.machine.boot) {',
    replace: 'if (saved) {',
    first: forgetting(1),
  },
  {
    name: 'nobody tells when a clock is known',
    breaks: 'CLOCK-12',
    file: 'src/kernel/clock/site-clock.ts',
    find: `    if (change !== 'step')`,
    replace: `    if (change === 'wrong')`,
    first: wild(1),
  },
  {
    name: 'packs are not told to retime',
    breaks: 'CLOCK-10',
    file: 'src/kernel/site/entry-times.ts',
    find: '    for (const pack of known.packs) pack.retime?.(',
    replace: '    for (const pack of known.packs.slice(0, 1)) pack.retime?.(',
    first: forgetting(1),
  },
  {
    name: 'the time of an unknown boot is made up',
    breaks: 'CLOCK-9',
    file: 'src/kernel/clock/time-of.ts',
    find: 'return quality === 0 || offset === null ?',
    replace: 'return offset === null ?',
    first: wild(3),
  },
  {
    name: 'journals are trimmed on an unknown clock',
    breaks: 'CLOCK-14',
    file: 'src/kernel/box/site.ts',
    find: 'this.#records.trim(quality > 0)',
    replace: 'this.#records.trim(quality >= 0)',
    survives: 'a week is counted by the time that a box has run, whatever its clock says',
  },
  {
    name: 'a timer that rang stays',
    breaks: 'TIMER-2',
    file: 'src/kernel/timers/apply.ts',
    find: '  if (row?.n === n && row.i === i) timers.remove(pack, name)',
    replace: '  if (row?.n === n && row.i !== i) timers.remove(pack, name)',
    first: forgetting(1),
  },
  {
    name: 'any boot’s clock ends a while',
    breaks: 'TIMER-4',
    file: 'src/kernel/timers/due.ts',
    find: 'WHERE boot = ? AND mono <= ?`',
    replace: `WHERE (boot = ? OR boot <> '') AND mono <= ?\``,
    first: wild(1),
  },
  {
    name: 'an unknown clock ends a moment',
    breaks: 'TIMER-4',
    file: 'src/kernel/timers/due.ts',
    find: `  over([mono, offset, quality]: Instant, boot: string, most: number): readonly DueTimer[] {
    const inBoot = \`SELECT \${columns} FROM \${table} WHERE boot = ? AND mono <= ?\`
    const known = quality > 0 && offset !== null`,
    replace: `  over([mono, offset, quality]: Instant, boot: string, most: number): readonly DueTimer[] {
    const inBoot = \`SELECT \${columns} FROM \${table} WHERE boot = ? AND mono <= ?\`
    const known = quality >= 0 && offset !== null`,
    first: forgetting(1),
  },
  {
    name: 'nobody looks at timers again',
    breaks: 'TIMER-4',
    file: 'src/kernel/timers/watch.ts',
    find: '    if (wait === undefined) return\n',
    replace: '    if (wait === undefined || wait > 0) return\n',
    first: wild(2),
  },
  {
    name: 'a while of a lost boot never ends',
    breaks: 'TIMER-6',
    file: 'src/kernel/timers/apply.ts',
    find: 'if (row.kept && row.boot !== boot)',
    replace: 'if (!row.kept && row.boot !== boot)',
    first: forgetting(4),
  },
]
