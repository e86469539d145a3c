import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { SiteStatus } from '../../kernel/box/contract.ts'
import { FirstStart, sixDigits } from './first-start.ts'

const granted = (role: string) => ({
  n: 7,
  head: JSON.stringify(['a', [0, null, 0], ['role.granted'], 'role.grant', 'k', 'd', 'console', null]),
  bodies: JSON.stringify({ account: 'k3v9', role, site: null }),
  chain: '',
})

function aStart(sites: readonly Pick<SiteStatus, 'site' | 'role'>[] = [], role?: string) {
  const time = { now: 0 }
  const machine = {
    clock: { mono: () => time.now, wall: () => 0 },
    random: { bytes: (size: number) => randomBytes(size) },
    // Whoever guesses on and on is answered late; here nobody waits.
    timers: { after: (_: number, run: () => void) => (run(), () => {}) },
  }
  const entries = (_: string, after: number) =>
    Promise.resolve(role === undefined || after >= 7 ? [] : [granted(role)])
  const first = new FirstStart({ box: { status: () => ({ sites }) as never, entries }, machine })
  return { first, time }
}

const wrong = (code: string | undefined) => (code === '000000' ? '000001' : '000000')
const refused = (code: string) => expect.objectContaining({ code }) as unknown

test('START-2 a code is six digits, counts for a day, and then another does', async () => {
  const { first, time } = aStart()
  const code = (await first.code()) ?? ''
  expect(code).toMatch(/^\d{6}$/)
  await first.judge(code, '192.168.1.2')
  time.now += 24 * 3_600_000 - 1
  expect(await first.code()).toBe(code)
  expect(first.leftMs).toBe(1)
  time.now += 1
  const next = (await first.code()) ?? ''
  await expect(first.judge(next === code ? wrong(code) : code, '192.168.1.2')).rejects.toEqual(
    refused('setup_code_wrong'),
  )
  expect(first.leftMs).toBe(24 * 3_600_000)
})

test('START-2 five wrong codes shut a client out for 15 minutes, and no other', async () => {
  const { first, time } = aStart()
  const code = (await first.code()) ?? ''
  for (let tries = 0; tries < 5; tries += 1)
    await expect(first.judge(wrong(code), '192.168.1.2')).rejects.toEqual(refused('setup_code_wrong'))
  await expect(first.judge(code, '192.168.1.2')).rejects.toEqual(refused('setup_locked'))
  await first.judge(code, '192.168.1.3')
  time.now += 15 * 60_000
  await first.judge(code, '192.168.1.2')
})

test('START-2 twenty wrong codes, from wherever, make a new one', async () => {
  const { first } = aStart()
  const codes = new Set([await first.code()])
  for (let tries = 0; tries < 60; tries += 1) {
    const code = await first.code()
    await first.judge(wrong(code), `192.168.1.${tries}`).catch(() => {})
    codes.add(await first.code())
  }
  // Two draws of a million may be the same, three times in a row hardly.
  expect(codes.size).toBeGreaterThan(1)
})

test('START-1 a box that belongs to somebody has no code', async () => {
  expect(await aStart([{ site: 'fleet', role: 'keeping' }], 'owner').first.code()).toBeUndefined()
  expect(await aStart([{ site: 'fleet', role: 'following' }]).first.code()).toBeUndefined()
  expect(await aStart([{ site: 'trail', role: 'following' }]).first.code()).toBeUndefined()
  expect(await aStart([{ site: 'fleet', role: 'keeping' }]).first.code()).toMatch(/^\d{6}$/)
  expect(await aStart([{ site: 'fleet', role: 'keeping' }], 'lead').first.code()).toMatch(/^\d{6}$/)
})

test('START-2 no code is drawn more often than others', () => {
  const bytes = [0xff, 0xff, 0xff, 0x0f, 0x42, 0x40]
  const random = { bytes: (size: number) => Uint8Array.from(bytes.splice(0, size)) }
  // The first is above the last whole million, and is drawn again.
  expect(sixDigits(random)).toBe('000000')
})
