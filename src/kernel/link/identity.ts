import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Random } from '../machine.ts'
import { randomId } from '../machine.ts'

/** A box's name, and the key that proves it. Made at first start; the private half never leaves the box. */
export type Identity = { readonly box: string; readonly publicKey: string; readonly privateKey: KeyObject }

export function makeIdentity(random: Random): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { box: randomId(random, 12), publicKey: publicText(publicKey), privateKey }
}

/** As kept in the box's own key file. */
export function identityText({ box, privateKey }: Identity): string {
  return JSON.stringify({
    box,
    key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
  })
}

export function parseIdentity(text: string): Identity {
  const { box, key } = JSON.parse(text) as { box: string; key: string }
  const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64url'), format: 'der', type: 'pkcs8' })
  return { box, publicKey: publicText(createPublicKey(privateKey)), privateKey }
}

export function signText(identity: Identity, text: string): string {
  return sign(null, Buffer.from(text), identity.privateKey).toString('base64url')
}

export function verifyText(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

/** The raw 32 bytes, in base64url: what claims, assignments and hellos carry. */
function publicText(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x as string
}
