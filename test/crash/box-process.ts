import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { dialWebSocket, linkDoor } from '../../src/doors/link.ts'
import { openMqtt } from '../../src/doors/mqtt/door.ts'
import { usualMqtt } from '../../src/doors/mqtt/limits.ts'
import type { SiteBrokerOptions } from '../../src/doors/mqtt/site-broker/options.ts'
import { openBox } from '../../src/kernel/box/box.ts'
import { openRunner } from '../../src/kernel/live/runner-thread.ts'
import { openWriter } from '../../src/kernel/site/writer-thread.ts'
import { MailboxThread } from '../../src/store/mailbox-thread.ts'
import { openTruth } from '../../src/store/truth-thread.ts'
import { identityIn, mailboxIn, truthFile, viewsIn } from './box-folder.ts'
import type { Order, OrderLine, ReplyLine } from './control.ts'
import { deviceOf } from './devices.ts'
import { known } from './fair-packs.ts'
import type { WriterData } from './fair-writer-worker.ts'

/**
 * For the crash tests, as a process of its own: one box on its folder, with all its threads and its link,
 * told what to do by lines on standard input. Each answer is one line, and one write to standard output.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    unsafe: { type: 'boolean', default: false },
    mqtt: { type: 'string' },
    'mqtt-ws': { type: 'string' },
    'site-broker': { type: 'string' },
  },
})
const machine = realMachine(standardError('error'))
const truth = await openTruth({
  path: truthFile(values.folder),
  clock: machine.clock,
  timers: machine.timers,
  workerUrl: values.unsafe ? new URL('./unsafe-truth-worker.ts', import.meta.url) : undefined,
})
const workerData: WriterData = { views: viewsIn(values.folder) }
const thread = new Worker(new URL('./fair-writer-worker.ts', import.meta.url), { workerData })
const writer = openWriter(thread, (why) => machine.log('error', why))
const queries = () => new Worker(new URL('./fair-runner-worker.ts', import.meta.url), { workerData })
const box = await openBox({
  identity: identityIn(values.folder),
  machine,
  known,
  truth,
  writer,
  runner: openRunner(queries, machine.timers),
  dial: dialWebSocket,
  trusts: () => true,
})
const door = linkDoor()
door.open((channel) => box.accept(channel))
const server = createServer().on('upgrade', door.upgrade).listen(Number(values.port), '127.0.0.1')
await once(server, 'listening')

const devices =
  values.mqtt === undefined
    ? undefined
    : await openMqtt({
        box,
        known,
        machine,
        mailbox: new MailboxThread(mailboxIn(values.folder), machine.timers),
        deviceOf,
        limits: { ...usualMqtt, willGraceMs: 1500 },
        host: '127.0.0.1',
        port: Number(values.mqtt),
        wsPort: values['mqtt-ws'] === undefined ? undefined : Number(values['mqtt-ws']),
        siteBroker: values['site-broker']
          ? (JSON.parse(values['site-broker']) as SiteBrokerOptions)
          : undefined,
      })

function carryOut(order: Order): unknown {
  switch (order.do) {
    case 'record':
      return box.record(order.site, order.facts)
    case 'act':
      return box.act(order.site, order.ask)
    case 'found':
      return box.found(order.site)
    case 'serve':
      return box.serve(order.site, order.above)
    case 'assign':
      return box.assign(order.site, { box: order.box, publicKey: order.publicKey, small: false })
    case 'takeOver':
      return box.takeOver(order.site, 'a lead')
    case 'status':
      return box.status()
    case 'devices':
      return devices?.status()
    case 'hash':
      return writer.hash(order.site)
    case 'stop':
      return stop()
  }
}

async function stop(): Promise<void> {
  await devices?.close()
  await box.stop()
  door.close()
  server.close()
  lines.close()
}

function reply(line: ReplyLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

async function obey({ id, ...order }: OrderLine): Promise<void> {
  try {
    reply({ id, value: await carryOut(order) })
  } catch (error) {
    reply({ id, error: String(error) })
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => void obey(JSON.parse(line) as OrderLine))
// Whoever told this box what to do is gone.
lines.on('close', () => setTimeout(() => process.exit(), 1000).unref())
reply({ id: 0 })
