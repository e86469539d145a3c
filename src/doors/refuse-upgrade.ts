import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const reasons = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const
export type Refusal = keyof typeof reasons

export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? ''

/** Ends a request that was to become a socket, and will not. */
export function refuseUpgrade(socket: Duplex, status: Refusal): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  )
}
