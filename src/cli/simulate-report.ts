import type { Tally } from '../world/tally.ts'
import type { Covered } from './simulate-coverage.ts'

/** What a run of worlds comes to. */
export type Summary = {
  readonly first: number
  /** So many days were asked for. */
  readonly asked: number
  readonly worlds: number
  /** Worlds of 200 boxes or more. */
  readonly crowds: number
  readonly days: number
  readonly facts: number
  readonly actions: number
  readonly faults: Tally
  /** Fault x rule of the state in which it met a box. */
  readonly reached: Tally
  readonly faultKinds: readonly string[]
  /** What the rules of the states say, by rule. */
  readonly states: Readonly<Record<string, string>>
  /** One trace hash a world. */
  readonly hashes: readonly string[]
  readonly coreHours: number
  /** Somebody stopped it before so many days were lived. */
  readonly interrupted: boolean
  readonly failure:
    | { readonly seed: number; readonly message: string; readonly tail: readonly string[] }
    | undefined
}

/** A pair that was met less often than this says little. Of a short run one cannot ask for more. */
const longRun = 500
const rareBelow = ({ days }: Summary): number => (days >= longRun ? 100 : 3)

export function report(
  summary: Summary,
  covered: Covered | undefined,
): { readonly text: string; readonly json: unknown } {
  const { faults, reached, failure, faultKinds, worlds, crowds, days } = summary
  const below = rareBelow(summary)
  const pairs = reached.entries()
  const rare = pairs.filter(([, count]) => count < below).map(([pair]) => pair)
  const never = faultKinds.filter((kind) => faults.get(kind) === 0)
  const perCoreHour = Math.round(days / summary.coreHours)
  const again = failure && `npm run simulate -- --seed ${failure.seed} --days 0.1`
  const lines = [
    '',
    `days           ${days.toFixed(1)} in ${worlds} worlds, from seed ${summary.first}`,
    `crowds         ${crowds} of ${worlds} worlds have 200 boxes or more`,
    `facts          ${summary.facts}, actions ${summary.actions}`,
    `faults         ${faults.total}`,
    ...faults.entries().map(([kind, count]) => `               ${String(count).padStart(6)}  ${kind}`),
    `never struck   ${never.join(', ') || 'none: every kind did'}`,
    `fault x state  ${pairs.length} pairs reached, ${rare.length} of them less than ${below} times`,
    ...rareLines(summary, below),
    `speed          ${perCoreHour} days per core-hour`,
    `src/kernel     ${covered ? `${covered.percent.toFixed(1)} % of lines ran` : 'not measured'}`,
    ...(covered ? coverageLines(covered) : []),
    `trace          ${summary.hashes.at(-1) ?? ''}`,
    `verdict        ${verdict(summary)}`,
    ...(failure ? ['', `world ${failure.seed}: ${failure.message}`, '', `To see it again: ${again}`] : []),
  ]
  const json = {
    ...summary,
    faults: Object.fromEntries(faults.entries()),
    reached: Object.fromEntries(pairs),
    rareBelow: below,
    rare,
    never,
    daysPerCoreHour: perCoreHour,
    coverage: covered,
    verdict: failure ? 'broken' : worlds === 0 ? 'unknown' : 'held',
    again,
  }
  return { text: lines.join('\n'), json }
}

function verdict({ failure, interrupted, worlds, days, asked }: Summary): string {
  if (failure) return 'A PROMISE WAS BROKEN'
  if (!interrupted) return 'every promise held'
  if (worlds === 0) return 'none: interrupted before a world had come to its end'
  return `every promise held in these ${days.toFixed(1)} days; interrupted, ${asked} were asked for`
}

/** By the rule of each state: which faults met it seldom, and which never did. */
function rareLines({ reached, faultKinds, states }: Summary, below: number): readonly string[] {
  return Object.entries(states).flatMap(([rule, text]) => {
    const counts = faultKinds.map((kind) => [kind, reached.get(`${kind} x ${rule}`)] as const)
    const seldom = counts.filter(([, count]) => count > 0 && count < below)
    const never = counts.filter(([, count]) => count === 0)
    if (never.length === faultKinds.length) return [`               ${rule} ${text}: met by no fault`]
    return [
      `               ${rule} ${text}`,
      ...(seldom.length > 0
        ? [`                 rare   ${seldom.map((each) => each.join(' ')).join(', ')}`]
        : []),
      ...(never.length > 0 ? [`                 never  ${never.map(([kind]) => kind).join(', ')}`] : []),
    ]
  })
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
