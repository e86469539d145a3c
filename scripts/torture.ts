// npm run torture [-- --kills 1000 --power-cuts 100 --seed S]: the crash tests at length, with what `npm test` has no
// time for. One part alone: --only kills, trace, power, self-test or fuzz [--fuzz 10000000].
import { randomInt } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { attack, countsAtLength } from '../test/attack/fuzz/fuzz.ts'
import type { RoundEnd } from '../test/crash/crash-round.ts'
import { crashRound } from '../test/crash/crash-round.ts'
import { forgetfulDisk } from '../test/torture/forgetful-disk.ts'
import { needTools } from '../test/torture/tools.ts'
import { traceBoxes } from '../test/torture/trace-boxes.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    'power-cuts': { type: 'string', default: '100' },
    fuzz: { type: 'string', default: '10000000' },
    'trace-ms': { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    only: { type: 'string' },
  },
})
/** A round begins with empty folders, so that the last kills of a thousand take no longer than the first. */
const roundKills = 50

type Part = { readonly name: string; readonly run: () => Promise<readonly string[]> }

const parts: readonly Part[] = [
  { name: 'kills', run: () => killRounds('kills', Number(values.kills), 'keeps') },
  { name: 'trace', run: () => trace(false) },
  { name: 'power', run: () => killRounds('power', Number(values['power-cuts']), 'forgets') },
  { name: 'self-test', run: selfTest },
  { name: 'fuzz', run: fuzz },
]

/** Tries in one round, which has a box of its own. */
const roundTries = 1_000_000

/** Odd input at every door, for about an hour on two cores. */
async function fuzz(): Promise<readonly string[]> {
  const all = Number(values.fuzz)
  for (let done = 0, round = 1; done < all; done += roundTries, round++) {
    const seed = `${values.seed} fuzz ${round}`
    const counts = countsAtLength(Math.min(roundTries, all - done))
    const problems = await attack({ seed, counts, tell: (line) => console.log(`fuzz ${round}: ${line}`) })
    if (problems.length > 0) return problems
  }
  return []
}

async function killRounds(name: string, most: number, disk: 'keeps' | 'forgets'): Promise<readonly string[]> {
  let kills = 0
  let struck = 0
  const problems: string[] = []
  for (let round = 1; kills < most && problems.length === 0; round++) {
    const seed = `${values.seed} ${name} ${round}`
    const end = await killRound(seed, Math.min(roundKills, most - kills), disk, false)
    kills += end.kills
    struck += end.struck
    problems.push(...end.problems.map((words) => `seed ${seed}: ${words}`))
    console.log(`${name}: kills ${kills}, with requests unanswered ${struck}; in this round ${end.words}`)
  }
  if (struck < kills / 2) problems.push(`only ${struck} of ${kills} kills left requests unanswered`)
  return problems
}

async function killRound(
  seed: string,
  kills: number,
  disk: 'keeps' | 'forgets',
  unsafe: boolean,
): Promise<RoundEnd> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-torture-'))
  const forgetful = disk === 'forgets' ? forgetfulDisk(folder.path) : undefined
  return await crashRound({ folder: folder.path, seed, kills, unsafe, disk: forgetful })
}

async function trace(unsafe: boolean): Promise<readonly string[]> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-traced-'))
  const ms = unsafe ? 1000 : Number(values['trace-ms'])
  const { acks, twice, early } = await traceBoxes({ folder: folder.path, seed: values.seed, ms, unsafe })
  console.log(
    `trace: ${acks} acknowledgements left, ${twice} of them for two boxes; ${early.length} too early${unsafe ? ' (synchronous=OFF)' : ''}`,
  )
  if (acks < 100 || twice < 10) return ['the trace shows too few acknowledgements to prove anything']
  return early.map((words) => `it left before the fsync that covers it: ${words}`)
}

/** A proof that cannot fail proves nothing: without fsync both must. */
async function selfTest(): Promise<readonly string[]> {
  const traced = await trace(true)
  const cut = await killRound(`${values.seed} self-test`, 5, 'forgets', true)
  console.log(
    `power cuts with synchronous=OFF: ${cut.problems.length} acknowledgements lost at kill ${cut.kills}`,
  )
  return [
    ...(traced.some((words) => words.startsWith('it left')) ? [] : ['synchronous=OFF passes the trace']),
    ...(cut.problems.some((words) => words.includes('is not on its disk'))
      ? []
      : ['synchronous=OFF passes the power cuts']),
  ]
}

console.log(`torture, seed ${values.seed}`)
const chosen = parts.filter(({ name }) => values.only === undefined || values.only === name)
if (chosen.length === 0) throw new Error(`There is no part called ${values.only}.`)
if (chosen.some(({ name }) => name !== 'fuzz')) needTools()
let failed = false
for (const { name, run } of chosen) {
  const start = performance.now()
  const problems = await run()
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  failed ||= problems.length > 0
  console.log(`${name}: ${problems.length === 0 ? 'green' : 'RED'} after ${seconds} s`)
  for (const words of problems.slice(0, 20)) console.log(`  ${words}`)
}
process.exitCode = failed ? 1 : 0
