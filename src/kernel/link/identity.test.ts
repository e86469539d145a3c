import { describe, expect, test } from 'vitest'
import { seededRandom } from '../manual-machine.ts'
import { identityText, makeIdentity, parseIdentity, signText, verifyText } from './identity.ts'

const box = makeIdentity(seededRandom(1))
const other = makeIdentity(seededRandom(2))

describe('the key of a box', () => {
  test('a signature holds for its words, its key and nothing else', () => {
    const signature = signText(box, 'words')
    expect(verifyText(box.publicKey, 'words', signature)).toBe(true)
    expect(verifyText(box.publicKey, 'words ', signature)).toBe(false)
    expect(verifyText(other.publicKey, 'words', signature)).toBe(false)
    expect(verifyText(box.publicKey, 'words', signText(other, 'words'))).toBe(false)
  })

  test.each(['', 'short', 'A'.repeat(43), 'not base64 at all!', 'A'.repeat(200)])(
    'what is no key or no signature is refused, not an error: %j',
    (text) => {
      expect(verifyText(text, 'words', signText(box, 'words'))).toBe(false)
      expect(verifyText(box.publicKey, 'words', text)).toBe(false)
    },
  )

  test('SITE-6 a box is itself again after reading its key file', () => {
    const again = parseIdentity(identityText(box))
    expect([again.box, again.publicKey]).toEqual([box.box, box.publicKey])
    expect(verifyText(box.publicKey, 'words', signText(again, 'words'))).toBe(true)
  })

  test('SITE-6 a name is 12 characters that fit a link, the public key 32 bytes in base64url', () => {
    expect(box.box).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
    expect(box.publicKey).toMatch(/^[\w-]{43}$/)
    expect(identityText(box)).not.toContain(box.publicKey)
  })
})
