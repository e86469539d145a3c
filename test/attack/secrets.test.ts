// Known secrets go through every door of a box, by its commands, HTTP, live queries and MQTT, right and wrong; then
// everything that it has said or written is searched for them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dice } from '../../src/world/random.ts'
import { known } from './box/known.ts'
import { Wire } from '../live/wire.ts'
import { bytes, RawClient } from '../mqtt/raw-client.ts'
import { AttackedBox, site } from './box/attacked-box.ts'
import { until } from './scene.ts'

const regie = fileURLToPath(new URL('../../bin/regie.ts', import.meta.url))
const [first, second, wrong, pin] = [
  'first pass phrase 7Qx',
  'second pass phrase 8Rz',
  'wrong pass phrase 9Sy',
  '918273',
]

let box: AttackedBox
/** What must be nowhere, with what it is. */
const secrets = new Map<string, string>()
/** What was said, by whom or where. Each secret is shown to its owner once, and that is not here. */
const said: (readonly [where: string, text: string])[] = []
const tell = (where: string, text: string) => void said.push([where, text])

async function run(words: readonly string[], input = '', shows = false): Promise<string> {
  const child = spawn(process.execPath, [regie, ...words, '--data', box.data], { stdio: 'pipe' })
  let [out, err] = ['', '']
  child.stdout.on('data', (part: Buffer) => (out += part.toString()))
  child.stderr.on('data', (part: Buffer) => (err += part.toString()))
  child.stdin.end(`${input}\n`)
  const [code] = (await once(child, 'close')) as [number]
  const name = `regie ${words.join(' ')}`
  expect([name, code, err]).toEqual([name, 0, err])
  tell(name, shows ? err : out + err)
  return out
}

type Init = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function ask(path: string, { headers, ...init }: Init = {}, shows = false): Promise<Response> {
  const type = init.body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`${box.origin}${path}`, { ...init, headers: { ...type, ...headers } })
  const cookies = shows ? '' : answer.headers.getSetCookie().join('\n')
  const others = [...answer.headers].filter(([name]) => name !== 'set-cookie').map((pair) => pair.join(': '))
  tell(`${init.method ?? 'GET'} ${path}`, `${cookies}\n${others.join('\n')}\n${await answer.text()}`)
  return answer
}

const sessionOf = (answer: Response) =>
  answer.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '')

async function signIn(
  login: string,
  secret: string,
  more: object = {},
  status = 200,
): Promise<readonly string[]> {
  const body = JSON.stringify({ login, secret, ...more })
  const answer = await ask('/api/fleet/session', { method: 'POST', body }, true)
  expect([login, answer.status]).toEqual([login, status])
  const cookies = sessionOf(answer)
  for (const cookie of cookies) secrets.set(cookie.split('=')[1] ?? '', `a cookie of ${login}`)
  return cookies
}

beforeAll(async () => {
  box = await AttackedBox.start(new Dice(`secrets ${process.pid}`), 'debug')
  for (const [name, secret] of Object.entries({ first, second, wrong, pin }))
    secrets.set(secret, `the ${name} one`)
  await commands()
  await http()
  await browser()
  await devices()
  await readAll()
}, 240_000)
afterAll(() => box[Symbol.asyncDispose]())

/** Set-up, accounts and tokens as people type them. */
async function commands(): Promise<void> {
  const setup = ['--organisation', 'Club', '--owner', 'ada', '--site', site, '--password-stdin']
  await run(['setup', ...setup], first)
  await run(['account', 'add', 'bob', '--role', 'lead', '--site', site, '--password-stdin'], first)
  await run(['account', 'reset', 'bob', '--password-stdin'], second)
  await run(['account', 'add', 'eve', '--role', 'viewer', '--site', site, '--password-stdin'], first)
  const totp = JSON.parse(await run(['account', 'totp', 'eve', '--json'], '', true)) as {
    readonly secret: string
    readonly codes: readonly string[]
  }
  secrets.set(totp.secret, 'the key of an app')
  for (const code of totp.codes) secrets.set(code, 'a code that works once')
  const [code = ''] = totp.codes
  await signIn('eve', first, { code })
  await signIn('eve', first, { code }, 401)
  const allow = ['fair.grant', 'fair.books', 'boxes', ...known.topics.map(({ name }) => name)].join(',')
  const add = (name: string) =>
    run(['token', 'add', 'ada', '--name', name, '--allow', allow, '--sites', site, '--json'], '', true)
  for (const name of ['till-1', 'gone']) {
    const { id, token } = JSON.parse(await add(name)) as { readonly id: string; readonly token: string }
    secrets.set(token, `the token ${name}`)
    if (name === 'gone') await run(['token', 'revoke', id])
  }
  for (const words of [
    ['account', 'list'],
    ['token', 'list'],
    ['account', 'list', '--json'],
    ['token', 'list', '--json'],
    ['status', '--json'],
  ])
    await run(words)
}

const tokenOf = (name: string): string =>
  [...secrets].find(([, what]) => what === `the token ${name}`)?.[0] ?? ''

/** Whatever a browser or a program sends, where it belongs and where it does not. */
async function http(): Promise<void> {
  const cookie = (await signIn('ada', first)).join('; ')
  const [till, gone] = [tokenOf('till-1'), tokenOf('gone')]
  await signIn('ada', wrong, {}, 401)
  await signIn('nobody', wrong, {}, 401)
  await signIn('bob', pin, {}, 401)
  const own = { cookie, origin: box.origin }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  for (const headers of [
    own,
    bearer(till),
    bearer(gone),
    { authorization: `Basic ${btoa(`ada:${first}`)}` },
  ]) {
    await ask(`/api/fair/books?site=${site}`, { headers })
    await ask(`/api/fair/books.csv?site=${site}`, { headers })
  }
  const grant = (body: unknown, headers: Readonly<Record<string, string>>) =>
    ask(`/api/fair/grant?site=${site}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  await grant({ tag: 'v1', cents: 5 }, bearer(till))
  await grant({ tag: 'v1', cents: 5, password: first, token: till }, own)
  await grant(`{"password": "${first}", "token": "${till}`, own)
  // Into the address, as people paste it.
  for (const secret of [till, first, pin])
    for (const path of ['/api/fair/books', '/api/nowhere', '/', '/metrics', '/api/live'])
      await ask(`${path}?token=${encodeURIComponent(secret)}&site=${site}`, { headers: own })
  await ask(`/${till}`, { headers: own })
  await ask('/api/fleet/session', { method: 'POST', body: `{"login":"ada","secret":"${first}` })
  await ask('/api/fleet/session', { method: 'POST', body: JSON.stringify({ login: 'ada', password: first }) })
  await ask('/api/fleet/session', { method: 'POST', body: JSON.stringify({ login: first, secret: first }) })
  for (const name of ['account.prove', 'token.create', 'account.save'])
    await ask(`/api/fleet/${name}?site=fleet`, {
      method: 'POST',
      headers: own,
      body: JSON.stringify({ password: first, secret: till }),
    })
  using wire = await Wire.open(box.said.port, { headers: { authorization: `Bearer ${till}` } })
  wire.read('books', 'fair.books')
  await wire.hears({ t: 'reading', id: 'books' })
  using other = await Wire.open(box.said.port)
  other.say({ t: 'hello', token: gone })
  expect((await other.closes())?.[0]).toBe(4401)
  using odd = await Wire.open(box.said.port)
  odd.say(
    { t: 'read', id: till.slice(0, 40), query: first, site: pin, input: { password: first } },
    { t: 'token', token: till },
  )
  await odd.closes()
  tell('live', JSON.stringify([wire.heard, wire.closed, other.heard, other.closed, odd.closed]))
  const out = await signIn('bob', second)
  await ask('/api/fleet/session', {
    method: 'DELETE',
    headers: { cookie: out.join('; '), origin: box.origin },
  })
}

/** What an answer shows once, to whoever made it; its head is told like that of others. */
async function make(method: string, path: string, body: object, headers: Record<string, string>) {
  const answer = await fetch(`${box.origin}/api/fleet/${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const made = (await answer.json()) as Readonly<Record<string, string>>
  expect([method, path, answer.status, made]).toEqual([method, path, 200, expect.any(Object)])
  tell(`the head of ${method} ${path}`, [...answer.headers].map((pair) => pair.join(': ')).join('\n'))
  return made
}

/** People and tokens as somebody makes them at a page. */
async function browser(): Promise<void> {
  const ada = { cookie: (await signIn('ada', first)).join('; '), origin: box.origin }
  const keep = (secret: string | undefined, what: string) => {
    if (secret === undefined || secret.length < 16) throw new Error(`${what} was not shown`)
    secrets.set(secret, what)
    return secret
  }
  const jo = { login: 'jo', name: 'Jo', language: 'en', role: 'viewer', site }
  const { account = '', oneTime: made } = await make('POST', 'people', jo, ada)
  keep(made, 'a made password')
  const other = await make('PUT', `people/${account}/password`, {}, ada)
  const oneTime = keep(other['oneTime'], 'another made password')
  const about = { name: 'page', allow: ['fair.books'], sites: [site], days: 1 }
  keep((await make('POST', 'tokens', about, ada))['token'], 'the token page')
  const own = { cookie: (await signIn('jo', oneTime)).join('; '), origin: box.origin }
  const json = (method: string, path: string, body: object, shows = false) =>
    ask(`/api/fleet/${path}`, { method, headers: own, body: JSON.stringify(body) }, shows)
  await json('PATCH', 'session', { name: oneTime, password: first })
  expect((await json('PUT', 'session/password', { password: wrong, next: first })).status).toBe(422)
  // The session of the made one is over, and there is another.
  const chosen = await json('PUT', 'session/password', { password: oneTime, next: second }, true)
  for (const cookie of sessionOf(chosen)) keep(cookie.split('=')[1], 'another cookie of jo')
  own.cookie = sessionOf(chosen).join('; ')
  await json('POST', 'session/totp', { password: wrong })
  keep((await make('POST', 'session/totp', { password: second }, own))['secret'], 'the key of another app')
  await json('PUT', 'session/totp', { code: pin })
  await signIn('jo', oneTime, {}, 401)
}

/** The same over MQTT: the token as a password, and in all the places where it does not belong. */
async function devices(): Promise<void> {
  const [till, gone] = [tokenOf('till-1'), tokenOf('gone')]
  const shown = [
    { id: 'till-1', client: 'till', password: till },
    { id: 'till-1', client: 'till', password: gone },
    { id: 'till-1', client: 'till', password: first },
    { id: till, client: 'till', password: till },
    { id: till, client: till, password: null },
    { id: 'till-1', client: till, password: till },
  ]
  for (const version of [4, 5] as const)
    for (const signing of shown) {
      const client = new RawClient(box.mqtt)
      await client.signIn({ version, ...signing })
      const grant = JSON.stringify({ id: `g${version}`, tag: 'v1', cents: 1, token: till })
      client.send(
        bytes.publish(version, 'tills/till-1/grant', grant, 1),
        bytes.publish(version, 'tills/till-1/grant', till, 2),
        bytes.subscribe(version, 3, `keys/${till}`),
        bytes.publish(version, `keys/${till}`, first, 4),
      )
      await client.until((each) => each.isClosed || each.of(4).length >= 3, 'what becomes of it')
      tell('mqtt', client.packets.map(({ type, body }) => `${type} ${body.toString('latin1')}`).join('\n'))
      client.cut()
    }
}

/** All that can be read of a box, by who may read everything. */
async function readAll(): Promise<void> {
  const cookie = (await signIn('ada', first)).join('; ')
  const headers = { cookie, origin: box.origin }
  const gets = box.said.routes.filter((route) => route.startsWith('GET ')).map((route) => route.slice(4))
  for (const path of gets)
    for (const at of [site, 'fleet']) await ask(`${path.replace(':key', 'k')}?site=${at}`, { headers })
  await run(['log', '--site', 'fleet', '--last', '1000', '--json'])
  await run(['log', '--site', site, '--last', '1000'])
  await run(['journal', '--site', site, '--json'])
  for (const at of ['fleet', site])
    await run(['export', '--site', at, '--to', join(box.data, '..', `export-${at}`)])
  await box.stop()
  tell('the log of the program', box.words.join('\n'))
}

/** As it is, and as it may stand in a URL, in base64 or in hexadecimal digits. */
function formsOf(secret: string): readonly string[] {
  const whole = Buffer.from(secret)
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    whole.toString('base64').replaceAll('=', ''),
    whole.toString('hex'),
  ]
}

const isShort = (secret: string) => secret.length < 8

test('ACCOUNT-18 no secret is in what the box has said: answers, exports, descriptions, log, commands', () => {
  expect(secrets.size).toBeGreaterThan(20)
  expect(said.length).toBeGreaterThan(150)
  const found = said.flatMap(([where, text]) =>
    [...secrets].flatMap(([secret, what]) => {
      const form = formsOf(secret).find((each) => text.includes(each))
      return form === undefined
        ? []
        : [`${what} stands in ${where.replaceAll(secret, '…')}: …${around(text, form)}…`]
    }),
  )
  expect(found.filter((line) => !line.startsWith('the pin'))).toEqual([])
})

const around = (text: string, form: string) =>
  text.slice(Math.max(0, text.indexOf(form) - 60), text.indexOf(form) + 80)

test('ACCOUNT-18 the data folder and the exports hold no secret in clear', async () => {
  const files = filesIn(join(box.data, '..'))
  expect(files.length).toBeGreaterThan(5)
  const found = files.flatMap((path) => {
    const whole = readFileSync(path)
    return [...secrets]
      .filter(([secret]) => !isShort(secret) && formsOf(secret).some((form) => whole.includes(form)))
      .map(([, what]) => `${what} stands in ${path}`)
  })
  expect(found).toEqual([])
  await until(() => box.ended === undefined)
})

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
