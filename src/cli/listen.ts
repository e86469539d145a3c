import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Trouble } from '../doors/errors.ts'
import type { Timers } from '../kernel/machine.ts'
import { everyAddress } from './address.ts'
import type { Settings } from './settings.ts'

/** Opens the port of the settings, or any free one for 0. Returns which. */
export async function listen(server: FastifyInstance, { port, host }: Settings): Promise<number> {
  try {
    await server.listen({ port, host: host ?? everyAddress() })
    return (server.server.address() as AddressInfo).port
  } catch (error) {
    throw asListenTrouble(error, port, host ?? 'every address')
  }
}

export function asListenTrouble(error: unknown, port: number, host: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'EADDRINUSE':
      return Trouble.of('port_taken', { port, other: port < 65535 ? port + 1 : port - 1 }, error)
    case 'EACCES':
      return Trouble.of('port_forbidden', { port, other: 8080 }, error)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return Trouble.of('host_unknown', { host, reason: code }, error)
    default:
      return error
  }
}

/** How long answers that are under way may take once the box stops. */
const graceMs = 500

/** Lets answers that are under way end, then closes every connection. */
export async function closeServer(server: FastifyInstance, timers: Timers): Promise<void> {
  const cancel = timers.after(graceMs, () => server.server.closeAllConnections())
  await server.close()
  cancel()
}
