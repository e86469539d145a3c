import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from '../machine.ts'

const nonceBytes = 12
const tagBytes = 16

/**
 * What only boxes of one site may read, though it lies in a log that exports and backups hold: AES-256-GCM under a
 * key made from the site's. `bound` says what it is and whose: put into another place, it does not open.
 */
export type Vault = {
  readonly seal: (secret: string, bound: string) => string
  /** Undefined where it was altered, or sealed for something else. */
  readonly open: (sealed: string, bound: string) => string | undefined
}

export function vaultOf(siteKey: Uint8Array, random: Random): Vault {
  const key = Buffer.from(hkdfSync('sha256', siteKey, Buffer.alloc(0), 'regie vault', 32))
  return {
    seal: (secret, bound) => {
      const nonce = random.bytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound))
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open: (sealed, bound) => {
      try {
        const bytes = Buffer.from(sealed, 'base64url')
        const [nonce, rest] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes)]
        const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound))
        decipher.setAuthTag(rest.subarray(0, tagBytes))
        return Buffer.concat([decipher.update(rest.subarray(tagBytes)), decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
