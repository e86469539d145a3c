import type { KeyObject } from 'node:crypto'
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto'
import type { Random } from '../machine.ts'
import type { Identity } from './identity.ts'

/** Secrets travel and rest sealed: X25519 with a key used once, HKDF-SHA256, AES-256-GCM (SITE-3). */
const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicHeader = Buffer.from('302a300506032b656e032100', 'hex')
const keyBytes = 32
const tagBytes = 16

/** The public half of the key that seals to a box. It is made from the box's own key, so there is one to look after. */
export function sealPublicKey(identity: Identity): string {
  return publicBytes(sealPrivateKey(identity)).toString('base64url')
}

export function sealFor(publicKey: string, secret: Uint8Array, random: Random): string {
  const once = privateFrom(random.bytes(keyBytes))
  const theirs = Buffer.from(publicKey, 'base64url')
  const cipher = createCipheriv('aes-256-gcm', agreedKey(once, theirs, publicBytes(once)), Buffer.alloc(12))
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([publicBytes(once), cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Undefined where it was not sealed for this box, or was altered. */
export function unseal(identity: Identity, text: string): Uint8Array | undefined {
  try {
    const bytes = Buffer.from(text, 'base64url')
    const once = bytes.subarray(0, keyBytes)
    const mine = sealPrivateKey(identity)
    const key = agreedKey(mine, once, once, publicBytes(mine))
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12))
    decipher.setAuthTag(bytes.subarray(keyBytes, keyBytes + tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(keyBytes + tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

function agreedKey(mine: KeyObject, theirs: Buffer, once: Buffer, to = theirs): Buffer {
  const publicKey = createPublicKey({
    key: Buffer.concat([publicHeader, theirs]),
    format: 'der',
    type: 'spki',
  })
  const shared = diffieHellman({ privateKey: mine, publicKey })
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([once, to]), 'regie seal', keyBytes))
}

function sealPrivateKey({ privateKey }: Identity): KeyObject {
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d as string, 'base64url')
  return privateFrom(Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(0), 'regie seal key', keyBytes)))
}

function privateFrom(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privateHeader, bytes]), format: 'der', type: 'pkcs8' })
}

function publicBytes(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x as string, 'base64url')
}
