import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import WebSocket, { WebSocketServer } from 'ws'
import { expect, test } from 'vitest'
import { textFrame } from './text-frame.ts'

test('a frame is made once, and read as it was written, whatever its length, between those of ws', async () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, raw, head) => {
    sockets.handleUpgrade(request, raw, head, (socket) => {
      for (const length of lengths) {
        const message = Buffer.from(`é${'x'.repeat(length)}`.slice(0, length))
        raw.write(textFrame(message))
        socket.send(`between ${length}`)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  client.on('message', (data: Buffer, isBinary: boolean) => {
    heard.push(isBinary ? 'binary' : data.toString())
    if (heard.length === 2 * lengths.length) resolve()
  })
  await promise
  expect(heard).toEqual(
    lengths.flatMap((length) => [`é${'x'.repeat(length)}`.slice(0, length), `between ${length}`]),
  )
  const message = Buffer.from('one')
  expect(textFrame(message)).toBe(textFrame(message))
  client.terminate()
  server.close()
})
