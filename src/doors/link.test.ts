import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createPlainServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { End, Pair } from './channel.contract.ts'
import { channelContract } from './channel.contract.ts'
import type { LinkDoor } from './link.ts'
import { dialWebSocket, linkDoor } from './link.ts'
import { cutToBytes, maxMessageBytes } from './web-socket-channel.ts'

type House = { readonly door: LinkDoor; readonly address: string; readonly server: Server }

async function house(): Promise<House> {
  const door = linkDoor()
  const server = createServer()
  server.on('upgrade', door.upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { door, server, address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link` }
}

async function stop({ door, server }: House): Promise<void> {
  door.close()
  server.close()
  await once(server, 'close')
}

function end(): Omit<End, 'channel'> & {
  message: (message: Uint8Array) => void
  over: (why: string) => void
} {
  const heard: Buffer[] = []
  const closed: string[] = []
  return {
    heard,
    closed,
    message: (message) => void heard.push(Buffer.from(message)),
    over: (why) => void closed.push(why),
  }
}

async function openPair(): Promise<Pair> {
  const here = await house()
  const accepted = Promise.withResolvers<End>()
  const dialled = Promise.withResolvers<End>()
  here.door.open((channel) => {
    const far = end()
    accepted.resolve({ ...far, channel })
    return { message: far.message, closed: far.over }
  })
  const near = end()
  dialWebSocket(here.address, {
    opened: (channel) => dialled.resolve({ ...near, channel }),
    message: near.message,
    closed: near.over,
  })
  return { dialled: await dialled.promise, accepted: await accepted.promise, stop: () => stop(here) }
}

channelContract('a WebSocket', openPair)

async function whyNot(address: string): Promise<string> {
  const closed: string[] = []
  const opened = vi.fn<() => void>()
  dialWebSocket(address, { opened, message: () => {}, closed: (why) => void closed.push(why) })
  expect(closed).toEqual([])
  await vi.waitFor(() => expect(closed).toHaveLength(1))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(closed).toHaveLength(1)
  expect(opened).not.toHaveBeenCalled()
  return closed[0] ?? ''
}

test('a dial that leads nowhere is closed, once', async () => {
  expect(await whyNot('ws://127.0.0.1:1/link')).toContain('ECONNREFUSED')
  expect(await whyNot('not an address')).toContain('Invalid URL')
})

test('LINK-13 a door that is not open yet, or another path, refuses', async () => {
  const here = await house()
  onTestFinished(() => stop(here))
  expect(await whyNot(here.address)).toContain('503')
  expect(await whyNot(here.address.replace('/link', '/other'))).toContain('404')
})

test('LINK-13 a page of a browser cannot open a link', async () => {
  const here = await house()
  onTestFinished(() => stop(here))
  here.door.open(() => ({ message: () => {}, closed: () => {} }))
  const socket = new WebSocket(here.address, { origin: 'http://example.org' })
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('403')
})

test('a socket that dies without a word is closed on both sides', async () => {
  const pair = await openPair()
  await pair.stop()
  await vi.waitFor(() => expect(pair.dialled.closed).toEqual(['the connection broke']))
  expect(pair.accepted.closed).toEqual(['the connection broke'])
})

test('LINK-13 text, and a message over 4 MiB, close the channel', async () => {
  const here = await house()
  onTestFinished(() => stop(here))
  const closed: string[] = []
  here.door.open(() => ({ message: () => {}, closed: (why) => void closed.push(why) }))
  for (const message of ['hello', Buffer.alloc(maxMessageBytes + 1)]) {
    const socket = new WebSocket(here.address)
    await once(socket, 'open')
    socket.send(message)
    await once(socket, 'close')
  }
  const whys = ['only binary messages are spoken here', 'Max payload size exceeded']
  await vi.waitFor(() => expect(closed).toEqual(whys))
})

test('a peer that never agrees to the close is cut off', async () => {
  const mute = createPlainServer((socket) => {
    socket.once('data', (request) => {
      const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1] ?? ''
      void acceptKey(key).then((accept) =>
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        ),
      )
    })
    socket.once('close', () => mute.close())
    socket.on('error', () => {})
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const { port } = mute.address() as AddressInfo
  dialWebSocket(`ws://127.0.0.1:${port}`, {
    opened: (channel) => channel.close('bye'),
    message: () => {},
    closed: () => {},
  })
  await once(mute, 'close')
  expect(mute.listening).toBe(false)
})

async function acceptKey(key: string): Promise<string> {
  const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  return Buffer.from(await crypto.subtle.digest('SHA-1', Buffer.from(text))).toString('base64')
}

test('a reason is cut to what a close frame carries, between characters', () => {
  expect(cutToBytes('short', 123)).toBe('short')
  expect(cutToBytes('é'.repeat(100), 123)).toBe('é'.repeat(61))
  expect(cutToBytes('€'.repeat(41), 123)).toBe('€'.repeat(41))
  expect(cutToBytes('😀'.repeat(31), 123)).toBe('😀'.repeat(30))
})
