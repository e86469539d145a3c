// What somebody does with his own account at a browser, at a real box over HTTP.
import { expect, test } from 'vitest'
import { totpCode } from '../../src/doors/accounts/totp.ts'
import { aSetup, ConsoleBox, password, site, until } from './console-box.ts'

const next = 'three quite other words'

test('OWN-1 a session says who one is, what proves it, and until when', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const { body } = await marie.get('session')
  expect(body).toMatchObject({
    login: 'marie',
    site: 'fleet',
    roles: [{ role: 'owner', site: null }],
    proofs: { password: true, totp: false, codes: 0 },
    mustChange: false,
    plain: true,
  })
  const { since, until: end } = body as { since: number; until: number }
  expect(end - since).toBe(12 * 3_600_000)
  expect(Math.abs(Date.now() - since)).toBeLessThan(60_000)
  expect((await box.browser().get('session')).status).toBe(401)
})

test('OWN-2 a new password ends all other sessions, and wrong tries count as at the sign-in', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const phone = await box.signedIn('marie', password)
  const put = (body: unknown) => marie.ask('PUT', 'session/password', body)
  expect(await put({ password: 'not mine at all', next })).toMatchObject({
    status: 422,
    body: { code: 'password_wrong', field: 'password' },
  })
  expect((await put({ next })).body).toMatchObject({ code: 'password_wrong' })
  expect((await put({ password, next: 'short' })).body).toMatchObject({
    code: 'password_short',
    field: 'next',
  })
  expect((await put({ password, next: password })).body).toMatchObject({
    code: 'password_same',
    field: 'next',
  })
  expect(await put({ password, next })).toMatchObject({
    status: 200,
    body: { login: 'marie', mustChange: false },
  })
  expect((await phone.get('session')).status).toBe(401)
  expect((await marie.get('session')).status).toBe(200)
  await until(async () => (await box.browser().signIn('marie', next)).status === 200)
  expect((await box.browser().signIn('marie', password)).status).toBe(401)
  for (let tries = 0; tries < 5; tries += 1) await put({ password: 'guessing on and on', next: password })
  expect((await put({ password: next, next: password })).body).toMatchObject({ code: 'sign_in_locked' })
  // The one beside her, with another browser, is not shut out.
  expect((await box.browser().signIn('marie', next)).status).toBe(200)
})

test('OWN-2 from outside a password is judged over HTTPS only', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const headers = { 'x-forwarded-for': '203.0.113.9' }
  const refused = await marie.ask('PUT', 'session/password', { password, next }, headers)
  expect(refused.body).toMatchObject({ code: 'https_needed' })
})

test('OWN-3 one’s name and language', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  expect(await marie.ask('PATCH', 'session', { name: 'Marie D.', language: 'en' })).toMatchObject({
    status: 200,
    body: { login: 'marie', name: 'Marie D.', language: 'en' },
  })
  await until(async () => (await marie.get('session')).body['name'] === 'Marie D.')
  expect((await marie.ask('PATCH', 'session', { login: 'root' })).body).toMatchObject({
    code: 'field_unknown',
  })
  expect((await marie.ask('PATCH', 'session', { name: ' ' })).body).toMatchObject({ field: 'name' })
})

test('OWN-4 a second factor counts once its app has shown a code, and goes with password and code', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  await box.setClock()
  expect((await marie.ask('PUT', 'session/totp', { code: '123456' })).body).toMatchObject({
    code: 'totp_not_begun',
  })
  expect((await marie.ask('POST', 'session/totp', { password: 'a guess that is wrong' })).status).toBe(422)
  const { secret, address } = (await marie.ask('POST', 'session/totp', { password })).body as {
    secret: string
    address: string
  }
  expect(address).toBe(`otpauth://totp/Trail%20Club%3Amarie?secret=${secret}&issuer=Trail%20Club`)
  // Nothing counts yet.
  expect((await box.browser().signIn('marie', password)).status).toBe(200)
  const code = () => totpCode(secret, Date.now())
  const wrong = code() === '000000' ? '000001' : '000000'
  expect((await marie.ask('PUT', 'session/totp', { code: wrong })).body).toMatchObject({
    code: 'code_wrong',
    field: 'code',
  })
  const made = await marie.ask('PUT', 'session/totp', { code: code() }, { 'idempotency-key': 'once' })
  const { codes } = made.body as { codes: readonly string[] }
  expect(codes).toHaveLength(10)
  await until(
    async () => (await box.browser().signIn('marie', password)).body['code'] === 'sign_in_code_needed',
  )
  await until(async () => {
    const { proofs } = (await marie.get('session')).body as { proofs: { codes: number } }
    return proofs.codes === 10
  })
  expect((await box.browser().signIn('marie', password, codes[0])).status).toBe(200)
  await until(async () => {
    const { proofs } = (await marie.get('session')).body as { proofs: { codes: number } }
    return proofs.codes === 9
  })
  expect((await marie.ask('POST', 'session/totp', { password })).body).toMatchObject({ code: 'totp_there' })
  const away = (body: unknown) => marie.ask('DELETE', 'session/totp', body)
  expect((await away({ password, code: codes[0] })).body).toMatchObject({ code: 'code_wrong' })
  expect((await away({ password, code: codes[1] })).status).toBe(204)
  await until(async () => (await box.browser().signIn('marie', password)).status === 200)
  await until(async () => (await away({ password, code: codes[2] })).body['code'] === 'totp_absent')
}, 30_000)

test('OWN-4 a box that does not know the time lets nobody set up what it could not judge', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const { secret } = (await marie.ask('POST', 'session/totp', { password })).body as { secret: string }
  const told = await marie.ask('PUT', 'session/totp', { code: totpCode(secret, Date.now()) })
  expect(told).toMatchObject({ status: 409, body: { code: 'code_clock_unknown', field: 'code' } })
})

test('OWN-5 one sees one’s sessions, and ends any of them, and nobody else’s', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const phone = await box.signedIn('marie', password)
  await box.by('account add', { ...aSetup, login: 'jo', name: 'Jo', role: 'lead', site, password })
  const jo = await box.signedIn('jo', password)
  type Row = { session: string; current: boolean; here: boolean; address: string; how: string }
  const all = async (of: typeof marie) => ((await of.get('session/all')).body as { sessions: Row[] }).sessions
  const mine = await all(marie)
  expect(mine.filter(({ current }) => current)).toHaveLength(1)
  expect(mine.every(({ here, address }) => here && address === '127.0.0.1')).toBe(true)
  const others = (await all(phone)).find(({ current }) => current)?.session ?? ''
  expect((await jo.ask('DELETE', `session/${others}`)).status).toBe(404)
  expect((await jo.ask('DELETE', 'session/not-a-session')).body).toMatchObject({ code: 'session_absent' })
  expect((await marie.ask('DELETE', `session/${others}`)).status).toBe(204)
  expect((await phone.get('session')).status).toBe(401)
  expect((await all(marie)).map(({ session }) => session)).not.toContain(others)
  const own = (await all(marie)).find(({ current }) => current)?.session ?? ''
  const before = marie.cookie
  expect((await marie.ask('DELETE', `session/${own}`)).status).toBe(204)
  expect([before.includes('regie_session'), marie.cookie.includes('regie_session')]).toEqual([true, false])
  await box.restart()
  expect((await marie.get('session')).status).toBe(401)
}, 30_000)

test('OWN-6 whoever has no browser signed in has no account of his own here, whatever token he has', async () => {
  await using box = new ConsoleBox()
  await box.withOwner()
  const made = (await box.by('token add', { login: 'marie', name: 't', allow: ['audit'], sites: null })) as {
    token: string
  }
  const program = box.browser({ authorization: `Bearer ${made.token}` })
  await until(async () => (await program.get(`audit?site=${site}`)).status === 200)
  for (const [method, path, body] of [
    ['GET', 'session/all', undefined],
    ['PUT', 'session/password', { password, next }],
    ['PATCH', 'session', { name: 'X' }],
    ['POST', 'session/totp', { password }],
    ['PUT', 'session/totp', { code: '123456' }],
    ['DELETE', 'session/totp', { password, code: '123456' }],
    ['DELETE', `session/${'A'.repeat(43)}`, undefined],
  ] as const)
    expect([method, path, (await program.ask(method, path, body)).status]).toEqual([method, path, 401])
})
