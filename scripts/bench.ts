// npm run bench [-- --only NAME] [--json] [--peers]: what this machine does with Regie, and with its peers in the same
// run. `--peers` installs them first; one that is not there is shown as MISSING.
import { spawnSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLines } from '../bench/machine.ts'
import { measures } from '../bench/measures.ts'
import type { Row } from '../bench/parts/row.ts'
import { table } from '../bench/table.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
  },
})

function installPeers(): void {
  const cwd = fileURLToPath(new URL('../bench/peers', import.meta.url))
  const args = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  if (spawnSync('npm', args, { cwd, stdio: ['ignore', 2, 2] }).status !== 0)
    throw new Error('The peers could not be installed, for the reason above.')
}

const asked = values.only ?? Object.keys(measures)
const unknown = asked.filter((name) => !Object.hasOwn(measures, name))
if (unknown.length > 0) {
  console.error(`No such measurement: ${unknown.join(', ')}. There are: ${Object.keys(measures).join(', ')}.`)
  process.exit(2)
}
if (values.peers) installPeers()

const rows: Row[] = []
const loads: string[] = []
for (const name of asked) {
  process.stderr.write(`${name}…\n`)
  // Whether the machine had other work at the time.
  loads.push(loadavg()[0]?.toFixed(1) ?? '')
  rows.push(...((await measures[name]?.()) ?? []))
}
const machine = [
  ...machineLines(),
  `${new Date().toISOString().slice(0, 16)}Z, load before each measurement: ${loads.join(', ')}`,
]
console.log(
  values.json ? JSON.stringify({ machine, rows }, null, 2) : `${machine.join('\n')}\n\n${table(rows)}`,
)
