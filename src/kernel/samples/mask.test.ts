import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mask } from './mask.ts'

test.each([
  ['password=hunter2 rest', 'password=… rest'],
  ['{"token": "rgt_abc", "a": 1}', '{"token": "…", "a": 1}'],
  ['Authorization: Bearer abc.def.ghi', 'Authorization: …'],
  ['the code: 123456 was wrong', 'the code: … was wrong'],
  ['postgres://regie:s3cret@db:5432/x', 'postgres://regie:…@db:5432/x'],
  ['chain kQi-hvOJuBBC22kVogYEtQGRdQeTrqWS7reiNFZWuNY', 'chain kQi-hv…'],
  ['mail to jane.doe+x@example.co.uk failed', 'mail to j…@… failed'],
  ['called +33 6 12 34 56 78', 'called …78'],
  ['called 06.12.34.56.78.', 'called …78.'],
  ['called 0612345678', 'called …78'],
])('SAMPLE-6 %s', (text, masked) => expect(mask(text)).toBe(masked))

test.each([
  ['linked with box ka1rpt0b0w77'],
  ['entry 1234567890 of trail-des-cretes'],
  ['listening on 192.168.178.125:8080'],
  ['at 2026-06-13T08:11:12.123Z'],
  ['wrote 4294967296 bytes in 12 ms'],
  ['exit code 70'],
])('what a log is for stays: %s', (text) => expect(mask(text)).toBe(text))

test('SAMPLE-6 whatever stands around it, a secret does not come out, and masking again changes nothing', () => {
  const around = fc.string({ maxLength: 20 })
  fc.assert(
    fc.property(around, around, (before, after) => {
      const masked = mask(`${before} token=s3cr3t-Value ${after}`)
      expect(masked).not.toContain('s3cr3t-Value')
    }),
  )
})
