import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Channel, ChannelEvents, Dial } from '../kernel/network.ts'
import type { Refusal } from './refuse-upgrade.ts'
import { pathOf, refuseUpgrade } from './refuse-upgrade.ts'
import { channelOver, maxMessageBytes } from './web-socket-channel.ts'

export const linkPath = '/link'

const connectTimeoutMs = 10_000

// Deflate on every message costs many times the CPU; the link packs what is worth it by itself.
const socketOptions = { perMessageDeflate: false, maxPayload: maxMessageBytes } as const

/** Dials `ws://host:port/link`. */
export const dialWebSocket: Dial = (address, events) => {
  let socket: WebSocket
  try {
    socket = new WebSocket(address, {
      ...socketOptions,
      handshakeTimeout: connectTimeoutMs,
      followRedirects: false,
    })
  } catch (error) {
    queueMicrotask(() => events.closed(error instanceof Error ? error.message : String(error)))
    return
  }
  const channel = channelOver(socket, events)
  socket.once('open', () => events.opened(channel))
}

export type LinkDoor = {
  /** For the `upgrade` event of the HTTP server. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Until this is called, whoever knocks is asked to come back later. */
  readonly open: (accept: (channel: Channel) => ChannelEvents) => void
  /** No socket is left. */
  readonly close: () => void
}

/** Where other boxes open their link. They are told apart by their keys, inside the link. */
export function linkDoor(): LinkDoor {
  const server = new WebSocketServer({ ...socketOptions, noServer: true })
  let accept: ((channel: Channel) => ChannelEvents) | undefined
  return {
    upgrade: (request, socket, head) => {
      const refusal = refusalOf(request, accept !== undefined)
      if (refusal !== undefined) return refuseUpgrade(socket, refusal)
      return server.handleUpgrade(request, socket, head, (opened) => {
        if (accept === undefined) return opened.terminate()
        return acceptSocket(opened, accept)
      })
    },
    open: (now) => {
      accept = now
    },
    close: () => {
      accept = undefined
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

function acceptSocket(socket: WebSocket, accept: (channel: Channel) => ChannelEvents): void {
  // The box wants the channel before it has events for it. Nothing is heard before it has: sockets speak later.
  const channel = channelOver(socket, {
    message: (message) => events.message(message),
    closed: (why) => events.closed(why),
  })
  const events = accept(channel)
}

function refusalOf(request: IncomingMessage, isOpen: boolean): Refusal | undefined {
  if (pathOf(request) !== linkPath) return 404
  // Only browsers send it, for a page that somebody else may have written; boxes do not.
  if (request.headers.origin !== undefined) return 403
  return isOpen ? undefined : 503
}
