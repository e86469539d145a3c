import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { realMachine, standardError } from '../../../src/cli/machine.ts'
import { startProgram } from '../../../src/cli/program.ts'
import { readSettings } from '../../../src/cli/settings.ts'
import { fairTrades } from './fair-trades.ts'

/** The whole program with the fair, all its doors open, as a process of its own. Says once what is open. */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
    'mqtt-port': { type: 'string' },
    'mqtt-ws-port': { type: 'string' },
    'tls-port': { type: 'string' },
    log: { type: 'string' },
  },
})
const settings = readSettings({}, { host: '127.0.0.1', ...values })
const program = await startProgram({
  settings,
  machine: realMachine(standardError(settings.log)),
  trades: fairTrades,
  listening: () => {},
})
const { port, ports, routes, queries, topics } = program
writeSync(1, `${JSON.stringify({ port, ports, routes, queries, topics })}\n`)
let isStopping = false
const stop = () => {
  if (isStopping) return
  isStopping = true
  void program.stop().then(() => process.stdin.destroy())
}
process.on('SIGTERM', stop)
// Whoever started this is gone.
process.stdin.on('end', stop).resume()
