import WebSocket from 'ws'
import type { Change, FromReaders, ToReaders } from './live-words.ts'
import { monotonicMs } from './live-words.ts'

/** Many readers in a process of their own, of a box, or of socket.io spoken by hand: `live-readers.ts <box|socket.io>`. */
const isBox = process.argv[2] === 'box'
type Heard = { readonly id: number; readonly at: number }
const sockets: { readonly socket: WebSocket; heard: Heard[] }[] = []
const confirmEvery = 4096

/** The site of the bench, which these processes need not load a box for. */
const site = 'fair'
const read = JSON.stringify({ t: 'read', id: 'b', query: 'fair.books', site, input: {} })

/** Resolves when the reader has heard that it is one. */
function open(url: string): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const reader = { socket, heard: [] as Heard[] }
  sockets.push(reader)
  return new Promise((resolve, reject) => {
    let [got, unconfirmed] = [0, 0]
    socket.on('error', reject)
    socket.on('open', () => isBox && socket.send(read))
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (isBox) {
        got += 1
        unconfirmed += text.length
        if (unconfirmed >= confirmEvery) {
          unconfirmed = 0
          socket.send(JSON.stringify({ t: 'got', count: got }))
        }
        if (text.startsWith('{"t":"change"')) reader.heard.push(heard(text))
        else if (text.startsWith('{"t":"rows"')) resolve()
        return
      }
      if (text.startsWith('42')) reader.heard.push(heard(text))
      else if (text.startsWith('40')) resolve()
      else if (text.startsWith('0')) socket.send('40')
      else if (text === '2') socket.send('3')
    })
  })
}

/** Both say where they are as `"at":{"fair":n}`. */
function heard(text: string): Heard {
  const at = monotonicMs()
  const start = text.indexOf('"at":{') + 6
  return { id: Number(text.slice(text.indexOf(':', start) + 1, text.indexOf('}', start))), at }
}

const say = (words: FromReaders) => process.send?.(words)

async function connect(url: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 50)
    await Promise.all(Array.from({ length: Math.min(50, count - done) }, () => open(url)))
  say({ is: 'connected' })
}

function judge(changes: readonly Change[]): void {
  const ms: number[] = []
  for (const reader of sockets) {
    let place = 0
    for (const [id, at] of changes) {
      // A message that is further on has told this change, too.
      while (reader.heard[place] && (reader.heard[place] as Heard).id < id) place += 1
      const first = reader.heard[place]
      if (first) ms.push(first.at - at)
    }
    reader.heard = []
  }
  say({ is: 'judged', ms })
}

process.on('message', (words: ToReaders) => {
  if (words.do === 'connect') return void connect(words.url, words.count)
  if (words.do === 'judge') return judge(words.changes)
  for (const { socket } of sockets) socket.terminate()
  process.disconnect?.()
})
process.on('disconnect', () => process.exit())
