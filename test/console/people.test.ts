// People and tokens, as owners and leads look after them at a browser, at a real box over HTTP.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { totpCode } from '../../src/doors/accounts/totp.ts'
import type { Browser } from './console-box.ts'
import { aSetup, behindProxy, ConsoleBox, password, site, until } from './console-box.ts'

type Made = { account: string; site: string; oneTime: string; pin: string; until: number | null }
const jo = { login: 'jo', name: 'Jo Martin', language: 'fr', role: 'lead', site }
const next = 'three quite other words'

async function withLead(box: ConsoleBox): Promise<{ marie: Browser; lead: Browser }> {
  const marie = await box.withOwner()
  await box.by('account add', { ...aSetup, login: 'lou', name: 'Lou', role: 'lead', site, password })
  return { marie, lead: await box.signedIn('lou', password) }
}

test('PEOPLE-1 PEOPLE-2 a password that was made opens nothing but the choice of another', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const made = (await marie.ask('POST', 'people', jo)).body as Made
  expect(made).toMatchObject({ site: 'fleet', login: 'jo', pin: null })
  expect(made.oneTime).toMatch(/^[a-z]{4}(-[a-z]{4}){3}$/)
  expect((made.until ?? 0) - Date.now()).toBeGreaterThan(6.9 * 24 * 3_600_000)
  const browser = box.browser()
  await until(async () => (await browser.signIn('jo', made.oneTime)).status === 200)
  expect((await browser.get('session')).body).toMatchObject({ mustChange: true, login: 'jo' })
  for (const path of ['boxes', `audit?site=${site}`, 'reach', 'accounts?site=fleet', 'session/all'])
    expect([path, (await browser.get(path)).body['code']]).toEqual([path, 'password_must_change'])
  const save = { name: 'x', zone: 'UTC', exercise: false }
  expect((await browser.ask('POST', `site.save?site=${site}`, save)).body).toMatchObject({
    status: 403,
    code: 'password_must_change',
  })
  expect((await browser.ask('PATCH', 'session', { name: 'X' })).status).toBe(403)
  // The box remembers how he came in.
  await box.restart()
  expect((await browser.get('session')).body).toMatchObject({ mustChange: true })
  expect((await browser.get('boxes')).status).toBe(403)
  const put = (body: unknown) => browser.ask('PUT', 'session/password', body)
  expect((await put({ next: made.oneTime })).body).toMatchObject({ code: 'password_same', field: 'next' })
  const before = browser.cookie
  expect(await put({ next })).toMatchObject({ status: 200, body: { mustChange: false } })
  expect(browser.cookie).not.toBe(before)
  expect((await browser.get('session')).body).toMatchObject({ mustChange: false })
  expect((await browser.get(`audit?site=${site}`)).status).toBe(200)
  await until(async () => (await box.browser().signIn('jo', made.oneTime)).status === 401)
  expect((await box.browser({ cookie: before }).get('session')).status).toBe(401)
}, 40_000)

test('PEOPLE-1 a password that is given stays, and what is wrong is named by its field', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const add = (over: object) => marie.ask('POST', 'people', { ...jo, ...over })
  expect((await add({ password: 'short' })).body).toMatchObject({ code: 'password_short', field: 'password' })
  expect((await add({ role: 'king' })).body).toMatchObject({ code: 'role_unknown', field: 'role' })
  expect((await add({ login: 'a\u0007' })).body).toMatchObject({ code: 'name_invalid', field: 'login' })
  expect((await add({ login: 'marie' })).body).toMatchObject({ code: 'login-taken', field: 'login' })
  expect(await add({ password })).toMatchObject({ status: 200, body: { oneTime: null, until: null } })
  const browser = await box.signedIn('jo', password)
  expect((await browser.get('session')).body).toMatchObject({
    mustChange: false,
    roles: [{ role: 'lead', site }],
  })
})

test('PEOPLE-1 PEOPLE-6 what is shown once is shown over HTTPS only, to whoever asks from outside', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner(behindProxy)
  const outside = { 'x-forwarded-for': '203.0.113.9' }
  const token = { name: 't', allow: ['sites'], sites: null }
  const { account } = (await marie.get('session')).body as { account: string }
  for (const [method, path, body] of [
    ['POST', 'people', jo],
    ['PUT', `people/${account}/password`, {}],
    ['POST', 'tokens', token],
    ['PUT', 'session/totp', { code: '123456' }],
  ] as const)
    expect([path, (await marie.ask(method, path, body, outside)).body['code']]).toEqual([
      path,
      'https_needed',
    ])
  const origin = box.origin.replace('http:', 'https:')
  const secure = { ...outside, 'x-forwarded-proto': 'https', origin }
  expect((await marie.ask('POST', 'people', jo, secure)).status).toBe(200)
})

test('PEOPLE-3 asked again with its key nothing is done twice, nor said to somebody else', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const key = { 'idempotency-key': 'jo-1' }
  const [one, two] = await Promise.all([
    marie.ask('POST', 'people', jo, key),
    marie.ask('POST', 'people', jo, key),
  ])
  expect(one.status).toBe(200)
  expect(two.body).toEqual(one.body)
  expect(one.headers.get('idempotency-key')).toBe('jo-1')
  const other = await marie.ask('POST', 'people', { ...jo, name: 'Joe' }, key)
  expect(other).toMatchObject({ status: 409, body: { code: 'key-conflict', key: 'jo-1' } })
  await box.restart()
  // What was shown once is shown no more; nothing is done again either.
  expect((await marie.ask('POST', 'people', jo, key)).body).toMatchObject({ code: 'key-conflict' })
  const people = (await box.by('account list', {})) as { login: string }[]
  expect(people.filter(({ login }) => login === 'jo')).toHaveLength(1)
}, 30_000)

test('PEOPLE-4 an owner gives another password, made or chosen; whoever had the old one is out', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const { account } = (await marie.ask('POST', 'people', { ...jo, password })).body as Made
  const browser = await box.signedIn('jo', password)
  const made = (await marie.ask('PUT', `people/${account}/password`, {})).body as Made
  await until(async () => (await browser.get('session')).status === 401)
  await until(async () => (await box.browser().signIn('jo', password)).status === 401)
  const reset = box.browser()
  expect((await reset.signIn('jo', made.oneTime)).body).toMatchObject({ mustChange: true })
  expect((await marie.ask('PUT', `people/${account}/password`, { password: next })).body).toMatchObject({
    oneTime: null,
  })
  await until(async () => (await reset.get('session')).status === 401)
  await until(async () => (await box.browser().signIn('jo', made.oneTime)).status === 401)
  expect((await box.browser().signIn('jo', next)).body).toMatchObject({ mustChange: false })
  expect((await marie.ask('PUT', 'people/nobody0000/password', {})).body).toMatchObject({
    code: 'no-account',
  })
}, 30_000)

test('PEOPLE-4 signing out, unlocking, and taking away a second factor', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const { account } = (await marie.ask('POST', 'people', { ...jo, password })).body as Made
  const browser = await box.signedIn('jo', password)
  expect((await marie.ask('POST', `people/${account}/sign-out`)).status).toBe(204)
  await until(async () => (await browser.get('session')).status === 401)
  for (let tries = 0; tries < 5; tries += 1) await box.browser().signIn('jo', 'a guess that is wrong')
  expect((await box.browser().signIn('jo', password)).status).toBe(429)
  expect((await marie.ask('POST', `people/${account}/unlock`)).status).toBe(204)
  await until(async () => (await box.browser().signIn('jo', password)).status === 200)
  await box.by('account totp', { login: 'jo' })
  await until(async () => (await box.browser().signIn('jo', password)).body['code'] === 'sign_in_code_needed')
  expect((await marie.ask('DELETE', `people/${account}/totp`)).status).toBe(204)
  await until(async () => (await box.browser().signIn('jo', password)).status === 200)
}, 30_000)

test('PEOPLE-5 a lead looks after the volunteers of his site, and after nobody else', async () => {
  await using box = new ConsoleBox()
  const { marie, lead } = await withLead(box)
  await box.by('site add', { site: 'other', name: 'Other', zone: 'UTC', exercise: false })
  const vic = { login: 'vic', name: 'Vic', language: 'fr', role: 'volunteer', site }
  const made = (await lead.ask('POST', 'people', vic)).body as Made
  expect(made).toMatchObject({ site, login: 'vic', oneTime: null })
  expect(made.pin).toMatch(/^\d{6}$/)
  const browser = box.browser()
  await until(async () => (await browser.signIn('vic', made.pin)).status === 200)
  expect((await browser.get('session')).body).toMatchObject({
    site,
    mustChange: false,
    roles: [{ role: 'volunteer', site }],
  })
  expect((await browser.ask('PUT', 'session/password', { password: made.pin, next })).body).toMatchObject({
    code: 'pin_of_lead',
  })
  const again = (await lead.ask('PUT', `people/${made.account}/password`, { password: '271828' }))
    .body as Made
  expect(again.pin).toBeNull()
  await until(async () => (await browser.get('session')).status === 401)
  await until(async () => (await browser.signIn('vic', '271828')).status === 200)
  expect((await lead.ask('POST', `people/${made.account}/sign-out`)).status).toBe(204)
  await until(async () => (await browser.get('session')).status === 401)
  expect(
    (await lead.ask('PUT', `people/${made.account}/password`, { password: 'no pin' })).body,
  ).toMatchObject({
    code: 'pin_form',
    field: 'password',
  })
  // More than a volunteer, or of another site, or of the organisation.
  const { account } = (await marie.get('session')).body as { account: string }
  expect((await lead.ask('POST', 'people', jo)).body).toMatchObject({ code: 'not_allowed', allow: ['owner'] })
  expect((await lead.ask('POST', 'people', { ...vic, site: 'other' })).status).toBe(404)
  for (const [method, what] of [
    ['PUT', 'password'],
    ['POST', 'sign-out'],
    ['POST', 'unlock'],
    ['DELETE', 'totp'],
  ] as const) {
    const told = await lead.ask(
      method,
      `people/${account}/${what}?site=fleet`,
      method === 'DELETE' ? undefined : {},
    )
    expect([what, told.status]).toEqual([what, 404])
    // Nor by the same name in the log of his own site.
    const own = await lead.ask(method, `people/${account}/${what}`, method === 'DELETE' ? undefined : {})
    expect([what, [403, 404].includes(own.status)]).toEqual([what, true])
  }
  expect((await lead.ask('POST', 'tokens', { name: 't', allow: ['boxes'], sites: null })).status).toBe(403)
}, 40_000)

test('PEOPLE-6 a token is shown once, may what its list says, and makes no other', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const ask = { name: 'screen', allow: ['sites', 'token.create'], sites: null, days: 10 }
  expect((await marie.ask('POST', 'tokens', { ...ask, allow: ['no.such'] })).body).toMatchObject({
    code: 'permission_unknown',
    field: 'allow',
  })
  expect((await marie.ask('POST', 'tokens', { ...ask, days: 400 })).body).toMatchObject({ field: 'days' })
  const made = (await marie.ask('POST', 'tokens', ask)).body as { id: string; token: string; until: number }
  expect(made.token).toMatch(/^rgt_/)
  expect(made.until - Date.now()).toBeLessThan(10 * 24 * 3_600_000 + 60_000)
  const program = box.browser({ authorization: `Bearer ${made.token}` })
  await until(async () => (await program.get(`sites?site=${site}`)).status === 200)
  expect((await program.ask('POST', 'tokens', ask)).body).toMatchObject({ code: 'person_needed' })
  const { text } = await marie.get('tokens?site=fleet')
  expect(text).toContain(made.id)
  expect(text).not.toContain(made.token)
  expect((await marie.ask('POST', 'token.revoke?site=fleet', { token: made.id })).status).toBe(200)
  await until(async () => (await program.get(`sites?site=${site}`)).status === 401)
})

test('ACCOUNT-1 the last owner who can sign in is not removed, suspended, or left without a password', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  const { account } = (await marie.get('session')).body as { account: string }
  const fleet = (action: string, body: object) => marie.ask('POST', `${action}?site=fleet`, body)
  const demote = () => fleet('role.remove', { account, role: 'owner', site: null })
  const attempts = async () => [
    (await demote()).body['code'],
    (await fleet('account.suspend', { account, suspended: true })).body['code'],
    (await marie.ask('PUT', `people/${account}/password`, {})).body['code'],
  ]
  expect(await attempts()).toEqual(['last-owner', 'last-owner', 'last-owner'])
  // Another owner who has not come in yet is nobody to leave the house to.
  const ann = { login: 'ann', name: 'Ann', language: 'fr', role: 'owner', site: null }
  const made = (await marie.ask('POST', 'people', ann)).body as Made
  expect(await attempts()).toEqual(['last-owner', 'last-owner', 'last-owner'])
  expect((await marie.get('session')).status).toBe(200)
  // Nor by forgetting who she is.
  type Said = { kind: string; fields: { account?: string } }
  type Entry = { n: number; facts: readonly Said[] }
  for (const [what, kind] of [
    ['account.save', 'account.saved'],
    ['account.prove', 'account.proof'],
  ] as const) {
    const { rows } = (await marie.get(`audit?site=fleet&what=${what}`)).body as { rows: readonly Entry[] }
    const [entry] = rows.filter(({ facts }) => facts[0]?.fields.account === account)
    const i = entry?.facts.findIndex((fact) => fact.kind === kind)
    const erased = await fleet('facts.erase', { places: [{ n: entry?.n, i }] })
    expect([what, erased.body['code']]).toEqual([what, 'last-owner'])
  }
  const other = box.browser()
  await until(async () => (await other.signIn('ann', made.oneTime)).status === 200)
  expect((await other.ask('PUT', 'session/password', { next })).status).toBe(200)
  expect((await demote()).status).toBe(200)
  expect(
    (await other.ask('POST', 'role.remove?site=fleet', { account: made.account, role: 'owner', site: null }))
      .body,
  ).toMatchObject({ code: 'last-owner' })
}, 30_000)

test('REACH-1 whoever is signed in learns where phones find this box', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  expect((await marie.get('reach')).body).toEqual({
    addresses: [
      { url: `${box.origin}/`, secure: false, address: '127.0.0.1', port: box.program?.port, lan: false },
    ],
  })
  expect((await box.browser().get('reach')).status).toBe(401)
  const ask = { name: 'screen', allow: ['reach'], sites: null }
  const { token } = (await marie.ask('POST', 'tokens', ask)).body as { token: string }
  const screen = box.browser({ authorization: `Bearer ${token}` })
  await until(async () => (await screen.get('reach')).status === 200)
  expect((await screen.get(`audit?site=${site}`)).status).toBe(404)
})

test('ACCOUNT-2 nothing that is made at a browser lies in the data folder or in a log line', async () => {
  await using box = new ConsoleBox()
  const marie = await box.withOwner()
  await box.setClock()
  const made = (await marie.ask('POST', 'people', jo)).body as Made
  const vic = { login: 'vic', name: 'Vic', language: 'fr', role: 'volunteer', site }
  const { pin } = (await marie.ask('POST', 'people', vic)).body as Made
  const ask = { name: 'screen', allow: ['sites'], sites: null }
  const { token } = (await marie.ask('POST', 'tokens', ask)).body as { token: string }
  const begun = (await marie.ask('POST', 'session/totp', { password })).body as { secret: string }
  const code = totpCode(begun.secret, Date.now())
  const { codes } = (await marie.ask('PUT', 'session/totp', { code })).body as { codes: readonly string[] }
  expect(codes).toHaveLength(10)
  await marie.ask('PUT', 'session/password', { password, next })
  await box.program?.stop()
  box.program = undefined
  const files = readdirSync(box.data, { recursive: true })
    .map((name) => join(box.data, String(name)))
    .filter((file) => statSync(file).isFile())
  const everything = [...files.map((file) => readFileSync(file, 'latin1')), ...box.said].join('\n')
  expect(everything).toContain('Jo Martin')
  const secrets = [made.oneTime, `"${pin}"`, token, begun.secret, next, password, ...codes]
  for (const each of secrets) expect(everything).not.toContain(each)
}, 30_000)
