import type { Wire } from './socket.ts'

/** Beyond this, what was written leaves at once: copying it together would cost more than a write of its own. */
const mostGathered = 16 * 1024

/**
 * What is written in one turn of the loop leaves in one piece: the acknowledgements of all that one commit made durable
 * are one write, and one packet on the way.
 */
export function gathered(wire: Wire): Wire {
  let parts: Uint8Array[] = []
  let size = 0
  const flush = () => {
    const [first] = parts
    if (!first) return
    const all = parts.length === 1 ? first : Buffer.concat(parts, size)
    parts = []
    size = 0
    wire.write(all)
  }
  return {
    address: wire.address,
    write: (bytes) => {
      // After everything that this turn has made ready.
      if (parts.length === 0) process.nextTick(flush)
      parts.push(bytes)
      size += bytes.length
      if (size > mostGathered) flush()
    },
    waiting: () => wire.waiting() + size,
    pause: wire.pause,
    resume: wire.resume,
    end: () => {
      flush()
      wire.end()
    },
    destroy: () => {
      flush()
      wire.destroy()
    },
  }
}
