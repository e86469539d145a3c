import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Channel } from '../kernel/network.ts'

/** One end of a channel, and what it heard. */
export type End = { readonly channel: Channel; readonly heard: Buffer[]; readonly closed: string[] }

export type Pair = { readonly dialled: End; readonly accepted: End; readonly stop: () => Promise<void> }

/** What kernel/network.ts promises of every channel, whatever it runs over. */
export function channelContract(name: string, open: () => Promise<Pair>): void {
  describe(`${name} is a channel`, () => {
    let pair: Pair
    afterEach(() => pair.stop())

    test('messages arrive whole and in order, both ways', async () => {
      pair = await open()
      const { dialled, accepted } = pair
      for (let i = 0; i < 300; i++) {
        dialled.channel.send(message(i, i * 17))
        accepted.channel.send(message(i, i * 3))
      }
      await vi.waitFor(() => expect([accepted.heard.length, dialled.heard.length]).toEqual([300, 300]))
      expect(accepted.heard.every((each, i) => each.equals(message(i, i * 17)))).toBe(true)
      expect(dialled.heard.every((each, i) => each.equals(message(i, i * 3)))).toBe(true)
    })

    test('a large message arrives whole', async () => {
      pair = await open()
      const large = message(7, 900_000)
      pair.dialled.channel.send(large)
      await vi.waitFor(() => expect(pair.accepted.heard).toHaveLength(1))
      expect(pair.accepted.heard[0]?.equals(large)).toBe(true)
    })

    test('what was sent before a close arrives before it', async () => {
      pair = await open()
      const { dialled, accepted } = pair
      for (let i = 0; i < 50; i++) dialled.channel.send(message(i, 20_000))
      dialled.channel.close('enough')
      await vi.waitFor(() => expect(accepted.closed).toHaveLength(1))
      expect(accepted.heard).toHaveLength(50)
    })

    test('both ends hear once why it closed, whoever closed and however often', async () => {
      pair = await open()
      const { dialled, accepted } = pair
      accepted.channel.close('no room')
      accepted.channel.close('again')
      expect(accepted.closed).toEqual([])
      await vi.waitFor(() => expect(dialled.closed).toEqual(['no room']))
      dialled.channel.close('me too')
      await settle()
      expect([dialled.closed, accepted.closed]).toEqual([['no room'], ['no room']])
    })

    test('nothing is heard after the close, and nothing is sent', async () => {
      pair = await open()
      const { dialled, accepted } = pair
      for (let i = 0; i < 20; i++) accepted.channel.send(message(i, 1000))
      dialled.channel.close('no more')
      dialled.channel.send(message(1, 10))
      await vi.waitFor(() => expect(accepted.closed).toHaveLength(1))
      await settle()
      expect([dialled.heard.length, accepted.heard.length]).toEqual([0, 0])
    })

    test('waiting tells what has not left, and sinks to nothing', async () => {
      pair = await open()
      const { dialled, accepted } = pair
      for (let i = 0; i < 64; i++) dialled.channel.send(message(i, 500_000))
      expect(dialled.channel.waiting()).toBeGreaterThan(500_000)
      await vi.waitFor(() => expect(accepted.heard).toHaveLength(64), 5000)
      expect(dialled.channel.waiting()).toBe(0)
    })
  })
}

const message = (seed: number, size: number) => Buffer.alloc(size, `${seed} `)

const settle = () => new Promise((resolve) => setTimeout(resolve, 50))
