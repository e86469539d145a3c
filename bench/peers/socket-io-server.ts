import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Change, FromServer, ToServer } from '../parts/live-words.ts'
import { changesPerSecond, monotonicMs } from '../parts/live-words.ts'
import { sleep } from '../parts/time.ts'
import { peerPackage } from './peer.ts'

type SocketIo = {
  readonly Server: new (
    server: object,
    options: object,
  ) => { readonly emit: (event: string, what: object) => void; readonly close: () => void }
}

/** socket.io telling the same changes to all who are connected, over WebSocket only. Nothing is written anywhere. */
const server = createServer()
const { Server } = peerPackage('socket.io') as SocketIo
const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const say = (words: FromServer) => process.send?.(words)
let told = 0

async function run(ms: number): Promise<void> {
  const before = process.cpuUsage()
  const changes: Change[] = []
  for (let each = 0; each < (ms / 1000) * changesPerSecond; each += 1) {
    const id = (told += 1)
    changes.push([id, monotonicMs()])
    // As long as ours.
    const put = [
      { account: 'bank', cents: -100 * id },
      { account: `wallet:visitor-${id % 50}`, cents: 100 * id },
    ]
    const [from, hash, topic] = ['a'.repeat(22), 'b'.repeat(22), 'c'.repeat(22)]
    io.emit('change', { topic, at: { fair: id }, from, hash, put, gone: [] })
    await sleep(1000 / changesPerSecond)
  }
  const { user, system } = process.cpuUsage(before)
  say({ is: 'ran', cpuMicros: user + system, changes })
}

process.on('message', (words: ToServer) => {
  if (words.do === 'run') return void run(words.ms)
  io.close()
  process.disconnect?.()
})
process.on('disconnect', () => process.exit())
const { port } = server.address() as AddressInfo
say({ is: 'ready', url: `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket` })
