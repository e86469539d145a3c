import { parseArgs } from 'node:util'
import { listenForStop } from './signals.ts'
import { lineCoverage, startCoverage } from './simulate-coverage.ts'
import { report, type Summary } from './simulate-report.ts'

const help = `regie simulate [world] --seed <n> --days <n>

Lives the days of simulated boxes with everything that can go wrong, and checks what the kernel
promises. A day is ten hours of one box. Worlds follow each other from the seed on, until they have
lived so many days.

  --seed <n>     the first world (1)
  --days <n>     days to live (10)
  --no-coverage  do not measure which lines of src/kernel ran
  --trace        print everything that happens
  --json         the report as JSON
  --mutants      break the kernel on purpose instead, and see whether worlds find out
                 (--mutants --help says more)
  --help         this text

Ends with 0 when every promise held, with 1 when one was broken, with 2 when the options are wrong.
Ctrl-C ends it with a report on the worlds that were lived to their end, and 130.`

const interruptedCode = 130

/** `regie simulate world`. Returns the exit code. */
export async function simulate(args: readonly string[]): Promise<number> {
  if (args.includes('--mutants')) return mutants(args.filter((each) => each !== '--mutants'))
  const asked = options(args)
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${help}`)
    return 2
  }
  if (asked.help) {
    console.log(help)
    return 0
  }
  const coverage = asked.coverage ? startCoverage() : undefined
  const summary = await live(asked)
  const covered = coverage ? lineCoverage(coverage) : undefined
  console.log(
    asked.json ? JSON.stringify(report(summary, covered).json, null, 2) : report(summary, covered).text,
  )
  return summary.failure ? 1 : summary.interrupted ? interruptedCode : 0
}

type Asked = {
  readonly seed: number
  readonly days: number
  readonly coverage: boolean
  readonly trace: boolean
  readonly json: boolean
  readonly help: boolean
}

function options(args: readonly string[]): Asked | string {
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        seed: { type: 'string', default: '1' },
        days: { type: 'string', default: '10' },
        coverage: { ...flag, default: true },
        trace: flag,
        json: flag,
        help: flag,
      },
    })
    const strange = positionals.find((each) => each !== 'world')
    if (strange !== undefined) return `There is nothing called "${strange}" to simulate: only "world".`
    const [seed, days] = [Number(values.seed), Number(values.days)]
    if (!Number.isSafeInteger(seed) || seed < 0) return `--seed is a whole number, not "${values.seed}".`
    if (!(days > 0)) return `--days is a number above 0, not "${values.days}".`
    return { ...values, seed, days }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function mutants(args: readonly string[]): Promise<number> {
  const { help: more, runMutants } = await import('../world/mutants/run.ts')
  if (!args.includes('--help')) return runMutants(args)
  console.log(more)
  return 0
}

/** World after world. It is loaded here, so that coverage sees every line from the beginning. */
async function live({ seed, days, trace, json }: Asked): Promise<Summary> {
  const { liveOneDay, faultKinds, Interrupted } = await import('../world/day.ts')
  const { protocolStates } = await import('../world/protocol-states.ts')
  const { Tally } = await import('../world/tally.ts')
  const before = process.cpuUsage()
  const coreHours = () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 3.6e9
  }
  const sum = {
    worlds: 0,
    crowds: 0,
    days: 0,
    facts: 0,
    actions: 0,
    faults: new Tally(),
    reached: new Tally(),
  }
  const hashes: string[] = []
  let failure: Summary['failure']
  const stop = new AbortController()
  const signals = listenForStop()
  void signals.asked.then(() => stop.abort())
  for (let next = seed; sum.days < days && !failure && !stop.signal.aborted; next += 1) {
    const tell = trace ? (line: string) => console.error(line) : undefined
    const outcome = await liveOneDay(String(next), { tell, signal: stop.signal })
    const { shape, boxes } = outcome.scenario
    // Of a world that was not lived to its end nothing is counted, and nothing is claimed.
    if (outcome.failure instanceof Interrupted) break
    sum.worlds += 1
    sum.crowds += boxes.length >= 200 ? 1 : 0
    sum.days += outcome.days
    sum.facts += outcome.facts
    sum.actions += outcome.actions
    sum.faults.merge(outcome.faults)
    sum.reached.merge(outcome.reached)
    hashes.push(outcome.hash)
    const verdict = outcome.failure ? 'FAILED' : 'ok'
    const told = `world ${next}: ${shape}, ${boxes.length} boxes, ${outcome.facts} facts, ${outcome.faults.total} faults: ${verdict}`
    const speed = Math.round(sum.days / coreHours())
    if (!json) console.log(`${told}  (${sum.days.toFixed(1)} of ${days} days, ${speed} per core-hour)`)
    if (outcome.failure) failure = { seed: next, message: outcome.failure.message, tail: outcome.tail }
  }
  signals.forget()
  const interrupted = stop.signal.aborted && !failure
  const asked = { first: seed, asked: days, interrupted }
  return { ...sum, ...asked, hashes, failure, faultKinds, states: protocolStates, coreHours: coreHours() }
}
