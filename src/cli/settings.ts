import { resolve } from 'node:path'
import type { Trusts } from '../doors/caller.ts'
import { trustsNobody, trustsOf } from '../doors/caller.ts'
import type { Level } from '../kernel/machine.ts'
import { levels } from './machine.ts'
import type { Found } from './pick.ts'
import { invalid, pick } from './pick.ts'

/** What a start needs to know. Everything else is in the data folder. */
export type Settings = {
  readonly data: string
  readonly port: number
  /** Undefined: every address of the machine, IPv6 and IPv4, since a box is reached from its LAN. */
  readonly host: string | undefined
  /** Where devices speak MQTT, by TCP and by WebSocket; 0: nowhere. */
  readonly mqttPort: number
  readonly mqttWsPort: number
  /** The same over TLS, with the certificate of HTTPS. */
  readonly mqttTlsPort: number
  readonly log: Level
  readonly tls: TlsSettings
  /** Proxies that are believed for whom they ask. */
  readonly trusts: Trusts
}

/** HTTPS beside HTTP: on which port (0: none), and with whose certificate (undefined: the box's own). */
export type TlsSettings = {
  readonly port: number
  readonly certificate: string | undefined
  readonly key: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A flag wins over the environment, which wins over the default. Throws a Trouble that names the one to correct. */
export function readSettings(env: Environment, flags: Environment): Settings {
  // Where the site has a broker already, devices connect to that one, and ours opens only where it is named.
  const isOurs = pick(env, flags, 'REGIE_BROKER', 'broker') === undefined
  return {
    data: resolve(pick(env, flags, 'REGIE_DATA', 'data')?.text ?? './data'),
    port: port(pick(env, flags, 'REGIE_PORT', 'port')) ?? 8080,
    host: pick(env, flags, 'REGIE_HOST', 'host')?.text,
    mqttPort: port(pick(env, flags, 'REGIE_MQTT_PORT', 'mqtt-port')) ?? (isOurs ? 1883 : 0),
    mqttWsPort: port(pick(env, flags, 'REGIE_MQTT_WS_PORT', 'mqtt-ws-port')) ?? (isOurs ? 9001 : 0),
    mqttTlsPort: port(pick(env, flags, 'REGIE_MQTT_TLS_PORT', 'mqtt-tls-port')) ?? 0,
    tls: tls(env, flags),
    trusts: trusts(pick(env, flags, 'REGIE_TRUSTED_PROXIES', 'trusted-proxies')),
    log: level(pick(env, flags, 'REGIE_LOG', 'log')) ?? 'info',
  }
}

function tls(env: Environment, flags: Environment): TlsSettings {
  const certificate = pick(env, flags, 'REGIE_TLS_CERT', 'tls-cert')
  const key = pick(env, flags, 'REGIE_TLS_KEY', 'tls-key')
  if (certificate && !key)
    throw invalid({ setting: 'REGIE_TLS_KEY', text: '' }, 'REGIE_TLS_CERT + REGIE_TLS_KEY')
  if (key && !certificate)
    throw invalid({ setting: 'REGIE_TLS_CERT', text: '' }, 'REGIE_TLS_CERT + REGIE_TLS_KEY')
  return {
    port: port(pick(env, flags, 'REGIE_TLS_PORT', 'tls-port')) ?? 0,
    certificate: certificate && resolve(certificate.text),
    key: key && resolve(key.text),
  }
}

function trusts(found: Found | undefined): Trusts {
  if (found === undefined) return trustsNobody
  const known = trustsOf(found.text.split(',').map((each) => each.trim()))
  if (known) return known
  throw invalid(found, '10.0.0.7, 10.0.0.0/8, fd00::/8, …')
}

function port(found: Found | undefined): number | undefined {
  if (found === undefined) return undefined
  const number = /^\d{1,5}$/.test(found.text) ? Number(found.text) : Number.NaN
  if (number <= 65535) return number
  throw invalid(found, '0–65535')
}

function level(found: Found | undefined): Level | undefined {
  if (found === undefined) return undefined
  const known = levels.find((each) => each === found.text.toLowerCase())
  if (known) return known
  throw invalid(found, levels.join(', '))
}

/** A whole number given as a flag; undefined where it was left out. */
export function readCount(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw invalid({ setting: flag, text }, '0–999999999999')
}
