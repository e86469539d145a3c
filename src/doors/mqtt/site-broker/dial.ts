import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Wire, WireEvents } from '../socket.ts'
import { wireOverTcp } from '../socket.ts'
import type { SiteBrokerOptions } from './options.ts'

/** Opens a line to the broker, or says why it cannot be opened. Returns how to give up. */
export function dialBroker(
  { host, port, tls }: Pick<SiteBrokerOptions, 'host' | 'port' | 'tls'>,
  opened: (wire: Wire) => WireEvents,
  failed: (why: string) => void,
  mostMs: number,
): () => void {
  const socket = tls
    ? connectTls({ host, port, minVersion: 'TLSv1.2', ...(tls.ca === undefined ? {} : { ca: tls.ca }) })
    : connect({ host, port })
  let isOpen = false
  let why = 'the connection could not be opened'
  socket.once(tls ? 'secureConnect' : 'connect', () => {
    isOpen = true
    socket.setTimeout(0)
    wireOverTcp(socket, opened)
  })
  socket.setTimeout(mostMs, () => {
    why = 'it does not answer'
    socket.destroy()
  })
  socket.on('error', (error) => {
    why = error.message
  })
  socket.once('close', () => {
    if (!isOpen) failed(why)
  })
  return () => socket.destroy()
}
