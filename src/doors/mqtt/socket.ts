import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** One connection of a client, whatever carries it: bytes both ways, until it closes. */
export type Wire = {
  readonly address: string
  readonly write: (bytes: Uint8Array) => void
  /** Bytes that were written and have not left. */
  readonly waiting: () => number
  readonly pause: () => void
  readonly resume: () => void
  /** What was written still leaves, if it can. */
  readonly end: () => void
  readonly destroy: () => void
}

export type WireEvents = {
  readonly data: (bytes: Uint8Array) => void
  readonly closed: () => void
}

export function wireOverTcp(socket: Socket, open: (wire: Wire) => WireEvents): void {
  socket.setNoDelay(true)
  // For clients that keep no time themselves.
  socket.setKeepAlive(true, 60_000)
  const events = open({
    address: socket.remoteAddress ?? '',
    write: (bytes) => void socket.write(bytes),
    waiting: () => socket.writableLength,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  })
  socket.on('data', events.data)
  socket.on('error', () => {})
  socket.on('close', events.closed)
}

export function wireOverWebSocket(
  socket: WebSocket,
  address: string,
  open: (wire: Wire) => WireEvents,
): void {
  const events = open({
    address,
    write: (bytes) => socket.send(bytes),
    waiting: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.close(),
    destroy: () => socket.terminate(),
  })
  socket.on('message', (data: Buffer, isBinary) => {
    // Text is no MQTT.
    if (isBinary) events.data(data)
    else socket.terminate()
  })
  socket.on('error', () => {})
  socket.on('close', events.closed)
}
