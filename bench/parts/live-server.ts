import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { textFrame } from '../../src/doors/text-frame.ts'
import { LiveSession } from '../../src/kernel/live/session.ts'
import { FairBox, site } from './fair-box.ts'
import { known } from './known.ts'
import type { Change, FromServer, ToServer } from './live-words.ts'
import { changesPerSecond, monotonicMs } from './live-words.ts'
import { sleep } from './time.ts'

/** A keeper whose decisions are read live over WebSockets: `live-server.ts <folder>`. */
const fair = await FairBox.keeper(process.argv[2] ?? '')
const { live } = fair.box
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
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (request, raw, head) => {
  sockets.handleUpgrade(request, raw, head, (socket) => serve(socket, raw))
})

function serve(socket: WebSocket, raw: Duplex): void {
  const session = new LiveSession({
    live,
    known,
    rights: { sites: () => [site] },
    channel: {
      send: (message) => raw.write(textFrame(message)),
      close: (why) => socket.close(1008, why),
    },
  })
  socket.on('message', (data: Buffer) => session.message(data))
  socket.on('close', () => session.closed())
}
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
  for (const socket of sockets.clients) socket.terminate()
  server.close()
  await fair[Symbol.asyncDispose]()
  process.disconnect?.()
}

process.on('message', (words: ToServer) => void (words.do === 'stop' ? stop() : run(words.ms)))
process.on('disconnect', () => process.exit())
say({ is: 'ready', url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` })
