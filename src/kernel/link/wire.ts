import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { frames } from './frames.ts'
import type { Frame, FrameType } from './frames.ts'

/**
 * A message on the wire: one byte (0 plain, 1 zstd), four bytes frame number (little-endian, from 0
 * in each direction), then UTF-8 text: one line of JSON, then the frame's lines (LINK-1, LINK-2).
 */
export type Received = { readonly number: number; readonly frame: Frame; readonly lines: readonly string[] }

const headerBytes = 5
/** Below this, zstd costs more than it saves. */
const worthCompressing = 400
/** No frame is larger, whatever a hostile peer packs into it. */
const maxTextBytes = 4 * 1024 * 1024

/** Throws at what is no UTF-8, since a text that is not the sender's has another hash. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function encodeFrame(number: number, frame: Frame, lines: readonly string[] = []): Uint8Array {
  const json = JSON.stringify(frame)
  const text = Buffer.from(lines.length === 0 ? json : `${json}\n${lines.join('\n')}`)
  const packed = text.length < worthCompressing ? text : zstdCompressSync(text)
  const compressed = packed.length < text.length
  const message = Buffer.allocUnsafe(headerBytes + Math.min(packed.length, text.length))
  message.writeUInt8(compressed ? 1 : 0, 0)
  message.writeUInt32LE(number >>> 0, 1)
  message.set(compressed ? packed : text, headerBytes)
  return message
}

/** Throws, in words for the log, at anything that is not a frame. */
export function decodeFrame(message: Uint8Array): Received {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (bytes.length < headerBytes + 2) throw new Error('a frame is cut off')
  const packed = bytes.subarray(headerBytes)
  const text = textOf(bytes[0] as number, packed)
  const end = text.indexOf('\n')
  const json = JSON.parse(end < 0 ? text : text.slice(0, end)) as { t?: unknown }
  const type = json.t as FrameType
  if (typeof type !== 'string' || !Object.hasOwn(frames, type))
    throw new Error(`no such frame: ${String(type)}`)
  const frame = { t: type, ...frames[type].parse(json) } as Frame
  return { number: bytes.readUInt32LE(1), frame, lines: end < 0 ? [] : text.slice(end + 1).split('\n') }
}

function textOf(form: number, packed: Buffer): string {
  if (packed.length > maxTextBytes) throw new Error('a frame is too large')
  if (form === 0) return utf8.decode(packed)
  if (form === 1) return utf8.decode(zstdDecompressSync(packed, { maxOutputLength: maxTextBytes }))
  throw new Error(`no such form of frame: ${form}`)
}
