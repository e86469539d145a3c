import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../manual-machine.ts'
import { makeIdentity } from './identity.ts'
import { sealFor, sealPublicKey, unseal } from './seal.ts'

const box = makeIdentity(seededRandom(1))
const other = makeIdentity(seededRandom(2))
const secret = Buffer.from('the key of the site')
const sealed = sealFor(sealPublicKey(box), secret, seededRandom(3))

test('SITE-3 only the box that it was sealed for opens it', () => {
  expect(Buffer.from(unseal(box, sealed) ?? []).toString()).toBe('the key of the site')
  expect(unseal(other, sealed)).toBeUndefined()
})

test('SITE-9 sealed twice, the same secret looks different', () => {
  expect(sealFor(sealPublicKey(box), secret, seededRandom(4))).not.toBe(sealed)
})

test('SITE-9 the key that seals is made from the box’s own, and is not it', () => {
  expect(sealPublicKey(box)).toBe(sealPublicKey(box))
  expect(sealPublicKey(box)).not.toBe(box.publicKey)
  expect(sealPublicKey(box)).not.toBe(sealPublicKey(other))
})

test('SITE-9 what was altered, cut off or never sealed opens nothing', () => {
  const bytes = Buffer.from(sealed, 'base64url')
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
      const altered = Buffer.from(bytes)
      altered.writeUInt8(altered.readUInt8(place) ^ flip, place)
      expect(unseal(box, altered.toString('base64url'))).toBeUndefined()
      expect(unseal(box, bytes.subarray(0, place).toString('base64url'))).toBeUndefined()
    }),
  )
  // X25519 ignores the highest bit of a public key; the key that is derived from it does not.
  const highest = Buffer.from(bytes)
  highest.writeUInt8(highest.readUInt8(31) ^ 0x80, 31)
  expect(unseal(box, highest.toString('base64url'))).toBeUndefined()
  expect(unseal(box, '')).toBeUndefined()
  expect(unseal(box, 'nonsense')).toBeUndefined()
})
