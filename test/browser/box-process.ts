import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { apiDoor } from '../../src/doors/api/door.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { dialWebSocket, linkDoor } from '../../src/doors/link.ts'
import { liveDoor } from '../../src/doors/live/live-door.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import type { Visitor } from '../../src/doors/visitor.ts'
import { openBox } from '../../src/kernel/box/box.ts'
import { openRunner } from '../../src/kernel/live/runner-thread.ts'
import { openWriter } from '../../src/kernel/site/writer-thread.ts'
import { openTruth } from '../../src/store/truth-thread.ts'
import { identityIn, truthFile, viewsIn } from '../crash/box-folder.ts'
import { known, site } from '../crash/fair-packs.ts'
import type { WriterData } from '../crash/fair-writer-worker.ts'
import type { ActHeard } from '../live/hear-acts.ts'
import { hearActs } from '../live/hear-acts.ts'

/** A box that keeps the fair and serves a page of it, as a process that can be killed. Says its port, and no more. */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    script: { type: 'string', default: '' },
  },
})
const machine = realMachine(standardError('error'))
const { clock, timers } = machine
const truth = await openTruth({ path: truthFile(values.folder), clock, timers })
const workerData: WriterData = { views: viewsIn(values.folder) }
const thread = (name: string) => new Worker(new URL(name, import.meta.url), { workerData })
const box = await openBox({
  identity: identityIn(values.folder),
  machine,
  known,
  truth,
  writer: openWriter(thread('../crash/fair-writer-worker.ts'), (why) => machine.log('error', why)),
  runner: openRunner(() => thread('../crash/fair-runner-worker.ts'), timers),
  dial: dialWebSocket,
  trusts: () => false,
})
if (box.status().sites.length === 0) await box.found(site)

const anybody: Visitor = { kind: 'console', who: 'anna', may: () => true }
const live = liveDoor({ machine, reception: { visitorOf: () => anybody, watch: () => () => {} } })
const api = apiDoor({ known, machine })
const server = httpDoor({
  log: machine.log,
  showing: () => ({ is: 'running', status: box.status() }),
  readiness: new Readiness(clock.mono),
  link: linkDoor(),
  live,
  blobs: blobDoor(machine),
  api,
  visitorOf: () => anybody,
})
const config = { permission: 'public' } as const
const heard: ActHeard[] = []
hearActs(server, heard)
const html = `<!doctype html><title>Fair</title><p id="books"></p><p id="asks"></p><p id="age"></p>
<button id="grant">Grant</button><button id="more">More</button><script type="module" src="/fair.js"></script>`
server.get('/fair', { config }, (_, reply) => reply.type('text/html; charset=utf-8').send(html))
server.get('/fair.js', { config }, (_, reply) =>
  reply.type('text/javascript; charset=utf-8').send(readFileSync(values.script, 'utf8')),
)
server.get('/heard', { config }, (_, reply) => reply.send(heard))
api.open(box)
live.open({ box, known })
await server.listen({ port: Number(values.port), host: '127.0.0.1' })
process.stdout.write(`${(server.server.address() as AddressInfo).port}\n`)
// Whoever started this is gone.
process.stdin.on('end', () => process.exit()).resume()
