import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Machine } from '../kernel/machine.ts'
import { everyAddress } from './address.ts'
import { certificateOf, stampOf } from './certificate-files.ts'
import { asListenTrouble } from './listen.ts'
import type { Settings } from './settings.ts'

const lookMs = 3_600_000
const graceMs = 500

/** The same doors over TLS, on a port of their own. Returns that port, and how it is closed. */
export async function listenSecurely(
  server: FastifyInstance,
  folder: string,
  { tls, host }: Settings,
  machine: Machine,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  let stamp = stampOf(tls)
  const { key, certificate } = certificateOf(folder, tls, machine)
  const secure = createServer({ key, cert: certificate, minVersion: 'TLSv1.2' }, (request, reply) =>
    server.routing(request, reply),
  )
  secure.on('upgrade', (...args) => server.server.emit('upgrade', ...args))
  secure.headersTimeout = 10_000
  secure.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    secure.once('error', (error) => reject(asListenTrouble(error, tls.port, host ?? 'every address')))
    secure.listen({ port: tls.port, host: host ?? everyAddress() }, resolve)
  })
  let cancel = machine.timers.after(lookMs, function look() {
    cancel = machine.timers.after(lookMs, look)
    if (tls.certificate !== undefined && stampOf(tls) === stamp) return
    stamp = stampOf(tls)
    try {
      const now = certificateOf(folder, tls, machine)
      secure.setSecureContext({ key: now.key, cert: now.certificate })
    } catch (error) {
      machine.log('error', `the certificate stays as it was: ${String(error)}`)
    }
  })
  return {
    port: (secure.address() as AddressInfo).port,
    close: async () => {
      cancel()
      const giveUp = machine.timers.after(graceMs, () => secure.closeAllConnections())
      await new Promise((resolve) => secure.close(resolve))
      giveUp()
    },
  }
}
