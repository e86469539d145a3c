import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Box } from '../../kernel/box/contract.ts'
import { maxAskingBytes } from '../../kernel/live/messages.ts'
import { LiveSession } from '../../kernel/live/session.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import type { Caller, Trusts } from '../caller.ts'
import { callerOf, trustsNobody } from '../caller.ts'
import { isForeign } from '../origin.ts'
import type { Refusal } from '../refuse-upgrade.ts'
import { refuseUpgrade } from '../refuse-upgrade.ts'
import type { LiveLimits } from './limits.ts'
import { Places, usualLimits } from './limits.ts'
import { LiveSocket } from './live-socket.ts'
import type { Reception } from './reception.ts'

export const livePath = '/api/live'

export type LiveDoor = {
  /** For the `upgrade` event of the HTTP server. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Until this is called, whoever knocks is asked to come back later. */
  readonly open: (parts: { readonly box: OpenBox; readonly known: Known }) => void
  /** What can be asked here, by full names; nothing before it is open. */
  readonly queries: () => readonly string[]
  /** How many are connected. */
  readonly sockets: () => number
  /** Tells all that the box stops. A moment later no socket and no timer is left. */
  readonly close: () => void
}

type OpenBox = Pick<Box, 'live' | 'time' | 'sites' | 'onChange'>

type Parts = {
  readonly machine: Machine
  readonly reception: Reception
  readonly limits?: LiveLimits | undefined
  /** Which proxies are believed for whom they ask. */
  readonly trusts?: Trusts | undefined
}

type Open = { readonly box: OpenBox; readonly known: Known; readonly unhear: () => void }

/** Where pages and programs read queries live: a WebSocket of whole text messages (LIVE-17). */
export function liveDoor({
  machine,
  reception,
  limits = usualLimits,
  trusts = trustsNobody,
}: Parts): LiveDoor {
  // Deflate costs thirteen times the CPU where many hear the same.
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxAskingBytes })
  const sockets = new Set<LiveSocket>()
  const places = new Places()
  let opened: Open | undefined
  let cancelLook = () => {}

  const lookLater = () => {
    const before = machine.clock.mono()
    cancelLook = machine.timers.after(limits.silenceMs, () => {
      const now = machine.clock.mono()
      // Where this process stood still itself, what came meanwhile has not been heard yet.
      const isInTime = now - before < 2 * limits.silenceMs
      for (const socket of sockets) socket.look(now, isInTime)
      if (sockets.size > 0) lookLater()
    })
  }
  const enter = (request: IncomingMessage, raw: Duplex, head: Buffer, ip: string, { box, known }: Open) =>
    server.handleUpgrade(request, raw, head, (webSocket) => {
      const parts = { machine, reception, limits, places, session: sessionsOf(box, known) }
      const shown = { headers: request.headers, ip }
      const socket = new LiveSocket(parts, webSocket, raw, shown)
      sockets.add(socket)
      webSocket.once('close', () => sockets.delete(socket))
      if (sockets.size === 1) {
        cancelLook()
        lookLater()
      }
    })
  return {
    upgrade: (request, raw, head) => {
      const caller = callerOf(request, trusts)
      const refusal = refusalOf(request, caller) ?? (sockets.size < limits.sockets ? undefined : 503)
      if (refusal !== undefined || !opened) return refuseUpgrade(raw, refusal ?? 503)
      return enter(request, raw, head, caller.address, opened)
    },
    open: ({ box, known }) => {
      const unhear = onNewSites(box, () => {
        for (const socket of sockets) socket.review()
      })
      opened = { box, known, unhear }
    },
    queries: () => [...(opened?.known.queries.keys() ?? [])],
    sockets: () => sockets.size,
    close: () => {
      opened?.unhear()
      opened = undefined
      cancelLook()
      for (const socket of sockets) socket.close('stopping')
      server.close()
    },
  }
}

/** A secret in an address stands in logs and histories, so nothing may stand there. */
function refusalOf({ url, headers }: IncomingMessage, caller: Caller): Refusal | undefined {
  if (url !== livePath) return 400
  return isForeign(headers, caller) ? 403 : undefined
}

function sessionsOf(box: OpenBox, known: Known) {
  return (...[visitor, send, close]: Parameters<ConstructorParameters<typeof LiveSocket>[0]['session']>) =>
    new LiveSession({
      live: box.live,
      known,
      channel: { send, close },
      rights: { sites: (query) => box.sites().filter((site) => visitor().may(query, site)) },
      now: () => box.time(),
    })
}

/** Tells when the box serves other sites than before. */
function onNewSites(box: OpenBox, tell: () => void): () => void {
  const sites = () => JSON.stringify(box.sites())
  let before = sites()
  return box.onChange(() => {
    const now = sites()
    if (now === before) return
    before = now
    tell()
  })
}
