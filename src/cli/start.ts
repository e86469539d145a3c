import { renderUnicodeCompact } from 'uqr'
import type { Texts } from '../doors/language.ts'
import { addressForPeople, setupAddress } from './address.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { realMachine, standardError } from './machine.ts'
import type { Program, ProgramParts } from './program.ts'
import { startProgram } from './program.ts'
import { floorOf } from './saved-time.ts'
import type { Settings } from './settings.ts'
import { readSettings } from './settings.ts'
import { listenForStop } from './signals.ts'
import { readSiteBroker } from './site-broker.ts'

const help: Texts = {
  en: `regie start [--data <folder>] [--port <number>] [--host <address>] [--log <level>]
            [--mqtt-port <number>] [--mqtt-ws-port <number>]
            [--trusted-proxies <addresses>] [--json]

Runs this box until it is stopped with Ctrl-C or SIGTERM; a second one ends it at once.

  --data   where everything is kept           REGIE_DATA   ./data
  --port   where pages are served; 0: any     REGIE_PORT   8080
  --host   the one address to listen on       REGIE_HOST   all of them
  --mqtt-port      devices by TCP; 0: none        REGIE_MQTT_PORT      1883
  --mqtt-ws-port   devices by WebSocket; 0: none  REGIE_MQTT_WS_PORT   9001
  --log    error, warn, info or debug         REGIE_LOG    info

  --tls-port       where the same is served over HTTPS; 0: nowhere   REGIE_TLS_PORT        0
  --mqtt-tls-port  devices by TLS, usually 8883; 0: none             REGIE_MQTT_TLS_PORT   0
  --tls-cert       a certificate for both, and                       REGIE_TLS_CERT        the box's own
  --tls-key        its key, both as PEM files                        REGIE_TLS_KEY

  --trusted-proxies   addresses and networks (10.0.0.7,fd00::/8) of proxies
                      that are believed for whom they ask       REGIE_TRUSTED_PROXIES   none

  --broker   the broker that the site has already, mqtt:// or mqtts://   REGIE_BROKER   none; with one, Regie
             opens no MQTT port of its own unless it is named
  --broker-token-file     who it is here (first line)   REGIE_BROKER_TOKEN_FILE, or REGIE_BROKER_TOKEN
  --broker-devices        who speaks through it         REGIE_BROKER_DEVICES          nobody
  --broker-user           how Regie signs in there      REGIE_BROKER_USER
  --broker-password-file  and with what (first line)    REGIE_BROKER_PASSWORD_FILE, or REGIE_BROKER_PASSWORD
  --broker-prefix         before every topic            REGIE_BROKER_PREFIX
  --broker-ca             whom to trust, as PEM         REGIE_BROKER_CA               as this machine does

  --json   says what happens as JSON lines
  --help   this text

Ends with 0 when stopped, 1 when it cannot start, 2 when a setting is wrong, 70 when Regie itself fails.
`,
  fr: `regie start [--data <dossier>] [--port <numéro>] [--host <adresse>] [--log <niveau>]
            [--mqtt-port <numéro>] [--mqtt-ws-port <numéro>]
            [--trusted-proxies <adresses>] [--json]

Fait tourner cette box jusqu’à Ctrl-C ou SIGTERM ; un second l’arrête sur-le-champ.

  --data   où tout est gardé                   REGIE_DATA   ./data
  --port   où sont servies les pages ; 0 : libre   REGIE_PORT   8080
  --host   la seule adresse à écouter          REGIE_HOST   toutes
  --mqtt-port      appareils par TCP ; 0 : aucun        REGIE_MQTT_PORT      1883
  --mqtt-ws-port   appareils par WebSocket ; 0 : aucun  REGIE_MQTT_WS_PORT   9001
  --log    error, warn, info ou debug          REGIE_LOG    info

  --tls-port       où le même est servi en HTTPS ; 0 : nulle part    REGIE_TLS_PORT        0
  --mqtt-tls-port  appareils par TLS, d’usage 8883 ; 0 : aucun       REGIE_MQTT_TLS_PORT   0
  --tls-cert       un certificat pour les deux, et                   REGIE_TLS_CERT        celui de la box
  --tls-key        sa clé, en fichiers PEM                           REGIE_TLS_KEY

  --trusted-proxies   adresses et réseaux (10.0.0.7,fd00::/8) des proxys
                      crus sur celui pour qui ils demandent     REGIE_TRUSTED_PROXIES   aucun

  --broker   le broker que le site a déjà, mqtt:// ou mqtts://   REGIE_BROKER   aucun ; avec un, Regie
             n’ouvre de port MQTT à elle que si vous le nommez
  --broker-token-file     qui il est ici (première ligne)       REGIE_BROKER_TOKEN_FILE, ou REGIE_BROKER_TOKEN
  --broker-devices        qui parle à travers lui               REGIE_BROKER_DEVICES          personne
  --broker-user           comment Regie s’y connecte            REGIE_BROKER_USER
  --broker-password-file  et avec quoi (première ligne)         REGIE_BROKER_PASSWORD_FILE, ou REGIE_BROKER_PASSWORD
  --broker-prefix         devant chaque sujet                   REGIE_BROKER_PREFIX
  --broker-ca             à qui se fier, en PEM                 REGIE_BROKER_CA               comme cette machine

  --json   dit ce qui se passe en lignes JSON
  --help   ce texte

Finit par 0 à l’arrêt, 1 si le démarrage échoue, 2 si un réglage est faux, 70 si Regie elle-même échoue.
`,
}

const flags = {
  data: 'string',
  port: 'string',
  host: 'string',
  'mqtt-port': 'string',
  'mqtt-ws-port': 'string',
  'mqtt-tls-port': 'string',
  broker: 'string',
  'broker-token-file': 'string',
  'broker-devices': 'string',
  'broker-user': 'string',
  'broker-password-file': 'string',
  'broker-prefix': 'string',
  'broker-ca': 'string',
  log: 'string',
  'tls-port': 'string',
  'tls-cert': 'string',
  'tls-key': 'string',
  'trusted-proxies': 'string',
  json: 'boolean',
  help: 'boolean',
} as const

/** `regie start`. */
export async function start(args: readonly string[], context: Context): Promise<number> {
  const { help: isHelp, json = false, ...given } = readFlags('start', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const settings = readSettings(context.env, given)
  const siteBroker = readSiteBroker(context.env, given)
  const signals = listenForStop()
  try {
    return await run({ settings, siteBroker }, context, json, signals.asked)
  } finally {
    signals.forget()
  }
}

async function run(
  { settings, siteBroker }: Pick<ProgramParts, 'settings' | 'siteBroker'>,
  context: Context,
  json: boolean,
  asked: Promise<NodeJS.Signals>,
): Promise<number> {
  const machine = realMachine(standardError(settings.log), floorOf(settings.data))
  const tell = (event: Readonly<Record<string, unknown>>) => {
    if (json) process.stdout.write(`${JSON.stringify(event)}\n`)
  }
  const program = await startProgram({
    settings,
    siteBroker,
    machine,
    version: context.version,
    listening: (port) => {
      const url = addressForPeople(settings.host, port)
      tell({ event: 'listening', url, port })
      if (!json) process.stdout.write(greeting(url, context))
    },
  })
  const setup = await setupOf(program, settings)
  tell({ event: 'running', box: program.box.id, ...(setup === undefined ? {} : { setup }) })
  if (!json) process.stdout.write(running(setup, program.port, settings, context))
  const { log } = program.beside.machine
  log('info', `box ${program.box.id} runs on ${settings.data}`)
  const why = await Promise.race([asked, program.broken.then((reason) => new Error(reason))])
  if (why instanceof Error) log('error', `stopping: ${why.message}`)
  else log('info', `stopping: ${why}`)
  await program.stop()
  tell({ event: 'stopped' })
  return why instanceof Error ? exit.broken : exit.done
}

/** Where a browser sets the box up, as long as nobody has. */
async function setupOf(program: Program, settings: Settings): Promise<string | undefined> {
  try {
    const code = await program.setupCode()
    return code && setupAddress(settings, { http: program.port }, code)
  } catch (error) {
    // It cannot tell yet whether it has an owner; regie code asks again.
    program.beside.machine.log('warn', `whether this box is set up is not known yet: ${String(error)}`)
    return undefined
  }
}

function greeting(url: string, { version }: Context): string {
  return process.stdout.isTTY ? `\nRegie ${version}\n\n  ${url}\n` : `Regie: ${url}\n`
}

/** Once the box can be used: where to go, as a picture too. */
function running(
  setup: string | undefined,
  port: number,
  { host, data }: Settings,
  { language }: Context,
): string {
  const says = { en: 'Set this box up at', fr: 'Configurez cette box sur' }[language]
  if (!process.stdout.isTTY) return setup === undefined ? '' : `${says} ${setup}\n`
  const stop = { en: 'Ctrl-C stops it.', fr: 'Ctrl-C l’arrête.' }[language]
  const first = setup === undefined ? '' : `  ${says}\n  ${setup}\n`
  const picture = renderUnicodeCompact(setup ?? addressForPeople(host, port))
  return `${first}\n${picture}\n\n${data}\n${stop}\n\n`
}
