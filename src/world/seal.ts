import type { Identity } from '../kernel/link/identity.ts'
import { parseIdentity } from '../kernel/link/identity.ts'
import type { Dice } from './random.ts'

/** What stands before the 32 secret bytes of an Ed25519 key in PKCS #8. */
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A box's name and key, from the seed. */
export function sealFor(box: string, dice: Dice): Identity {
  const key = Buffer.concat([prefix, dice.bytes(32)]).toString('base64url')
  return parseIdentity(JSON.stringify({ box, key }))
}
