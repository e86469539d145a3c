const frames = new WeakMap<Uint8Array, Buffer>()

/**
 * A message of live queries as one WebSocket text frame (RFC 6455, 5.2: whole, unmasked, uncompressed), made once for
 * however many sockets. Written straight to the socket it is one call to the system, where `ws` needs a gathered one:
 * with thousands of readers those calls are most of what telling them costs.
 */
export function textFrame(message: Uint8Array): Buffer {
  const made = frames.get(message) ?? Buffer.concat([header(message.length), message])
  frames.set(message, made)
  return made
}

const wholeText = 0x81

function header(length: number): Buffer {
  if (length < 126) return Buffer.from([wholeText, length])
  if (length < 2 ** 16) return Buffer.from([wholeText, 126, length >> 8, length & 255])
  const head = Buffer.alloc(10)
  head.set([wholeText, 127])
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
