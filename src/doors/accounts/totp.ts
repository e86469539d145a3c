import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../kernel/machine.ts'

/** RFC 6238, as every authenticator app has it: SHA-1, six digits, half a minute. */
const stepMs = 30_000
const digits = 6
const secretBytes = 20
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function newTotpSecret(random: Random): string {
  return base32(random.bytes(secretBytes))
}

/** What an app is given, as a QR. */
export function totpAddress(secret: string, login: string, organisation: string): string {
  const label = encodeURIComponent(`${organisation}:${login}`)
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(organisation)}`
}

export function totpCode(secret: string, epochMs: number): string {
  return codeAt(secret, Math.floor(epochMs / stepMs))
}

/** The step whose code this is, one before and one after allowed; undefined where it is none of them. */
export function totpStep(secret: string, code: string, epochMs: number): number | undefined {
  const given = code.replaceAll(/\s/g, '')
  if (!/^[0-9]{6}$/.test(given)) return undefined
  const now = Math.floor(epochMs / stepMs)
  return [now, now - 1, now + 1].find((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(given)),
  )
}

function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)))
  const mac = createHmac('sha1', unbase32(secret)).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 15
  const number = mac.readUInt32BE(at) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

export function base32(bytes: Uint8Array): string {
  let [text, held, bits] = ['', 0, 0]
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31]
    held &= 31
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}

function unbase32(text: string): Buffer {
  const bytes: number[] = []
  let [held, bits] = [0, 0]
  for (const letter of text) {
    held = ((held << 5) | Math.max(0, alphabet.indexOf(letter))) & 0xffff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 255)
  }
  return Buffer.from(bytes)
}
