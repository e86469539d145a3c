import { apiDoor } from '../doors/api/door.ts'
import { localDirectActs } from '../doors/api/local-direct.ts'
import { dialWebSocket, linkDoor } from '../doors/link.ts'
import { accountDoor } from '../doors/accounts/account-door.ts'
import { devicesOf } from '../doors/accounts/devices.ts'
import { firstStartAct } from '../doors/accounts/first-start-act.ts'
import { localAccountActs } from '../doors/accounts/local-acts.ts'
import { accountRoutes } from '../doors/accounts/routes.ts'
import { blobDoor } from '../doors/blob-door.ts'
import { httpDoor } from '../doors/http.ts'
import { Trouble } from '../doors/errors.ts'
import type { SiteBrokerOptions, SiteBrokerStatus } from '../doors/mqtt/site-broker/options.ts'
import type { WebFiles } from '../doors/web-files.ts'
import { liveDoor } from '../doors/live/live-door.ts'
import { receptionOf } from '../doors/accounts/reception.ts'
import { routesOf } from '../doors/permission.ts'
import { openLocal } from '../doors/local.ts'
import { Readiness } from '../doors/readiness.ts'
import type { Showing } from '../doors/readiness.ts'
import { openBox } from '../kernel/box/box.ts'
import type { Box } from '../kernel/box/contract.ts'
import type { Machine } from '../kernel/machine.ts'
import { openTruth } from '../store/truth-thread.ts'
import { StoreError } from '../store/truth.ts'
import type { Ports } from './address.ts'
import { setupAddress, waysTo } from './address.ts'
import { Beside } from './beside.ts'
import type { DataFolder } from './data-folder.ts'
import { openDataFolder } from './data-folder.ts'
import { openDevices } from './devices.ts'
import { listenSecurely } from './https.ts'
import { closeServer, listen } from './listen.ts'
import { saveTime } from './saved-time.ts'
import type { Settings } from './settings.ts'
import { ShownCertificate } from './shown-certificate.ts'
import type { Trades } from './views-thread.ts'
import { openQueries, openViews, ownTrades } from './views-thread.ts'
import { webFiles } from './web-folder.ts'

/** A box with its doors, in this process. */
export type Program = {
  readonly box: Box
  readonly beside: Beside
  readonly port: number
  /** Of those that are open. */
  readonly ports: {
    readonly tls: number | undefined
    readonly mqtt: number | undefined
    readonly mqttWs: number | undefined
    readonly mqttTls: number | undefined
  }
  /** What the web door answers: method and address. */
  readonly routes: readonly string[]
  /** What a browser sets this box up with; undefined once it is. */
  readonly setupCode: () => Promise<string | undefined>
  /** What is told live, and which topics devices have: by their full names. */
  readonly queries: readonly string[]
  readonly topics: readonly string[]
  /** Resolves when the program cannot go on and must be started again. */
  readonly broken: Promise<string>
  /** No timer, socket, handler or lock is left. */
  readonly stop: () => Promise<void>
}

export type ProgramParts = {
  readonly settings: Settings
  readonly machine: Machine
  /** Told as soon as the port is open, before the box is. */
  readonly listening: (port: number) => void
  readonly version?: string | undefined
  /** The broker that the site has already. */
  readonly siteBroker?: SiteBrokerOptions | undefined
  /** Those of this build, unless something else is said. */
  readonly trades?: Trades | undefined
  /** The pages: those that were built, unless something else is said. */
  readonly web?: WebFiles | undefined
}

/**
 * Starts a box in the order in which it can be watched: its folder, its port, its store. Whoever asks early
 * hears that it is starting. Throws a Trouble, and then nothing is left open.
 */
export async function startProgram({
  settings,
  machine: bare,
  listening,
  version,
  siteBroker,
  trades = ownTrades,
  web = webFiles(),
}: ProgramParts): Promise<Program> {
  const { known } = trades
  const ends = new AsyncDisposableStack()
  let showing = (): Showing => ({ is: 'starting' })
  try {
    const folder = openDataFolder(settings.data, bare.random)
    ends.defer(() => folder.close())
    const beside = new Beside(folder, bare, ends)
    const { machine } = beside
    ends.defer(saveTime(folder.path, machine))
    tellOfKill(folder, machine)

    const accounts = accountDoor(machine, known)
    let ports: Ports = { http: settings.port, https: undefined, isTrusted: false }
    const readiness = new Readiness(machine.clock.mono)
    const api = apiDoor({
      known,
      version,
      machine,
      watched: { showing: () => showing(), readiness, vitals: () => beside.vitals },
      routes: accountRoutes({ door: accounts, known, machine, reach: () => waysTo(settings.host, ports) }),
    })
    const told = { status: () => showing() }
    const done = {
      ...localAccountActs(accounts),
      ...firstStartAct(accounts, () => setupAddress(settings, ports)),
      ...localDirectActs(api),
    }
    const local = await openLocal(folder.path, told, done)
    ends.defer(() => local.close())
    const link = linkDoor()
    const live = liveDoor({ machine, reception: receptionOf(accounts), trusts: settings.trusts })
    const blobs = blobDoor(machine)
    const doors = { readiness, link, live, blobs, api, accounts, trusts: settings.trusts, web }
    const server = httpDoor({ log: machine.log, showing: () => showing(), ...doors })
    ends.defer(() => closeServer(server, machine.timers))
    ends.defer(() => link.close())
    const port = await listen(server, settings)
    const needsCertificate = settings.tls.port > 0 || settings.mqttTlsPort > 0
    const shown = needsCertificate ? new ShownCertificate(folder.path, settings.tls, machine) : undefined
    ends.defer(() => shown?.stop())
    const secure =
      shown && settings.tls.port > 0 ? await listenSecurely(server, shown, settings, machine) : undefined
    ends.defer(() => secure?.close())
    ports = { http: port, https: secure?.port, isTrusted: settings.tls.certificate !== undefined }
    listening(port)

    const { promise: broken, resolve: breaks } = Promise.withResolvers<string>()
    const box = await open(trades, folder, beside, ends, breaks)
    await beside.open(box)
    if (beside.blobs) blobs.open({ blobs: beside.blobs, box: box.id, keysOf: (other) => box.keysOf(other) })
    ends.defer(() => blobs.close())
    api.open(box)
    ends.defer(() => api.close())
    ends.defer(box.onChange(() => readiness.observe(box.status())))
    let siteBrokerNow = (): SiteBrokerStatus | undefined => undefined
    showing = () => ({ is: 'running', status: box.status(), siteBroker: siteBrokerNow() })
    ends.defer(() => {
      showing = () => ({ is: 'stopping' })
    })
    accounts.open(box)
    ends.defer(() => accounts.close())
    const mailbox = folder.mqtt
    const identities = devicesOf(accounts)
    const devices = await openDevices(settings, {
      box,
      known,
      machine,
      metrics: beside.metrics,
      mailbox,
      shown,
      reports: beside.broker,
      siteBroker,
      deviceOf: identities.deviceOf,
    })
    ends.defer(() => devices?.close())
    siteBrokerNow = () => devices?.status().siteBroker
    const late = (error: unknown) => machine.log('error', `what waits for a device stays: ${String(error)}`)
    ends.defer(identities.onGone((who) => void devices?.sendAway(who, true).catch(late)))
    link.open((channel) => box.accept(channel))
    live.open({ box, known })
    ends.defer(() => live.close())
    return {
      box,
      beside,
      port,
      ports: {
        tls: secure?.port,
        mqtt: devices?.port,
        mqttWs: devices?.wsPort,
        mqttTls: devices?.tlsPort,
      },
      setupCode: () => accounts.now()?.firstStart.code() ?? Promise.resolve(undefined),
      routes: routesOf(server),
      queries: live.queries(),
      topics: devices?.topics ?? [],
      broken,
      stop: () => ends.disposeAsync(),
    }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}

async function open(
  trades: Trades,
  folder: DataFolder,
  { machine, onSamples }: Beside,
  ends: AsyncDisposableStack,
  breaks: (why: string) => void,
): Promise<Box> {
  try {
    const truth = await openTruth({ path: folder.truth, clock: machine.clock, timers: machine.timers })
    ends.defer(() => truth.close())
    const writer = openViews(trades, folder.views, breaks)
    ends.defer(() => writer.close())
    const box = await openBox({
      identity: folder.identity,
      machine,
      known: trades.known,
      truth,
      writer,
      runner: openQueries(trades, folder.views, machine.timers),
      dial: dialWebSocket,
      // Until a fleet claims boxes, only those that a site names, or that left one, are let in.
      trusts: () => false,
      onSamples,
    })
    ends.defer(() => box.stop())
    return box
  } catch (error) {
    throw error instanceof StoreError ? asTrouble(error, folder.path) : error
  }
}

function asTrouble(error: StoreError, folder: string): Trouble {
  switch (error.reason) {
    case 'newer':
      return Trouble.of('folder_newer', { folder, detail: error.message }, error)
    case 'full':
      return Trouble.of('disk_full', { folder }, error)
    case 'io':
    case 'fence':
    case 'closed':
      return Trouble.of('store_damaged', { folder, detail: error.message }, error)
  }
}

function tellOfKill({ killed }: DataFolder, { log }: Machine): void {
  if (killed !== undefined)
    log('warn', `process ${killed} ended without stopping; what was acknowledged is on disk`)
}
