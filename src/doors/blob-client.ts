import { hash } from 'node:crypto'
import type { Agent as AgentType, ClientRequest, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { BlobReader } from '../store/blob-files.ts'
import type { Manifest } from '../kernel/blobs/blob.ts'
import { boundsOf, chunkBytes, manifestText } from '../kernel/blobs/blob.ts'
import type { BlobSource } from '../kernel/blobs/source.ts'
import { SourceError } from '../kernel/blobs/source.ts'
import type { Above } from '../kernel/box/contract.ts'
import type { Identity } from '../kernel/link/identity.ts'
import { blobPath, digestHeader, nonceHeader } from './blob-door.ts'
import { signRequest } from './box-signature.ts'
import { Agent, request as httpRequest } from './node-http.ts'

type Ask = {
  readonly method: string
  readonly path: string
  readonly range?: string | undefined
  readonly body?: Uint8Array | undefined
  readonly type?: string | undefined
}

const connections = { keepAlive: true, maxSockets: 4 } as const

type Secure = { readonly request: typeof httpRequest; readonly agent: AgentType }

function openSecure(): Secure {
  const https = process.getBuiltinModule('node:https')
  return { request: https.request, agent: new https.Agent(connections) }
}

/** The connections of this box to others' blobs, kept open between requests. */
export class BlobClient {
  readonly #identity: Identity
  readonly #plain = new Agent(connections)
  /** TLS costs an idle box 9 MB: it is loaded when a box is first reached by it. */
  #secure: Secure | undefined
  /** The newest nonce that each box gave. */
  readonly #nonces = new Map<string, string>()

  constructor(identity: Identity) {
    this.#identity = identity
  }

  /** The box at the other end of a link, as a source. */
  source(of: Above): BlobSource {
    const read = (ask: Ask, signal: AbortSignal) => this.#body(of, ask, signal)
    return {
      name: of.box,
      manifest: (sha256, signal) => read({ method: 'GET', path: `${blobPath}/${sha256}/manifest` }, signal),
      read: (sha256, from, to, signal) =>
        read({ method: 'GET', path: `${blobPath}/${sha256}`, range: `bytes=${from}-${to - 1}` }, signal),
    }
  }

  /** Brings a blob to another box: announces it, sends what is missing, and has it checked. Throws a SourceError. */
  async push(to: Above, manifest: Manifest, reader: BlobReader, signal: AbortSignal): Promise<void> {
    const path = `${blobPath}/${manifest.sha256}`
    const announced = {
      method: 'POST',
      path,
      body: Buffer.from(manifestText(manifest)),
      type: 'application/json',
    }
    for (let round = 0; round < 3; round += 1) {
      const begun = await this.#json(to, announced, signal)
      if (begun['is'] === 'present') return
      for (const index of numbersIn(begun['missing'])) {
        const [from, end] = boundsOf(index, manifest.size, { chunkBytes })
        const body = await reader.read(from, end - from)
        await this.#json(
          to,
          { method: 'PUT', path: `${path}/${index}`, body, type: 'application/octet-stream' },
          signal,
        )
      }
      const done = await this.#json(to, { method: 'POST', path: `${path}/done` }, signal)
      if (done['is'] === 'present') return
    }
    throw new SourceError('away', 'it keeps losing chunks')
  }

  close(): void {
    this.#plain.destroy()
    this.#secure?.agent.destroy()
  }

  async *#body(of: Above, ask: Ask, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const response = await this.#asked(of, ask, signal)
    if (response.statusCode !== (ask.range === undefined ? 200 : 206)) {
      response.destroy()
      throw new SourceError('wrong', `it answered ${response.statusCode}`)
    }
    yield* response as AsyncIterable<Buffer>
  }

  async #json(of: Above, ask: Ask, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.#asked(of, ask, signal)
    if (Number(response.headers['content-length']) > 100_000) {
      response.destroy()
      throw new SourceError('wrong', 'its answer is too long')
    }
    return JSON.parse(await text(response)) as Readonly<Record<string, unknown>>
  }

  /** Asks once more where the nonce was missing or too old. Throws where the answer is not a good one. */
  async #asked(of: Above, ask: Ask, signal: AbortSignal): Promise<IncomingMessage> {
    const first = await this.#send(of, ask, signal)
    const response = first.statusCode === 401 ? await this.#again(first, of, ask, signal) : first
    const { statusCode = 0 } = response
    if (statusCode < 300) return response
    response.destroy()
    if (statusCode === 404) throw new SourceError('absent', 'it does not have the blob')
    if (statusCode === 401 || statusCode === 403) throw new SourceError('denied', 'it does not know this box')
    throw new SourceError('away', `it answered ${statusCode}`)
  }

  #again(first: IncomingMessage, of: Above, ask: Ask, signal: AbortSignal): Promise<IncomingMessage> {
    first.resume()
    return this.#send(of, ask, signal)
  }

  async #send(of: Above, ask: Ask, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(ask.path, baseOf(of.address))
    const { method, path, range = '', body, type } = ask
    const digest = body === undefined ? '' : hash('sha256', body, 'base64url')
    const nonce = this.#nonces.get(of.box) ?? 'none'
    const headers = {
      authorization: signRequest(this.#identity, of.box, nonce, { method, path, range, digest }),
      ...(range && { range }),
      ...(digest && { [digestHeader]: digest }),
      ...(type && { 'content-type': type }),
      'content-length': body?.length ?? 0,
    }
    const isSecure = url.protocol === 'https:'
    const way = isSecure ? (this.#secure ??= openSecure()) : { request: httpRequest, agent: this.#plain }
    const request = way.request(url, { method, headers, agent: way.agent, signal })
    const response = await answered(request, body)
    const next = response.headers[nonceHeader]
    if (typeof next === 'string') this.#nonces.set(of.box, next)
    return response
  }
}

function answered(request: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (error) => reject(new SourceError('away', error.message)))
    request.end(body)
  })
}

/** Blobs are served where the link is: `ws://host:port/link` beside `http://host:port/blobs`. */
function baseOf(address: string): URL {
  try {
    const url = new URL(address)
    url.protocol = url.protocol === 'wss:' || url.protocol === 'https:' ? 'https:' : 'http:'
    return url
  } catch {
    throw new SourceError('away', `${address} is no address`)
  }
}

function numbersIn(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((each): each is number => Number.isSafeInteger(each)) : []
}
