import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../kernel/digest.ts'
import type { Told as TroubleTold } from './errors.ts'
import { Trouble } from './errors.ts'
import { createServer, request } from './node-http.ts'

/** What a system takes as the path of a socket. */
const longestPath = 100
const patienceMs = 5_000
const actPatienceMs = 60_000

/** What the program tells about itself to whoever may read its data folder. */
export type Told = Readonly<Record<string, () => unknown>>
/** What it does for him. What it throws as a Trouble, he reads in his own words. */
export type Done = Readonly<Record<string, (input: unknown) => Promise<unknown>>>

const mostAsked = 256 * 1024

/** Where the program on a data folder is asked: a socket in the folder, so its owner alone gets in. */
export function localPath(folder: string): string {
  const name = `regie-${sha256(folder)
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .slice(0, 20)}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  const path = join(folder, 'control')
  return path.length <= longestPath ? path : join(tmpdir(), `${name}.control`)
}

/** Opens the door for commands on this machine. The folder is locked: what is left of another process is dead. */
export async function openLocal(
  folder: string,
  told: Told,
  done: Done = {},
): Promise<{ readonly close: () => Promise<void> }> {
  const path = localPath(folder)
  if (process.platform !== 'win32') rmSync(path, { force: true })
  const server = createServer((asked, answer) => {
    const name = nameOf(asked.url)
    if (asked.method === 'POST' && Object.hasOwn(done, name)) return void perform(asked, answer, done[name])
    const tell = asked.method === 'GET' && Object.hasOwn(told, name) ? told[name] : undefined
    answer.writeHead(tell ? 200 : 404, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(tell ? tell() : null))
  })
  await listen(server, path)
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function nameOf(url = '/'): string {
  try {
    return decodeURIComponent(url.slice(1))
  } catch {
    return ''
  }
}

async function perform(asked: IncomingMessage, answer: ServerResponse, act: Done[string] | undefined) {
  const said = await outcomeOf(asked, act)
  answer.writeHead(200, { 'content-type': 'application/json' })
  answer.end(JSON.stringify(said))
}

type Outcome = { readonly done: unknown } | { readonly trouble: TroubleTold }

async function outcomeOf(asked: IncomingMessage, act: Done[string] | undefined): Promise<Outcome> {
  try {
    return { done: (await act?.(JSON.parse(await textOf(asked)))) ?? null }
  } catch (error) {
    const trouble =
      error instanceof Trouble ? error : Trouble.of('request_invalid', { reason: String(error) })
    return { trouble: trouble.told }
  }
}

async function textOf(asked: IncomingMessage): Promise<string> {
  let text = ''
  asked.setEncoding('utf8')
  for await (const part of asked) {
    text += String(part)
    if (text.length > mostAsked) throw new Error(`more than ${mostAsked} characters`)
  }
  return text
}

/** Has the program on a data folder do something. Undefined where none runs; throws its Trouble. */
export async function doLocal(
  folder: string,
  name: string,
  input: unknown,
): Promise<{ readonly done: unknown } | undefined> {
  const outcome = (await askLocal(folder, name, input)) as Outcome | undefined
  if (outcome && 'trouble' in outcome) throw Trouble.again(outcome.trouble)
  return outcome
}

/** Asks the program that runs on a data folder. Undefined where none does. */
export function askLocal(folder: string, name: string, input?: unknown): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const isAct = input !== undefined
  const asking = request(
    {
      socketPath: localPath(folder),
      path: `/${encodeURIComponent(name)}`,
      method: isAct ? 'POST' : 'GET',
      timeout: isAct ? actPatienceMs : patienceMs,
    },
    (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => resolve(answer.statusCode === 200 ? JSON.parse(text) : undefined))
    },
  )
  asking.on('timeout', () => asking.destroy())
  asking.on('error', () => resolve(undefined))
  asking.end(isAct ? JSON.stringify(input) : undefined)
  return promise
}

function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // What the socket's file may be opened by follows the umask of the moment at which it is made.
  const before = process.umask(0o177)
  server.once('error', reject)
  server.listen(path, resolve)
  process.umask(before)
  return promise
}
