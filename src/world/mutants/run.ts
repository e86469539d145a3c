import { parseArgs } from 'node:util'
import { Bench } from './bench.ts'
import { mutants } from './list.ts'
import { makeMutants } from './made.ts'
import { mutated, type Mutant } from './mutant.ts'
import type { Trial, TrialEnd } from './trial.ts'
import { trials } from './trials.ts'

export const help = `regie simulate --mutants [--only <text>] [--made <n> --seed <n>] [--with-unit-tests]

Breaks the kernel on purpose, a line at a time, and lets small worlds find out. A mutant counts as
found when a world ends with a broken promise that has a name; an exception finds nothing.

  --only <text>       mutants whose name has this text
  --made <n>          n mutants made by rule, instead of those in the list
  --seed <n>          which of them (1)
  --with-unit-tests   also says which are found by the types or the unit tests (slow)

Ends with 1 when a mutant lives that should not, or when a world finds something without any.`

/** A process that lives so much longer than it should has met a mutant that hangs. */
const longestMs = 90_000
const benches = 2

export type Verdict = {
  readonly mutant: Mutant
  readonly is: 'found' | 'MISSED' | 'BROKE'
  /** Worlds that were lived until one found it, that one included. */
  readonly seeds: number
  readonly end: TrialEnd | undefined
  readonly elsewhere: string
}

type Asked = {
  readonly only: string
  readonly made: number
  readonly seed: number
  readonly unit: boolean
}

/** `regie simulate --mutants`. Returns the exit code. */
export async function runMutants(args: readonly string[]): Promise<number> {
  const asked = options(args)
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${help}`)
    return 2
  }
  const pool = Array.from({ length: benches }, () => new Bench())
  try {
    return await judge(asked, pool)
  } finally {
    for (const bench of pool) bench.remove()
  }
}

async function judge(asked: Asked, pool: readonly Bench[]): Promise<number> {
  const [first] = pool as [Bench]
  const chosen =
    asked.made > 0 ? await makeMutants(first, asked.made, asked.seed) : handWritten(asked.only, first)
  if (!chosen || !(await isClean(pool, trialsOf(chosen)))) return 1
  const verdicts = await share(pool, chosen, async (bench, mutant) => {
    const verdict = await bench.with(mutant, () => meet(bench, mutant, asked.unit))
    console.log(lineOf(verdict))
    return verdict
  })
  const found = verdicts.filter(({ is }) => is === 'found')
  const living = verdicts.filter(({ is, mutant }) => is !== 'found' && mutant.survives === undefined)
  console.log(
    `\n${found.length} of ${verdicts.length} mutants were found, ${living.length} live without a reason`,
  )
  return living.length === 0 || asked.made > 0 ? 0 : 1
}

/** Each must fit its file, or nothing is run at all. */
function handWritten(only: string, bench: Bench): readonly Mutant[] | undefined {
  const chosen = mutants.filter(({ name }) => name.includes(only))
  const misfits = chosen.flatMap((mutant) => {
    try {
      mutated(mutant, bench.read(mutant.file))
      return []
    } catch (error) {
      return [String(error)]
    }
  })
  for (const misfit of misfits) console.error(misfit)
  return misfits.length === 0 ? chosen : undefined
}

/** All worlds that are lived for these mutants. */
function trialsOf(chosen: readonly Mutant[]): readonly Trial[] {
  const all = [...trials, ...chosen.flatMap(({ first }) => (first ? [first] : []))]
  return [...new Map(all.map((trial) => [nameOf(trial), trial])).values()]
}

/** Without a mutant no world may find anything, else nothing that it finds later says anything. */
async function isClean(pool: readonly Bench[], all: readonly Trial[]): Promise<boolean> {
  const ends = await share(pool, all, (bench, trial) => bench.live([trial], longestMs))
  const dirty = ends.flat().filter(({ is }) => is !== 'clean')
  for (const end of dirty) console.log(`without any mutant, ${nameOf(end)}: ${end.text}`)
  if (dirty.length === 0) console.log(`without any mutant, ${all.length} worlds hold every promise\n`)
  return dirty.length === 0
}

async function meet(bench: Bench, mutant: Mutant, unit: boolean): Promise<Verdict> {
  const elsewhere = unit ? await foundElsewhere(bench) : ''
  const order = trialsInOrder(mutant)
  const ends: TrialEnd[] = []
  while (ends.length < order.length && ends.at(-1)?.is !== 'found') {
    ends.push(...(await bench.live(order.slice(ends.length), longestMs)))
    if (ends.filter(({ ms, is }) => is === 'broke' && ms === longestMs).length > 1) break
  }
  const end = ends.find(({ is }) => is === 'found') ?? ends.find(({ is }) => is === 'broke')
  const is = end?.is === 'found' ? 'found' : end ? 'BROKE' : 'MISSED'
  return { mutant, is, seeds: ends.length, end, elsewhere }
}

function trialsInOrder({ first }: Mutant): readonly Trial[] {
  return first ? [first, ...trials.filter((trial) => nameOf(trial) !== nameOf(first))] : trials
}

async function foundElsewhere(bench: Bench): Promise<string> {
  if ((await bench.compiles()).code !== 0) return ', does not compile'
  return (await bench.unitTests()).code === 0 ? ', unit tests pass' : ', unit tests fail'
}

function lineOf({ mutant, is, seeds, end, elsewhere }: Verdict): string {
  const known = mutant.survives === undefined ? '' : ` (${mutant.survives})`
  const name = mutant.name.padEnd(52)
  switch (is) {
    case 'found':
      return `${name} found in ${counted(seeds)}: ${end?.rule} in ${end ? nameOf(end) : ''}${elsewhere}`
    case 'MISSED':
      return `${name} MISSED in ${counted(seeds)}${known}${elsewhere}`
    case 'BROKE':
      return `${name} BROKE in ${counted(seeds)}${known}: ${end?.text.split('\n')[0] ?? ''}${elsewhere}`
  }
}

const counted = (seeds: number): string => (seeds === 1 ? '1 seed' : `${seeds} seeds`)

const nameOf = ({ arena, seed }: Trial): string => `${arena} ${seed}`

/** Gives the next piece of work to whichever bench is free. */
async function share<Work, Result>(
  pool: readonly Bench[],
  work: readonly Work[],
  does: (bench: Bench, piece: Work) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const rest = [...work.entries()]
  await Promise.all(
    pool.map(async (bench) => {
      for (let next = rest.shift(); next; next = rest.shift()) results[next[0]] = await does(bench, next[1])
    }),
  )
  return results
}

function options(args: readonly string[]): Asked | string {
  const text = { type: 'string', default: '' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { only: text, made: text, seed: text, 'with-unit-tests': flag },
    })
    const [made, seed] = [Number(values.made), Number(values.seed || '1')]
    if (!Number.isSafeInteger(made) || made < 0) return `--made is a whole number, not "${values.made}".`
    if (!Number.isSafeInteger(seed) || seed < 0) return `--seed is a whole number, not "${values.seed}".`
    return { only: values.only, made, seed, unit: values['with-unit-tests'] }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
