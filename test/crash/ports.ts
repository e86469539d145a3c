import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Dice } from '../../src/world/random.ts'

/**
 * A port that nobody listens on, below those that the system hands out by itself: while a box is down, whoever
 * dials it must not be given its port, and so dial itself.
 */
export async function freePort(dice: Dice): Promise<number> {
  for (;;) {
    const port = dice.int(20_000, 32_000)
    const server = createServer()
    server.listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false)
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
