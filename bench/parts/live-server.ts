import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { realMachine } from '../../src/cli/machine.ts'
import { usualLimits } from '../../src/doors/live/limits.ts'
import { liveDoor, livePath } from '../../src/doors/live/live-door.ts'
import type { Visitor } from '../../src/doors/visitor.ts'
import { FairBox, site } from './fair-box.ts'
import { known } from './known.ts'
import type { Change, FromServer, ToServer } from './live-words.ts'
import { changesPerSecond, monotonicMs } from './live-words.ts'
import { sleep } from './time.ts'

/** A keeper whose decisions are read live over WebSockets: `live-server.ts <folder>`. */
const fair = await FairBox.keeper(process.argv[2] ?? '')
const accounts = 50
let asked = 0

async function grant(): Promise<Change> {
  const input = { tag: `visitor-${asked % accounts}`, cents: 100 }
  asked += 1
  const answer = await fair.box.act(site, { action: 'fair.grant', key: `g${asked}`, who: 'bench', input })
  if (answer.is !== 'answered') throw new Error(JSON.stringify(answer))
  // Its commit was told to the box in this very turn of the event loop.
  return [answer.n, monotonicMs()]
}
for (let each = 0; each < accounts; each += 1) await grant()

const server = createServer()
const anybody: Visitor = { kind: 'console', who: 'bench', may: () => true }
const door = liveDoor({
  machine: realMachine(),
  reception: { visitorOf: () => anybody, watch: () => () => {} },
  limits: { ...usualLimits, socketsOfOne: usualLimits.sockets },
})
door.open({ box: fair.box, known })
server.on('upgrade', door.upgrade)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const say = (words: FromServer) => process.send?.(words)

async function run(ms: number): Promise<void> {
  const before = process.cpuUsage()
  const asking: Promise<Change>[] = []
  for (let each = 0; each < (ms / 1000) * changesPerSecond; each += 1) {
    asking.push(grant())
    await sleep(1000 / changesPerSecond)
  }
  const changes = await Promise.all(asking)
  const { user, system } = process.cpuUsage(before)
  say({ is: 'ran', cpuMicros: user + system, changes })
}

async function stop(): Promise<void> {
  door.close()
  server.close()
  await fair[Symbol.asyncDispose]()
  process.disconnect?.()
}

process.on('message', (words: ToServer) => void (words.do === 'stop' ? stop() : run(words.ms)))
process.on('disconnect', () => process.exit())
say({ is: 'ready', url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${livePath}` })
