import type { RawData, WebSocket } from 'ws'
import type { Channel, ChannelEvents } from '../kernel/network.ts'

/** The largest message either way; a link's own frames are far smaller. */
export const maxMessageBytes = 4 * 1024 * 1024 + 64

/** How long the other side has to agree to a close. */
const closeWaitMs = 1000

/** What a close frame can carry, in bytes of UTF-8. */
export const maxReasonBytes = 123

const closeCode = { done: 1000, notBinary: 1003 } as const

/** The channel over an open socket. `events` are told what comes, and once that it is over (see kernel/network.ts). */
export function channelOver(socket: WebSocket, events: ChannelEvents): Channel {
  let over = false
  let cause: string | undefined

  const end = (why: string) => {
    if (over) return
    over = true
    // Never inside `close` itself: who closes is not yet ready to hear of it.
    queueMicrotask(() => events.closed(why))
  }
  const close = (code: number, why: string) => {
    if (over) return
    socket.close(code, cutToBytes(why, maxReasonBytes))
    const timer = setTimeout(() => socket.terminate(), closeWaitMs)
    socket.once('close', () => clearTimeout(timer))
    end(why)
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (over) return
    if (isBinary) events.message(data as Buffer)
    else close(closeCode.notBinary, 'only binary messages are spoken here')
  })
  socket.on('error', (error) => {
    cause = error.message
  })
  socket.on('close', (code, reason) => end(cause ?? (reason.toString() || wordsOf(code))))

  return {
    send: (message) => {
      if (!over) socket.send(message)
    },
    waiting: () => socket.bufferedAmount,
    close: (why) => close(closeCode.done, why),
  }
}

function wordsOf(code: number): string {
  if (code === 1005) return 'the other side closed'
  if (code === 1006) return 'the connection broke'
  return `the other side closed (${code})`
}

/** Cuts a text so that it fits, and never inside a character. */
export function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= most) return text
  let end = most
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
