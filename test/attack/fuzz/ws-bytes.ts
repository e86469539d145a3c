import { randomBytes } from 'node:crypto'

/** The request that opens a WebSocket. */
export function upgradeBytes(path: string, headers: readonly string[] = []): Buffer {
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
}

export type FrameForm = {
  readonly opcode: number
  readonly fin?: boolean
  /** The three bits that nobody has agreed on. */
  readonly rsv?: number
  readonly masked?: boolean
  /** Said instead of the true length, and in so many bytes. */
  readonly length?: number
  readonly lengthBytes?: 0 | 2 | 8
}

export const opcode = { more: 0, text: 1, bytes: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as a client would send it, or should not. */
export function frame(payload: Uint8Array, form: FrameForm): Buffer {
  const { opcode: code, fin = true, rsv = 0, masked = true, length = payload.length } = form
  const { lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8 } = form
  const mark = lengthBytes === 0 ? length & 127 : lengthBytes === 2 ? 126 : 127
  const head = [(fin ? 128 : 0) | (rsv << 4) | code, (masked ? 128 : 0) | mark]
  const size = Buffer.alloc(lengthBytes)
  if (lengthBytes === 2) size.writeUInt16BE(length & 65_535)
  if (lengthBytes === 8) size.writeBigUInt64BE(BigInt(length))
  if (!masked) return Buffer.concat([Buffer.from(head), size, payload])
  const key = Buffer.of(1, 2, 3, 4)
  const hidden = Buffer.from(payload)
  for (let at = 0; at < hidden.length; at += 1) hidden[at] = (hidden[at] ?? 0) ^ (key[at & 3] ?? 0)
  return Buffer.concat([Buffer.from(head), size, key, hidden])
}

export type Heard = { readonly opcode: number; readonly payload: Buffer }

/** The status with which a box answered, and the whole frames that came then. */
export function heardIn(bytes: Buffer): { readonly status: number; readonly frames: readonly Heard[] } {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return { status: 0, frames: [] }
  const status = Number(bytes.subarray(9, 12).toString('latin1'))
  const frames: Heard[] = []
  let rest = status === 101 ? bytes.subarray(end + 4) : Buffer.alloc(0)
  while (rest.length >= 2) {
    const short = (rest[1] ?? 0) & 127
    const head = short === 126 ? 4 : short === 127 ? 10 : 2
    if (rest.length < head) break
    const size =
      short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
    if (rest.length < head + size) break
    frames.push({ opcode: (rest[0] ?? 0) & 15, payload: rest.subarray(head, head + size) })
    rest = rest.subarray(head + size)
  }
  return { status, frames }
}
