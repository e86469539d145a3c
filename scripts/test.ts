// npm test runs every stage in order; `npm test -- unit` or `npm run check` only those named, or of the kind named.
import { performance } from 'node:perf_hooks'
import { readyChromium } from './chromium.ts'
import { readyMqttClients } from './mqtt-clients.ts'
import { check, tests } from './stage.ts'
import type { Stage } from './stage.ts'

const stages: readonly Stage[] = [
  check('format', 'node_modules/oxfmt/bin/oxfmt', '--check'),
  check('lint', 'node_modules/oxlint/bin/oxlint'),
  check('types', 'node_modules/typescript/bin/tsc'),
  check('ladder', 'scripts/ladder.ts'),
  check('rules', 'scripts/rules.ts'),
  tests('unit', 'unit'),
  tests('world', 'world'),
  tests('whole system', 'system', readyMqttClients),
  tests('browser', 'browser', readyChromium),
]

process.chdir(new URL('..', import.meta.url).pathname)

const asked = process.argv.slice(2)
const chosen = stages.filter(
  ({ name, kind }) => asked.length === 0 || asked.includes(name) || asked.includes(kind),
)
const known = stages.map(({ name }) => name).join(', ')
if (chosen.length === 0)
  console.error(`No such stage: ${asked.join(', ')}. There are: ${known}, check, tests.`)

let passed = 0
let failed = chosen.length === 0 ? 1 : 0
const lines: string[] = []
for (const { name, run } of chosen) {
  console.log(`\n== ${name}`)
  const start = performance.now()
  const count = await run()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  passed += count.passed
  failed += count.failed
  lines.push(`${name.padEnd(14)} ${seconds.padStart(6)} s  ${count.passed} passed, ${count.failed} failed`)
}
console.log(`\n${lines.join('\n')}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
