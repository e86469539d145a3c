import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MailWrite } from './mailbox.ts'
import { toMailColumns, toMailWrites } from './mail-columns.ts'

const session = fc.constantFrom('a', 'b', '')
const seq = fc.nat({ max: 2 ** 40 })
const payload = fc.uint8Array({ maxLength: 9 })
const doc = fc.string({ unit: 'grapheme', maxLength: 9 })
const write: fc.Arbitrary<MailWrite> = fc.oneof(
  fc.record({
    do: fc.constant('message' as const),
    message: seq,
    doc,
    payload,
    to: fc.array(fc.record({ session, seq }), { maxLength: 3 }),
  }),
  fc.record({ do: fc.constant('got' as const), session, seq }),
  fc.record({ do: fc.constant('session' as const), session, doc }),
  fc.record({ do: fc.constant('will' as const), session, doc, payload }),
)

test('MQTT-8 what is written into the mailbox reaches its thread as it was, in its order', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 9 }), (writes) => {
      expect(toMailWrites(structuredClone(toMailColumns(writes)))).toEqual(writes)
    }),
  )
})
