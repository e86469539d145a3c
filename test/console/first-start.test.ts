// A box as somebody meets it who has just plugged it in: with a browser, and the code that it shows.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aSetup, behindProxy, ConsoleBox, password, until } from './console-box.ts'

const outside = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
const wrong = (code: string) => (code === '000000' ? '000001' : '000000')

test('START-1 START-2 START-3 a browser sets the box up with its code, once, and is signed in', async () => {
  await using box = await new ConsoleBox().start()
  const browser = box.browser()
  expect((await browser.get('welcome')).body).toMatchObject({
    setUp: false,
    organisation: null,
    language: null,
    reach: 'local',
    plain: true,
    needsSecondFactor: false,
    box: box.program?.box.id,
  })
  const { code, address } = (await box.by('code', {})) as { code: string; address: string }
  expect(address).toBe(`${box.origin}/setup#${code}`)
  const refused = await browser.ask('POST', 'setup', { ...aSetup, code: wrong(code) })
  expect(refused).toMatchObject({ status: 403, body: { code: 'setup_code_wrong', field: 'code' } })
  expect(box.program?.box.sites()).toEqual([])
  const done = await browser.ask('POST', 'setup', { ...aSetup, code, exercise: true })
  expect(done).toMatchObject({ status: 200, body: { login: 'marie', name: 'Marie Dupont', language: 'fr' } })
  const me = await browser.get('session')
  expect(me.body).toMatchObject({ login: 'marie', roles: [{ role: 'owner', site: null }] })
  const { rows } = (await browser.get('sites?site=trail-2026')).body as { rows: unknown }
  expect(rows).toEqual([{ name: 'Trail 2026', zone: 'Europe/Paris', exercise: true }])
  const again = await box.browser().ask('POST', 'setup', { ...aSetup, code })
  expect(again).toMatchObject({ status: 409, body: { code: 'setup_done' } })
  await expect(box.by('code', {})).rejects.toThrow('set up already')
  expect((await box.browser().get('welcome')).body).toMatchObject({
    setUp: true,
    organisation: 'Trail Club',
    language: 'fr',
  })
  expect(await box.program?.setupCode()).toBeUndefined()
})

test('START-3 what is wrong is named by its field, in two languages, and the set-up goes on from there', async () => {
  await using box = await new ConsoleBox().start()
  const french = box.browser({ 'accept-language': 'fr' })
  const code = await box.program?.setupCode()
  const ask = (over: object) => french.ask('POST', 'setup', { ...aSetup, code, ...over })
  expect(await ask({ password: 'too short' })).toMatchObject({
    status: 400,
    body: { code: 'password_short', field: 'password', title: expect.stringContaining('mot de passe') },
  })
  expect((await ask({ site: 'No Capitals' })).body).toMatchObject({ code: 'name_invalid', field: 'site' })
  expect((await ask({ login: '' })).body).toMatchObject({ code: 'field_invalid', field: 'login' })
  expect((await ask({ organization: 'x' })).body).toMatchObject({
    code: 'field_unknown',
    field: 'organization',
  })
  // Found out by the keeper, when the organisation is founded already.
  expect((await ask({ zone: 'Europe/Nowhere' })).body).toMatchObject({ code: 'no-zone', field: 'zone' })
  expect((await french.get('welcome')).body).toMatchObject({ setUp: false })
  await box.restart()
  const next = await box.program?.setupCode()
  expect(next).toMatch(/^\d{6}$/)
  expect((await french.ask('POST', 'setup', { ...aSetup, code: next })).status).toBe(200)
}, 30_000)

test('START-1 START-3 from outside nobody sets a box up, or learns whose it is', async () => {
  await using box = await new ConsoleBox().start(behindProxy)
  const stranger = box.browser({ ...outside, origin: box.origin.replace('http:', 'https:') })
  const code = await box.program?.setupCode()
  expect((await stranger.ask('POST', 'setup', { ...aSetup, code })).body).toMatchObject({
    code: 'setup_outside',
  })
  await box.by('setup', aSetup)
  expect((await stranger.get('welcome')).body).toMatchObject({
    setUp: true,
    organisation: null,
    reach: 'outside',
    plain: false,
    needsSecondFactor: true,
  })
})

test('START-2 who guesses is shut out, and a page of somebody else cannot try at all', async () => {
  await using box = await new ConsoleBox().start()
  const code = (await box.program?.setupCode()) ?? ''
  const browser = box.browser()
  const evil = await browser.ask('POST', 'setup', { ...aSetup, code }, { origin: 'http://evil.example' })
  expect(evil).toMatchObject({ status: 403, body: { code: 'origin_foreign' } })
  for (let tries = 0; tries < 5; tries += 1)
    expect((await browser.ask('POST', 'setup', { ...aSetup, code: wrong(code) })).status).toBe(403)
  const locked = await browser.ask('POST', 'setup', { ...aSetup, code })
  expect(locked).toMatchObject({ status: 429, body: { code: 'setup_locked' } })
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800)
  box.shiftMs += 15 * 60_000
  expect((await browser.ask('POST', 'setup', { ...aSetup, code })).status).toBe(200)
})

test('START-2 the code lies in no file', async () => {
  await using box = await new ConsoleBox().start()
  const code = (await box.program?.setupCode()) ?? ''
  await box.browser().ask('POST', 'setup', { ...aSetup, code: wrong(code) })
  await box.browser().ask('POST', 'setup', { ...aSetup, code })
  await box.program?.stop()
  box.program = undefined
  const files = readdirSync(box.data, { recursive: true })
    .map((name) => join(box.data, String(name)))
    .filter((file) => statSync(file).isFile())
  const kept = files.map((file) => readFileSync(file, 'latin1')).join('\n')
  expect(kept).toContain('Marie Dupont')
  // Six digits may stand in a file by chance; not as a text of their own.
  for (const text of [`"${code}"`, `#${code}`, password]) expect(kept).not.toContain(text)
  for (const text of [code, password]) expect(box.said.join('\n')).not.toContain(text)
})

test('START-2 START-4 regie start shows where to go, regie code says it again, and no log line does', async () => {
  await using box = new ConsoleBox()
  const env = { PATH: process.env['PATH'], REGIE_DATA: box.data, LANG: 'C.UTF-8', REGIE_HOST: '127.0.0.1' }
  const regie = (...args: readonly string[]) =>
    spawn(process.execPath, ['bin/regie.ts', ...args], {
      env: { ...env, REGIE_PORT: '0', REGIE_MQTT_PORT: '0', REGIE_MQTT_WS_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const output = (child: ReturnType<typeof regie>) => {
    const heard = { text: '', log: '' }
    child.stdout.on('data', (part: Buffer) => (heard.text += part.toString()))
    child.stderr.on('data', (part: Buffer) => (heard.log += part.toString()))
    return heard
  }
  const ended = (child: ReturnType<typeof regie>) =>
    new Promise<number | null>((resolve) => child.on('close', resolve))
  const none = regie('code', '--json')
  const refused = output(none)
  expect(await ended(none)).toBe(1)
  expect(JSON.parse(refused.text)).toMatchObject({ code: 'no_program' })
  const started = regie('start')
  const shown = output(started)
  try {
    await until(() => Promise.resolve(shown.text.includes('/setup#')))
    const [, address, code] = /(http:\/\/127\.0\.0\.1:\d+\/setup#(\d{6}))/.exec(shown.text) ?? []
    const asking = regie('code', '--json')
    const told = output(asking)
    expect(await ended(asking)).toBe(0)
    expect(JSON.parse(told.text)).toMatchObject({ code, address })
    await until(() => Promise.resolve(shown.log.includes('runs on')))
    expect(shown.log).not.toContain(code)
  } finally {
    started.kill('SIGTERM')
    await ended(started)
  }
}, 60_000)
