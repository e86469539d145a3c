import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { canonical, sha256 } from '../digest.ts'
import { seededRandom } from '../manual-machine.ts'
import type { Frame, FrameType } from './frames.ts'
import { frames, wireVersion } from './frames.ts'
import { decodeFrame, encodeFrame } from './wire.ts'

const count = fc.nat()
const id = fc.string({ unit: fc.constantFrom('0', '9', 'a', 'z'), minLength: 4, maxLength: 32 })
const site = id.map((name) => `${name}-x`)
const text = (maxLength: number) => fc.string({ maxLength })
const route = fc.array(id, { maxLength: 16 })
const at = { site, box: id, stream: id }
const positive = fc.integer({ min: 1 })
const data = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)

/** For every frame type, all frames of it. A new type does not compile until it is here. */
const bodies: { readonly [T in FrameType]: Record<string, fc.Arbitrary<unknown>> } = {
  hello: { wire: count, box: id, publicKey: text(64), process: id, nonce: fc.constant('0a'.repeat(16)) },
  proof: { signature: text(128) },
  ping: { at: count },
  pong: { at: count },
  samples: {
    box: id,
    hops: fc.integer({ min: 0, max: 8 }),
    measured: fc.option(
      fc.dictionary(fc.constantFrom('cpu', 'disk.free'), fc.integer(), { noNullPrototype: true }),
    ),
    lines: fc.array(
      fc.record(
        {
          at: fc.option(fc.nat()),
          level: fc.constantFrom('error', 'warn'),
          module: text(40),
          site: fc.option(site),
          text: text(500),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 5 },
    ),
    missed: count,
  },
  credit: { bytes: count },
  site: {
    site,
    n: count,
    chain: text(43),
    terms: fc.array(fc.tuple(positive, text(100), text(43)), { maxLength: 5 }),
    top: count,
    route: fc.option(route),
    you: fc.constantFrom('whole', 'small', 'guest'),
    lacksKey: fc.option(text(64)),
  },
  key: { site, sealed: text(512) },
  want: { site, after: count, chain: text(43) },
  entries: { site, after: count, count: positive, chain: text(43) },
  ack: { site, n: count, chain: text(43), top: count },
  offer: { site, streams: fc.array(fc.tuple(id, id, count, count), { maxLength: 5 }) },
  records: { ...at, from: positive },
  got: { site, stream: id, seq: count, top: count, again: fc.boolean() },
  ask: { site, id, path: route, what: fc.constantFrom('act', 'handIn', 'orders'), data },
  answer: { site, id, path: route, data },
  clock: { site, asked: count },
  clocked: {
    site,
    asked: count,
    received: count,
    sent: count,
    within: fc.option(count),
    era: count,
    by: fc.constantFrom('hardware', 'person', 'network', 'site'),
  },
  erased: { site, stream: id, seqs: fc.array(positive, { minLength: 1, maxLength: 5 }) },
  nudge: { site },
}
const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  ...Object.entries(bodies).map(([t, fields]) =>
    fc.record(fields, { noNullPrototype: true }).map((body) => ({ t, ...body }) as unknown as Frame),
  ),
)
type Example<T extends FrameType> = readonly [frame: Frame<T>, hex: string, lines: readonly string[]]
type Examples = { readonly [T in FrameType]: Example<T> }

/** Lines as entries and records have them: short, long, and many. */
const anyLines = fc.array(
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), fc.constant('x'.repeat(500))),
  {
    maxLength: 20,
  },
)
const number = fc.nat(0xffff_ffff)

describe('there and back', () => {
  test('LINK-1 every frame comes back as it was, with its number and lines', () => {
    fc.assert(
      fc.property(number, anyFrame, anyLines, (n, frame, lines) => {
        expect(decodeFrame(encodeFrame(n, frame, lines))).toEqual({ number: n, frame, lines })
      }),
      { numRuns: 300 },
    )
  })

  test('LINK-2 an empty line is a line, and no lines are none', () => {
    const ping: Frame = { t: 'ping', at: 1 }
    expect(decodeFrame(encodeFrame(0, ping, [''])).lines).toEqual([''])
    expect(decodeFrame(encodeFrame(0, ping, [])).lines).toEqual([])
    expect(decodeFrame(encodeFrame(0, ping, ['', ''])).lines).toEqual(['', ''])
  })

  test('LINK-1 zstd is used where it saves, and never where it does not', () => {
    const noise = Buffer.from(seededRandom(5).bytes(900)).toString('base64')
    const form = (...lines: string[]) => encodeFrame(0, { t: 'ping', at: 1 }, lines)[0]
    expect(form('x'.repeat(300))).toBe(0)
    expect(form('x'.repeat(5000))).toBe(1)
    fc.assert(
      fc.property(anyFrame, anyLines, (frame, lines) => {
        const plain = Buffer.byteLength([JSON.stringify(frame), ...lines].join('\n'))
        expect(encodeFrame(0, frame, [...lines]).length).toBeLessThanOrEqual(5 + plain)
      }),
    )
    expect(encodeFrame(0, { t: 'ping', at: 1 }, [noise]).length).toBeLessThan(1300)
  })

  test('a message inside a larger buffer is read where it stands', () => {
    const message = encodeFrame(7, { t: 'ping', at: 1 }, ['line'])
    const larger = new Uint8Array(message.length + 20).fill(255)
    larger.set(message, 11)
    expect(decodeFrame(larger.subarray(11, 11 + message.length))).toEqual(decodeFrame(message))
  })
})

describe('what a hostile or broken peer sends', () => {
  /** Anything thrown that is no Error goes through, and fails the test. */
  function tried(message: Uint8Array) {
    try {
      return decodeFrame(message)
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }

  /** An Error, or a frame that this box could have sent itself. Nothing else, and never a hang. */
  function judged(message: Uint8Array): 'refused' | 'a frame' {
    const received = tried(message)
    if (received instanceof Error) return 'refused'
    const { t, ...body } = received.frame
    expect(frames[t].parse(body)).toEqual(body)
    expect(decodeFrame(encodeFrame(received.number, received.frame, received.lines))).toEqual(received)
    return 'a frame'
  }

  test('random bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(judged(bytes)).toBe('refused')
      }),
      { numRuns: 500 },
    )
  })

  test('a frame with some bytes altered, cut off or added is a frame or is refused', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyFrame, anyLines, changes, fc.nat(), (frame, lines, all, cut) => {
        const message = Uint8Array.from(encodeFrame(3, frame, lines))
        expect(judged(message)).toBe('a frame')
        judged(message.subarray(0, cut % message.length))
        judged(Uint8Array.from([...message, ...message.subarray(0, cut % message.length)]))
        for (const [place, flip] of all)
          message.set([(message.at(place % message.length) ?? 0) ^ flip], place % message.length)
        judged(message)
      }),
      { numRuns: 400 },
    )
  })

  test('a compressed frame that was cut off anywhere is refused', () => {
    const message = encodeFrame(0, { t: 'ping', at: 1 }, [JSON.stringify([...Array(300).keys()])])
    expect(message[0]).toBe(1)
    const cuts = Array.from({ length: message.length }, (_, length) => judged(message.subarray(0, length)))
    expect(new Set(cuts)).toEqual(new Set(['refused']))
  })

  const zipped = (text: string | Uint8Array) =>
    Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), zstdCompressSync(text)])
  const plain = (text: string) => Buffer.from(`\0\0\0\0\0${text}`)
  const ping = '{"t":"ping","at":1}'

  test('LINK-1 no frame is larger than 4 MiB, however small it came', () => {
    const largest = 4 * 1024 * 1024
    expect(decodeFrame(zipped(`${ping}\n${'x'.repeat(largest - ping.length - 1)}`)).lines).toHaveLength(1)
    expect(() => decodeFrame(zipped(`${ping}\n${'x'.repeat(largest - ping.length)}`))).toThrow(Error)
    expect(decodeFrame(plain(`${ping}\n${'x'.repeat(largest - ping.length - 1)}`)).lines).toHaveLength(1)
    expect(() => decodeFrame(plain(`${ping}\n${'x'.repeat(largest - ping.length)}`))).toThrow(
      'a frame is too large',
    )
  })

  test('LINK-1 a text that is no UTF-8 is refused, plain or packed: its lines would be others', () => {
    const text = Buffer.concat([Buffer.from(`${ping}\n`), Buffer.from([0xff, 0xfe])])
    expect(() => decodeFrame(Buffer.concat([Buffer.alloc(5), text]))).toThrow(/not valid/)
    expect(() => decodeFrame(zipped(text))).toThrow(/not valid/)
  })

  test('LINK-2 a byte order mark in a line stays', () => {
    const lines = ['\uFEFF{}', '\uFEFF']
    expect(decodeFrame(encodeFrame(0, { t: 'ping', at: 1 }, lines)).lines).toEqual(lines)
  })

  test('LINK-1 a bomb of zstd is refused before it bursts', () => {
    const bomb = zipped(Buffer.alloc(256 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(64 * 1024)
    const before = process.memoryUsage().arrayBuffers
    expect(() => decodeFrame(bomb)).toThrow(Error)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
  })

  const hello = { wire: 1, box: 'boxa', publicKey: '', process: 'proc', nonce: 'a'.repeat(32) }
  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['a header', Buffer.alloc(5)],
    ['another form', Buffer.from(`\x02\0\0\0\0${ping}`)],
    ['plain text called zstd', Buffer.from(`\x01\0\0\0\0${ping}`)],
    ['no JSON', plain('ping')],
    ['null', plain('null')],
    ['a list', plain('[]')],
    ['no type', plain('{"at":1}')],
    ['an unknown type', plain('{"t":"bye"}')],
    ['a type that every object has', plain('{"t":"toString"}')],
    ['a type that is no text', plain('{"t":["ping"],"at":1}')],
    ['a prototype', plain('{"t":"__proto__"}')],
    ['a missing field', plain('{"t":"ping"}')],
    ['a number below 0', plain('{"t":"ping","at":-1}')],
    ['half a number', plain('{"t":"ping","at":0.5}')],
    ['a site with a path in it', plain('{"t":"want","site":"../a","after":0,"chain":""}')],
    ['a box in capitals', plain(JSON.stringify({ t: 'hello', ...hello, box: 'BOXA' }))],
    ['a short nonce', plain(JSON.stringify({ t: 'hello', ...hello, nonce: 'a' }))],
    [
      'too many streams',
      plain(JSON.stringify({ t: 'offer', site: 'a', streams: Array(1001).fill(['boxa', 'strm', 1, 1]) })),
    ],
  ])('LINK-20 %s is refused', (_, message) => {
    expect(judged(message)).toBe('refused')
  })

  test.each(['bye', 'toString', '__proto__'])('LINK-20 a type that is none is named: %s', (t) => {
    expect(() => decodeFrame(plain(`{"t":"${t}"}`))).toThrow(`no such frame: ${t}`)
  })

  test('LINK-20 fields that no frame has are left out', () => {
    expect(decodeFrame(plain('{"t":"ping","at":1,"more":2,"__proto__":{"x":1}}')).frame).toEqual({
      t: 'ping',
      at: 1,
    })
  })
})

describe('the wire is pinned', () => {
  const changed = `The frames have changed. Boxes of other versions will meet this one: raise wireVersion in
frames.ts, say in docs/spec what is new, then put the new version and hash here.`

  test('LINK-1 the frames are those of this wire version', () => {
    const schemas = Object.entries(frames).map(([t, frame]) => [t, z.toJSONSchema(frame)])
    const pinned = { wireVersion: 2, hash: 'u2TetXGUae0U_gPatisxsef1JBvEJZFqW3w4UpmJyW4' }
    const now = { wireVersion, hash: sha256(canonical(schemas)) }
    expect(canonical(now) === canonical(pinned) ? 'as pinned' : `${changed} ${canonical(now)}`).toBe(
      'as pinned',
    )
  })

  const examples: Examples = {
    hello: [
      {
        t: 'hello',
        wire: 1,
        box: 'boxa',
        publicKey: 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk',
        process: 'process1',
        nonce: '0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a',
      },
      '00020100007b2274223a2268656c6c6f222c2277697265223a312c22626f78223a22626f7861222c227075626c69634b6579223a226b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b222c2270726f63657373223a2270726f6365737331222c226e6f6e6365223a223061306130613061306130613061306130613061306130613061306130613061227d',
      [],
    ],
    proof: [
      {
        t: 'proof',
        signature: 'ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss',
      },
      '00020100007b2274223a2270726f6f66222c227369676e6174757265223a227373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373737373227d',
      [],
    ],
    ping: [{ t: 'ping', at: 1 }, '00020100007b2274223a2270696e67222c226174223a317d', []],
    pong: [{ t: 'pong', at: 1 }, '00020100007b2274223a22706f6e67222c226174223a317d', []],
    samples: [
      {
        t: 'samples',
        box: 'boxa',
        hops: 0,
        measured: { cpu: 0.5 },
        lines: [{ at: 1, level: 'warn', module: 'box', site: null, text: 'hot' }],
        missed: 0,
      },
      '00020100007b2274223a2273616d706c6573222c22626f78223a22626f7861222c22686f7073223a302c226d65617375726564223a7b22637075223a302e357d2c226c696e6573223a5b7b226174223a312c226c6576656c223a227761726e222c226d6f64756c65223a22626f78222c2273697465223a6e756c6c2c2274657874223a22686f74227d5d2c226d6973736564223a307d',
      [],
    ],
    credit: [
      { t: 'credit', bytes: 8192 },
      '00020100007b2274223a22637265646974222c226279746573223a383139327d',
      [],
    ],
    site: [
      {
        t: 'site',
        site: 'fair',
        n: 9,
        chain: 'ccccccccccccccccccccccccccccccccccccccccccc',
        terms: [[1, '1/boxa/1/stream1', 'ccccccccccccccccccccccccccccccccccccccccccc']],
        top: 8,
        route: ['boxa', 'boxb'],
        you: 'whole',
        lacksKey: null,
      },
      '00020100007b2274223a2273697465222c2273697465223a2266616972222c226e223a392c22636861696e223a2263636363636363636363636363636363636363636363636363636363636363636363636363636363636363222c227465726d73223a5b5b312c22312f626f78612f312f73747265616d31222c2263636363636363636363636363636363636363636363636363636363636363636363636363636363636363225d5d2c22746f70223a382c22726f757465223a5b22626f7861222c22626f7862225d2c22796f75223a2277686f6c65222c226c61636b734b6579223a6e756c6c7d',
      [],
    ],
    key: [
      { t: 'key', site: 'fair', sealed: 'sealed' },
      '00020100007b2274223a226b6579222c2273697465223a2266616972222c227365616c6564223a227365616c6564227d',
      [],
    ],
    want: [
      { t: 'want', site: 'fair', after: 3, chain: 'ccccccccccccccccccccccccccccccccccccccccccc' },
      '00020100007b2274223a2277616e74222c2273697465223a2266616972222c226166746572223a332c22636861696e223a2263636363636363636363636363636363636363636363636363636363636363636363636363636363636363227d',
      [],
    ],
    entries: [
      {
        t: 'entries',
        site: 'fair',
        after: 3,
        count: 1,
        chain: 'ccccccccccccccccccccccccccccccccccccccccccc',
      },
      '00020100007b2274223a22656e7472696573222c2273697465223a2266616972222c226166746572223a332c22636f756e74223a312c22636861696e223a2263636363636363636363636363636363636363636363636363636363636363636363636363636363636363227d0a5b226b222c5b302c6e756c6c2c305d2c5b22626173652e6c616964225d5d0a7b22c3a9223a317d',
      ['["k",[0,null,0],["base.laid"]]', '{"é":1}'],
    ],
    ack: [
      { t: 'ack', site: 'fair', n: 9, chain: 'ccccccccccccccccccccccccccccccccccccccccccc', top: 8 },
      '00020100007b2274223a2261636b222c2273697465223a2266616972222c226e223a392c22636861696e223a2263636363636363636363636363636363636363636363636363636363636363636363636363636363636363222c22746f70223a387d',
      [],
    ],
    offer: [
      { t: 'offer', site: 'fair', streams: [['boxa', 'stream1', 1, 7]] },
      '00020100007b2274223a226f66666572222c2273697465223a2266616972222c2273747265616d73223a5b5b22626f7861222c2273747265616d31222c312c375d5d7d',
      [],
    ],
    records: [
      { t: 'records', site: 'fair', box: 'boxa', stream: 'stream1', from: 4 },
      '00020100007b2274223a227265636f726473222c2273697465223a2266616972222c22626f78223a22626f7861222c2273747265616d223a2273747265616d31222c2266726f6d223a347d0a686561640a626f6479',
      ['head', 'body'],
    ],
    got: [
      { t: 'got', site: 'fair', stream: 'stream1', seq: 7, top: 4, again: true },
      '00020100007b2274223a22676f74222c2273697465223a2266616972222c2273747265616d223a2273747265616d31222c22736571223a372c22746f70223a342c22616761696e223a747275657d',
      [],
    ],
    ask: [
      {
        t: 'ask',
        site: 'fair',
        id: 'ask1',
        path: ['boxa'],
        what: 'act',
        data: { action: 'toy.pay', key: 'k' },
      },
      '00020100007b2274223a2261736b222c2273697465223a2266616972222c226964223a2261736b31222c2270617468223a5b22626f7861225d2c2277686174223a22616374222c2264617461223a7b22616374696f6e223a22746f792e706179222c226b6579223a226b227d7d',
      [],
    ],
    answer: [
      {
        t: 'answer',
        site: 'fair',
        id: 'ask1',
        path: ['boxa'],
        data: { is: 'refused', code: 'keeper-away', detail: {} },
      },
      '00020100007b2274223a22616e73776572222c2273697465223a2266616972222c226964223a2261736b31222c2270617468223a5b22626f7861225d2c2264617461223a7b226973223a2272656675736564222c22636f6465223a226b65657065722d61776179222c2264657461696c223a7b7d7d7d',
      [],
    ],
    clock: [
      { t: 'clock', site: 'fair', asked: 4000 },
      '00020100007b2274223a22636c6f636b222c2273697465223a2266616972222c2261736b6564223a343030307d',
      [],
    ],
    clocked: [
      {
        t: 'clocked',
        site: 'fair',
        asked: 4000,
        received: 1_800_000_000_010,
        sent: 1_800_000_000_011,
        within: 22,
        by: 'site',
        era: 3,
      },
      '00020100007b2274223a22636c6f636b6564222c2273697465223a2266616972222c2261736b6564223a343030302c227265636569766564223a313830303030303030303031302c2273656e74223a313830303030303030303031312c2277697468696e223a32322c226279223a2273697465222c22657261223a337d',
      [],
    ],
    erased: [
      { t: 'erased', site: 'fair', stream: 'stra0001', seqs: [2, 7] },
      '00020100007b2274223a22657261736564222c2273697465223a2266616972222c2273747265616d223a227374726130303031222c2273657173223a5b322c375d7d',
      [],
    ],
    nudge: [
      { t: 'nudge', site: 'fair' },
      '00020100007b2274223a226e75646765222c2273697465223a2266616972227d',
      [],
    ],
  }

  test.each(Object.entries(examples))('LINK-2 %s stands byte for byte', (_, [frame, hex, lines]) => {
    expect(Buffer.from(encodeFrame(258, frame, lines)).toString('hex')).toBe(hex)
    expect(decodeFrame(Buffer.from(hex, 'hex'))).toEqual({ number: 258, frame, lines })
  })

  test('LINK-1 a compressed frame of this version is read by every later one', () => {
    const hex = '010201000028b52ffd60fc02e50000a87b2274223a2270696e67222c226174223a317d0a780100c9578009'
    const { number: n, frame, lines } = decodeFrame(Buffer.from(hex, 'hex'))
    expect([n, frame, lines]).toEqual([258, { t: 'ping', at: 1 }, ['x'.repeat(1000)]])
  })
})

test('LINK-1 the boundaries of 30 000 starts fit into one frame', () => {
  const terms: [number, string, string][] = Array.from({ length: 30_000 }, (_, index) => {
    return [2_000_000 + index, `12/abcdefghijkl/${index + 1}/abcdefghijklmnop`, 'c'.repeat(43)]
  })
  const history = { n: 3_000_000, chain: 'c'.repeat(43), terms, top: 3_000_000 }
  const frame: Frame<'site'> = {
    t: 'site',
    site: 's'.repeat(63),
    ...history,
    route: [],
    you: 'whole',
    lacksKey: null,
  }
  expect(decodeFrame(encodeFrame(0, frame)).frame).toEqual(frame)
})
