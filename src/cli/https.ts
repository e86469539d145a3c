import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { isWebSocket } from '../doors/http.ts'
import { answerStrangeBytes, answerStrangeExpectation } from '../doors/strange-bytes.ts'
import type { Machine } from '../kernel/machine.ts'
import { tlsOf } from '../doors/tls/own-certificate.ts'
import { everyAddress } from './address.ts'
import type { ShownCertificate } from './shown-certificate.ts'
import { asListenTrouble } from './listen.ts'
import type { Settings } from './settings.ts'

const graceMs = 500

/** The same doors over TLS, on a port of their own. Returns that port, and how it is closed. */
export async function listenSecurely(
  server: FastifyInstance,
  shown: ShownCertificate,
  { tls, host }: Settings,
  { timers }: Machine,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const secure = createServer(
    { ...tlsOf(shown.now), minVersion: 'TLSv1.2', shouldUpgradeCallback: isWebSocket },
    (request, reply) => server.routing(request, reply),
  )
  secure.on('clientError', answerStrangeBytes)
  secure.on('checkExpectation', answerStrangeExpectation)
  secure.on('upgrade', (...args) => server.server.emit('upgrade', ...args))
  secure.headersTimeout = 10_000
  secure.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    secure.once('error', (error) => reject(asListenTrouble(error, tls.port, host ?? 'every address')))
    secure.listen({ port: tls.port, host: host ?? everyAddress() }, resolve)
  })
  const forget = shown.onChange((now) => secure.setSecureContext(tlsOf(now)))
  return {
    port: (secure.address() as AddressInfo).port,
    close: async () => {
      forget()
      const giveUp = timers.after(graceMs, () => secure.closeAllConnections())
      await new Promise((resolve) => secure.close(resolve))
      giveUp()
    },
  }
}
