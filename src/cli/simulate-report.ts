import type { Tally } from '../world/tally.ts'
import type { Covered } from './simulate-coverage.ts'

/** What a run of worlds comes to. */
export type Summary = {
  readonly first: number
  readonly worlds: number
  readonly days: number
  readonly facts: number
  readonly actions: number
  readonly faults: Tally
  /** Fault x state of the box that it met. */
  readonly reached: Tally
  readonly faultKinds: readonly string[]
  /** One trace hash a world. */
  readonly hashes: readonly string[]
  readonly coreHours: number
  readonly failure:
    | { readonly seed: number; readonly message: string; readonly tail: readonly string[] }
    | undefined
}

/** A pair that was met less often than this says little. */
const rareBelow = 3

export function report(
  summary: Summary,
  covered: Covered | undefined,
): { readonly text: string; readonly json: unknown } {
  const { faults, reached, failure, faultKinds } = summary
  const pairs = reached.entries()
  const rare = pairs.filter(([, count]) => count < rareBelow).map(([pair]) => pair)
  const never = faultKinds.filter((kind) => faults.get(kind) === 0)
  const perCoreHour = Math.round(summary.days / summary.coreHours)
  const again = failure && `npm run simulate -- --seed ${failure.seed} --days 0.1`
  const lines = [
    '',
    `days           ${summary.days.toFixed(1)} in ${summary.worlds} worlds, from seed ${summary.first}`,
    `facts          ${summary.facts}, actions ${summary.actions}`,
    `faults         ${faults.total}`,
    ...faults.entries().map(([kind, count]) => `               ${String(count).padStart(6)}  ${kind}`),
    `never struck   ${never.join(', ') || 'none: every kind did'}`,
    `fault x state  ${pairs.length} pairs reached, ${rare.length} of them less than ${rareBelow} times${rare.length > 0 ? ':' : ''}`,
    ...rare.map((pair) => `                       ${pair}`),
    `speed          ${perCoreHour} days per core-hour`,
    `src/kernel     ${covered ? `${covered.percent.toFixed(1)} % of lines ran` : 'not measured'}`,
    ...(covered ? coverageLines(covered) : []),
    `trace          ${summary.hashes.at(-1) ?? ''}`,
    `verdict        ${failure ? 'A PROMISE WAS BROKEN' : 'every promise held'}`,
    ...(failure ? ['', `world ${failure.seed}: ${failure.message}`, '', `To see it again: ${again}`] : []),
  ]
  const json = {
    ...summary,
    faults: Object.fromEntries(faults.entries()),
    reached: Object.fromEntries(pairs),
    rare,
    never,
    daysPerCoreHour: perCoreHour,
    coverage: covered,
    verdict: failure ? 'broken' : 'held',
    again,
  }
  return { text: lines.join('\n'), json }
}

function coverageLines({ files, apart, percentWithApart }: Covered): readonly string[] {
  const whole = files.filter(({ missed }) => missed.length === 0).length
  return [
    ...files
      .filter(({ missed }) => missed.length > 0)
      .map(
        ({ file, percent, missed }) =>
          `               ${percent.toFixed(0).padStart(5)} %  ${file}: ${ranges(missed)}`,
      ),
    `               ${whole} files ran whole`,
    `               threads and folders, in no world: ${apart.map(({ file, lines }) => `${file} (${lines})`).join(', ')}`,
    `               with those lines ${percentWithApart.toFixed(1)} %`,
  ]
}

/** 3, 4, 5 and 9 as `3-5, 9`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}
