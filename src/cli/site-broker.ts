import { readFileSync } from 'node:fs'
import { Trouble } from '../doors/errors.ts'
import type { SiteBrokerOptions } from '../doors/mqtt/site-broker/options.ts'
import type { Found } from './pick.ts'
import { invalid, pick } from './pick.ts'
import type { Environment } from './settings.ts'

const wantedUrl = 'mqtt://host:port, mqtts://host:port'
const deviceName = /^[A-Za-z0-9._-]{1,64}$/
const mostDevices = 500

/** The broker that the site has already; undefined where none is named. Reads the files that the settings name. */
export function readSiteBroker(env: Environment, flags: Environment): SiteBrokerOptions | undefined {
  const found = (name: string, flag: string) => pick(env, flags, `REGIE_BROKER${name}`, `broker${flag}`)
  const url = found('', '')
  if (!url) return undefined
  const ca = found('_CA', '-ca')
  const { isSecure, ...address } = addressIn(url)
  if (ca && !isSecure) throw invalid(ca, 'mqtts://')
  const token = secret(env, 'REGIE_BROKER_TOKEN', found('_TOKEN_FILE', '-token-file'))
  if (token === undefined)
    throw invalid({ setting: 'REGIE_BROKER_TOKEN_FILE', text: '' }, 'REGIE_BROKER + REGIE_BROKER_TOKEN_FILE')
  return {
    ...address,
    tls: isSecure ? { ca: ca && read(ca.text) } : undefined,
    username: found('_USER', '-user')?.text,
    password: secret(env, 'REGIE_BROKER_PASSWORD', found('_PASSWORD_FILE', '-password-file')),
    prefix: prefixIn(found('_PREFIX', '-prefix')),
    token,
    devices: devicesIn(found('_DEVICES', '-devices')),
  }
}

/** What is wrong with it is said without the text itself, which may hold a password. */
function addressIn({ setting, text }: Found) {
  const url = URL.parse(text)
  const isSecure = url?.protocol === 'mqtts:'
  if (!url || !(isSecure || url.protocol === 'mqtt:') || url.hostname === '')
    throw invalid({ setting, text: '…' }, wantedUrl)
  if (url.username !== '' || url.password !== '')
    throw invalid({ setting, text: '…' }, `${wantedUrl} (REGIE_BROKER_USER, REGIE_BROKER_PASSWORD_FILE)`)
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname))
    throw invalid({ setting, text: '…' }, `${wantedUrl} (REGIE_BROKER_PREFIX)`)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { host, port: url.port === '' ? (isSecure ? 8883 : 1883) : Number(url.port), isSecure }
}

function prefixIn(found: Found | undefined): string {
  if (!found) return ''
  const prefix = found.text.replace(/\/*$/, '')
  if (prefix === '' || prefix.startsWith('$') || /[+#\p{C}]/u.test(prefix) || prefix.length > 100)
    throw invalid(found, 'club/regie')
  return `${prefix}/`
}

function devicesIn(found: Found | undefined): readonly string[] {
  const names = (found?.text ?? '').split(',').flatMap((each) => each.trim() || [])
  const isGood = names.length <= mostDevices && names.every((name) => deviceName.test(name))
  if (found && !isGood) throw invalid(found, 'printer,board-2')
  return [...new Set(names)]
}

/** The first line of a file, or a variable that holds it: never a flag, which others on the machine can read. */
function secret(env: Environment, variable: string, file: Found | undefined): string | undefined {
  const text = file ? read(file.text).split('\n', 1)[0] : env[variable]
  return text?.trim() || undefined
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw Trouble.of('file_unreadable', { file, reason: (error as Error).message }, error)
  }
}
