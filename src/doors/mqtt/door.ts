import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import { createServer as createTlsServer } from 'node:tls'
import { WebSocketServer } from 'ws'
import type { Box } from '../../kernel/box/contract.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import type { Mailbox } from '../../store/mailbox.ts'
import { createServer as createHttpServer } from '../node-http.ts'
import { refuseUpgrade } from '../refuse-upgrade.ts'
import type { Certificate } from '../tls/own-certificate.ts'
import { tlsOf } from '../tls/own-certificate.ts'
import { Answers } from './answers.ts'
import { Complaints } from './complaints.ts'
import type { ConnectionParts } from './connection.ts'
import { Connection } from './connection.ts'
import type { DeviceOf } from './device.ts'
import { gathered } from './gathered.ts'
import type { MqttLimits } from './limits.ts'
import { usualMqtt } from './limits.ts'
import { Routes } from './routes.ts'
import { Sessions } from './sessions.ts'
import type { SiteBrokerOptions, SiteBrokerStatus } from './site-broker/options.ts'
import { SiteBroker } from './site-broker/site-broker.ts'
import type { Wire, WireEvents } from './socket.ts'
import { wireOverTcp, wireOverWebSocket } from './socket.ts'
import { Taking } from './taking.ts'
import { Tells } from './tells.ts'
import { Wills } from './wills.ts'
import { reason } from './wire/reasons.ts'

export type MqttParts = {
  readonly box: Box
  readonly known: Known
  readonly machine: Machine
  readonly mailbox: Mailbox
  readonly deviceOf: DeviceOf
  readonly limits?: MqttLimits | undefined
  /** Undefined: every address. */
  readonly host: string | undefined
  /** Undefined: not opened. 0: any free one. */
  readonly port: number | undefined
  readonly wsPort: number | undefined
  /** The broker that the site has already: this box is one of its clients. */
  readonly siteBroker?: SiteBrokerOptions | undefined
  readonly secure?: { readonly port: number; readonly certificate: Certificate } | undefined
}

export type MqttStatus = {
  /** Those who have signed in. */
  readonly clients: number
  readonly sessions: number
  /** Messages that wait for clients, all together. */
  readonly queued: number
  readonly retained: number
  /** How often the mailbox was damaged, and has begun anew, in the life of this process. */
  readonly begunAnew: number
  readonly siteBroker: SiteBrokerStatus | undefined
}

export type MqttDoor = {
  readonly port: number | undefined
  readonly wsPort: number | undefined
  readonly tlsPort: number | undefined
  /** Connections that come from now on are shown this one. */
  readonly renew: (certificate: Certificate) => void
  /** What devices may name here, by the full names of their declarations. */
  readonly topics: readonly string[]
  readonly status: () => MqttStatus
  /** A device is not what it was: its connections end, and what waits for it goes, unless it may come back. */
  readonly sendAway: (who: string, forGood: boolean) => Promise<void>
  /** Clients are told that the box goes; what waits for them is on disk. */
  readonly close: () => Promise<void>
}

/** Opens the broker for devices. Rejects with the error of the port that could not be opened. */
export async function openMqtt(parts: MqttParts): Promise<MqttDoor> {
  const broker = new Broker(parts)
  await broker.load()
  const ends = new AsyncDisposableStack()
  ends.defer(() => broker.stop())
  try {
    const tcp = parts.port === undefined ? undefined : tcpServer(broker)
    if (tcp) ends.defer(await listen(tcp, parts.port, parts.host))
    const web = parts.wsPort === undefined ? undefined : webServer(broker)
    if (web) ends.defer(await listen(web, parts.wsPort, parts.host))
    const tls = parts.secure && tlsServer(broker, parts.secure.certificate)
    if (tls) ends.defer(await listen(tls, parts.secure?.port, parts.host))
    broker.start()
    return {
      port: portOf(tcp),
      wsPort: portOf(web),
      tlsPort: portOf(tls),
      renew: (certificate) => tls?.setSecureContext(tlsOf(certificate)),
      topics: parts.known.topics.map(({ name }) => name),
      status: () => broker.status(),
      sendAway: (who, forGood) => broker.sendAway(who, forGood),
      close: () => ends.disposeAsync(),
    }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}

class Broker {
  readonly limits: MqttLimits
  readonly #parts: ConnectionParts
  readonly #answers: Answers
  readonly #mailbox: Mailbox
  readonly #siteBroker: SiteBroker | undefined
  readonly #connections = new Set<Connection>()
  #begunAnew = 0
  #isStopped = false

  constructor({ box, known, machine, mailbox, deviceOf, limits = usualMqtt, siteBroker }: MqttParts) {
    const complaints = new Complaints(machine)
    const routes = new Routes(known.topics)
    const sessions = new Sessions({ machine, mailbox, limits, complaints })
    const answers = new Answers(box, sessions)
    const taking = new Taking({ box, known, machine, routes, sessions, answers })
    this.limits = limits
    this.#answers = answers
    this.#mailbox = mailbox
    this.#parts = {
      machine,
      limits,
      deviceOf,
      serves: (site) => box.status().sites.some((each) => each.site === site),
      routes,
      sessions,
      taking,
      tells: new Tells({ live: box.live, machine, routes, sessions }),
      wills: new Wills({ machine, mailbox, taking, complaints, graceMs: limits.willGraceMs }),
      complaints,
      countOf: (who) => [...this.#connections].filter((each) => each.who === who).length,
      ended: (connection) => this.#connections.delete(connection),
    }
    const { topics } = known
    const client = `regie-${box.id}`
    this.#siteBroker = siteBroker && new SiteBroker({ ...this.#parts, options: siteBroker, client, topics })
  }

  start(): void {
    this.#siteBroker?.start()
  }

  async load(): Promise<void> {
    const { sessions, wills, machine } = this.#parts
    this.#mailbox.onAnew(
      () => [...sessions.owed(), ...wills.owed()],
      (why) => {
        this.#begunAnew += 1
        machine.log('error', why)
      },
    )
    const mail = await this.#mailbox.load()
    sessions.load(mail)
    wills.load(mail)
  }

  /** Undefined where there are too many. */
  readonly open = (wire: Wire): WireEvents => {
    if (this.#isStopped || this.#connections.size >= this.limits.clients) {
      this.#parts.complaints.say('clients', 'there are too many connections')
      wire.destroy()
      return { data: () => {}, closed: () => {} }
    }
    const connection = new Connection(this.#parts, gathered(wire))
    this.#connections.add(connection)
    return connection.events
  }

  status(): MqttStatus {
    const { sessions } = this.#parts
    return {
      clients: [...this.#connections].filter(({ who }) => who !== undefined).length,
      sessions: sessions.size,
      queued: [...sessions].reduce((sum, { queued }) => sum + queued, 0),
      retained: sessions.retained.count,
      begunAnew: this.#begunAnew,
      siteBroker: this.#siteBroker?.status,
    }
  }

  async sendAway(who: string, forGood: boolean): Promise<void> {
    for (const connection of this.#connections)
      if (connection.who === who) connection.end(reason.notAllowed, 'this device is not what it was')
    if (this.#siteBroker?.who === who) this.#siteBroker.sendAway()
    if (!forGood) return
    for (const session of this.#parts.sessions.ofDevice(who)) await this.#parts.sessions.end(session)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#siteBroker?.stop()
    for (const connection of this.#connections) connection.leave()
    this.#parts.tells.stop()
    this.#parts.wills.stop()
    this.#answers.stop()
    this.#parts.sessions.stop()
    await this.#mailbox.close()
  }
}

function tcpServer(broker: Broker): Server {
  return createServer((socket) => wireOverTcp(socket, broker.open))
}

function tlsServer(broker: Broker, certificate: Certificate): TlsServer {
  const { clients, connectMs } = broker.limits
  const server = createTlsServer(
    { ...tlsOf(certificate), minVersion: 'TLSv1.2', handshakeTimeout: connectMs },
    (socket) => wireOverTcp(socket, broker.open),
  )
  // Whoever has not shaken hands yet is no client of the broker, and counts all the same.
  server.maxConnections = clients
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}

const paths = new Set(['/', '/mqtt'])
const protocols = ['mqtt', 'mqttv3.1']

function webServer(broker: Broker): HttpServer {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: broker.limits.packetBytes,
    handleProtocols: (offered) => protocols.find((each) => offered.has(each)) ?? false,
  })
  const server = createHttpServer((_, answer) => {
    answer.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
    const [path = ''] = (request.url ?? '').split('?')
    if (!paths.has(path) || !protocols.some((each) => offered.includes(each))) {
      refuseUpgrade(socket, 400)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) =>
      wireOverWebSocket(opened, request.socket.remoteAddress ?? '', broker.open),
    )
  })
  server.on('close', () => {
    for (const client of sockets.clients) client.terminate()
    sockets.close()
  })
  return server
}

/** Returns how to close it. */
async function listen(
  server: Server | HttpServer,
  port: number | undefined,
  host: string | undefined,
): Promise<() => Promise<void>> {
  server.listen(port, host)
  await once(server, 'listening')
  return async () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await Promise.resolve()
  }
}

const portOf = (server: Server | HttpServer | undefined): number | undefined =>
  (server?.address() as AddressInfo | null | undefined)?.port
