import { expect, test } from 'vitest'
import { usualLimits } from '../../src/doors/live/limits.ts'
import { until } from '../kernel/boxes.ts'
import { House } from './house.ts'
import { Proxy } from './proxy.ts'
import { Wire } from './wire.ts'

const as = (who: string, port: number) => ({
  headers: { cookie: `session=${who}` },
  origin: `http://127.0.0.1:${port}`,
})

test('LIVE-17 a program reads what is so, and then what changes', async () => {
  await using house = await House.open()
  await house.grant('ada', 5)
  using wire = await Wire.open(house.port, { headers: { authorization: 'Bearer anna' } })
  expect(wire.socket.extensions).toBe('')
  wire.read('a', 'fair.books')
  await wire.hears({ t: 'reading', id: 'a', key: ['account'] })
  await wire.hears({ t: 'rows' })
  await house.grant('bob', 7)
  await wire.hears({ t: 'change', gone: [] })
})

test('LIVE-17 a door that is not open yet refuses, and its other paths are those of the link', async () => {
  await using house = await House.open()
  await house.stop()
  await house.start({ isOpen: false })
  expect(await Wire.refused(house.port)).toBe(503)
  expect(await Wire.refused(house.port, {}, '/api/lives')).toBe(404)
  expect(await Wire.refused(house.port, {}, '/link')).toBe(503)
})

test('LIVE-17 bytes, and a message that is too long, close the socket', async () => {
  await using house = await House.open()
  using bytes = await Wire.open(house.port)
  bytes.socket.send(Buffer.from('{}'))
  expect(await bytes.closes()).toEqual([4400, 'only text messages are spoken here'])
  using long = await Wire.open(house.port)
  long.say({ t: 'read', id: 'a', query: 'x'.repeat(40_000), input: {} })
  expect((await long.closes())?.[0]).toBe(1009)
})

test('LIVE-18 signed out, what is public can be read, and nothing else', async () => {
  await using house = await House.open()
  await house.close('crepes')
  using wire = await Wire.open(house.port)
  wire.read('a', 'fair.stalls')
  wire.read('b', 'fair.books')
  await wire.hears({ t: 'rows', rows: [{ stall: 'crepes', closed: true }] })
  await wire.hears({ t: 'refused', id: 'b', code: 'not-allowed' })
  expect(wire.heard.filter((each) => 'id' in each && each.id === 'b')).toHaveLength(1)
})

test('LIVE-18 a cookie, a header or a first message says who it is', async () => {
  await using house = await House.open()
  house.reception.slowMs = 50
  using cookie = await Wire.open(house.port, as('anna', house.port))
  using header = await Wire.open(house.port, { headers: { authorization: 'Bearer anna' } })
  using hello = await Wire.open(house.port)
  hello.say({ t: 'hello', token: 'anna' })
  for (const wire of [cookie, header, hello]) wire.read('a', 'fair.books')
  for (const wire of [cookie, header, hello]) await wire.hears({ t: 'rows' })
  hello.say({ t: 'hello', token: 'anna' })
  expect((await hello.closes())?.[0]).toBe(4400)
})

test('LIVE-18 a token that is worth nothing closes the socket, and none may stand in the address', async () => {
  await using house = await House.open()
  using header = await Wire.open(house.port, { headers: { authorization: 'Bearer eve' } })
  expect(await header.closes()).toEqual([4401, 'signed-out'])
  using hello = await Wire.open(house.port)
  hello.say({ t: 'hello', token: 'eve' })
  hello.read('a', 'fair.stalls')
  expect(await hello.closes()).toEqual([4401, 'signed-out'])
  expect(hello.heard).toEqual([])
  expect(await Wire.refused(house.port, {}, '/api/live?token=anna')).toBe(400)
})

test('LIVE-18 where nobody can find out who it is, the socket is closed', async () => {
  await using house = await House.open()
  house.reception.isBroken = true
  using wire = await Wire.open(house.port)
  expect(await wire.closes()).toEqual([1011, 'failed'])
})

test('LIVE-19 a page of another host, and a cookie of no page, are refused', async () => {
  await using house = await House.open()
  const cookie = { cookie: 'session=anna' }
  const { port } = house
  expect(await Wire.refused(port, { headers: cookie, origin: 'http://example.org' })).toBe(403)
  expect(await Wire.refused(port, { origin: 'http://example.org' })).toBe(403)
  expect(await Wire.refused(port, { origin: `http://127.0.0.1:${port + 1}` })).toBe(403)
  expect(await Wire.refused(port, { headers: cookie })).toBe(403)
  expect(await Wire.refused(port, { origin: 'null' })).toBe(403)
  expect(await Wire.refused(port, as('anna', port))).toBe(101)
})

test('LIVE-19 a socket opens where a write would be heard, and nowhere else', async () => {
  await using house = await House.open()
  const own = `http://127.0.0.1:${house.port}`
  const origins = [undefined, own, own.replace('http:', 'https:'), 'http://example.org', 'null', '']
  const cookies = [undefined, 'session=anna']
  const bearers = [undefined, 'Bearer anna', 'Basic YW5uYQ==']
  const opened: number[] = []
  for (const origin of origins)
    for (const cookie of cookies)
      for (const authorization of bearers) {
        const all = { origin, cookie, authorization }
        const headers = Object.fromEntries(
          Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined),
        )
        const told = await fetch(`${own}/api/fair/grant?site=fair`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"tag":1}',
        })
        const { code } = (await told.json()) as { readonly code?: string }
        // Nobody writes anything; what he may read is told above.
        if (told.status === 401) continue
        const isHeard = code !== 'origin_foreign'
        const status = await Wire.refused(house.port, { headers })
        expect([headers, status]).toEqual([headers, isHeard ? 101 : 403])
        opened.push(status)
      }
  expect(new Set(opened)).toEqual(new Set([101, 403]))
})

test('LIVE-20 a role that is taken away ends what it let somebody read, at once', async () => {
  await using house = await House.open()
  using wire = await Wire.open(house.port, as('anna', house.port))
  wire.read('a', 'fair.books')
  wire.read('b', 'fair.stalls')
  await wire.hears({ t: 'reading', id: 'b' })
  house.reception.set('anna', {})
  await wire.hears({ t: 'refused', id: 'a', code: 'not-allowed' })
  const heard = wire.heard.length
  await house.grant('ada')
  await house.close('crepes')
  await until(() => wire.heard.length > heard)
  expect(wire.heard.slice(heard)).toMatchObject([{ t: 'change', put: [{ stall: 'crepes' }] }])
})

test('LIVE-20 a session that ends closes the socket, and nothing is left of it', async () => {
  await using house = await House.open()
  using wire = await Wire.open(house.port, as('anna', house.port))
  wire.read('a', 'fair.books')
  await wire.hears({ t: 'rows' })
  house.reception.set('anna', undefined)
  expect(await wire.closes()).toEqual([4401, 'signed-out'])
  await until(() => house.live.sockets() === 0)
  expect([house.box.box.live.readers, house.reception.watching]).toEqual([0, 0])
})

test('LIVE-20 whoever reads all sites hears when the box serves one more', async () => {
  await using house = await House.open()
  house.reception.set('anna', { fair: ['viewer'], hall: ['viewer'] })
  using wire = await Wire.open(house.port, as('anna', house.port))
  wire.read('a', 'fair.books', { site: undefined })
  await wire.hears({ t: 'reading', id: 'a' })
  await house.found('hall')
  await wire.hears({ t: 'refused', id: 'a', code: 'sites-changed' })
  wire.read('a', 'fair.books', { site: undefined })
  await until(() => wire.heard.some((each) => 'at' in each && Object.keys(each.at).length === 2))
  expect(wire.closed).toBeUndefined()
})

test('LIVE-21 a reader whose line died without a word is given up, and one who only listens is not', async () => {
  const silenceMs = 150
  await using house = await House.open({ silenceMs })
  await using proxy = await Proxy.open(() => house.port)
  using here = await Wire.open(house.port)
  using gone = await Wire.open(proxy.port)
  await until(() => house.live.sockets() === 2)
  proxy.goDeaf()
  const since = performance.now()
  await until(() => house.live.sockets() === 1)
  expect(performance.now() - since).toBeLessThan(5 * silenceMs)
  await new Promise((resolve) => setTimeout(resolve, 5 * silenceMs))
  expect(here.closed).toBeUndefined()
  expect(gone.closed).toBeUndefined()
  expect(3 * usualLimits.silenceMs).toBeLessThan(10_000)
})

test('LIVE-21 a beat is answered with the time of the box', async () => {
  await using house = await House.open()
  using wire = await Wire.open(house.port)
  wire.say({ t: 'beat', count: 0 })
  await until(() => wire.heard.length === 1)
  const [beat] = wire.heard
  expect(beat?.t === 'beat' && beat.now[0]).toBeCloseTo(house.box.box.time()[0], -4)
})

test('LIVE-22 one visitor has so many sockets, one address so many of nobody, and the box so many in all', async () => {
  await using house = await House.open({ sockets: 4, socketsOfOne: 2, socketsOfAddress: 1 })
  const anna = as('anna', house.port)
  using first = await Wire.open(house.port, anna)
  using second = await Wire.open(house.port, anna)
  using third = await Wire.open(house.port, anna)
  expect(await third.closes()).toEqual([4429, 'too-many-sockets'])
  using fourth = await Wire.open(house.port)
  using fifth = await Wire.open(house.port)
  expect(await fifth.closes()).toEqual([4429, 'too-many-sockets'])
  first.socket.close()
  await until(() => house.live.sockets() === 2)
  using sixth = await Wire.open(house.port, anna)
  sixth.read('a', 'fair.books')
  await sixth.hears({ t: 'rows' })
  using seventh = await Wire.open(house.port, { headers: { authorization: 'Bearer anna' } })
  await until(() => house.live.sockets() === 4)
  expect(await Wire.refused(house.port)).toBe(503)
  expect([second, fourth, sixth, seventh].map(({ closed }) => closed)).toEqual(Array(4).fill(undefined))
})

test('LIVE-22 who says too much at once is closed', async () => {
  await using house = await House.open({ burst: 20, perSecond: 1 })
  using wire = await Wire.open(house.port)
  for (let each = 0; each < 30; each += 1) wire.say({ t: 'got', count: 0 })
  expect(await wire.closes()).toEqual([4430, 'too-many-messages'])
})

test('LIVE-22 who says that it got what its line never took is cut off', async () => {
  await using house = await House.open({ bufferedBytes: 300_000, burst: 5_000 })
  for (let each = 0; each < 1500; each += 1) await house.grant(`visitor-number-${each}`)
  // The answer is known before, so that each read is told at once, and what is claimed was sent.
  using warm = await Wire.open(house.port, { headers: { authorization: 'Bearer anna' } })
  warm.read('a', 'fair.books')
  await warm.hears({ t: 'rows' })
  using wire = await Wire.open(house.port, { headers: { authorization: 'Bearer anna' } })
  wire.socket.pause()
  for (let count = 1; count < 1000 && house.live.sockets() > 1; count += 1) {
    wire.read(String(count), 'fair.books')
    wire.say({ t: 'got', count: 2 * count }, { t: 'stop', id: String(count) })
    if (count % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(() => house.live.sockets() === 1)
  wire.socket.resume()
  expect(await wire.closes()).toEqual([1006, ''])
})

test('LIVE-22 a box that stops says so, and leaves no socket', async () => {
  await using house = await House.open()
  using wire = await Wire.open(house.port)
  await until(() => house.live.sockets() === 1)
  const { live } = house
  await house.stop()
  expect(await wire.closes()).toEqual([1001, 'stopping'])
  expect(live.sockets()).toBe(0)
})
