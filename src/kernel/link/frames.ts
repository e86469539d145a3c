import { z } from 'zod'

/** Raised whenever a frame changes form or meaning. `wire.test.ts` pins the hash of what follows. */
export const wireVersion = 2

const id = z.string().regex(/^[0-9a-z]{4,32}$/)
const site = z.string().regex(/^[0-9a-z][0-9a-z-]{0,62}$/)
const count = z.int().nonnegative()
const chain = z.string().max(43)
const term = z.string().max(100)
const route = z.array(id).max(16)
const nonce = z.string().regex(/^[0-9a-z]{32}$/)
const boundary = z.tuple([z.int().positive(), term, chain])

/** Everything that travels on a link, by its `t`. Lines after the first are the entries and records themselves. */
export const frames = {
  /** First, both ways: who I claim to be. */
  hello: z.object({ wire: count, box: id, publicKey: z.string().max(64), process: id, nonce }),
  /** Second, both ways: the signature over both nonces, both boxes and my end. */
  proof: z.object({ signature: z.string().max(128) }),
  /** I am alive; answer with `pong`. */
  ping: z.object({ at: count }),
  pong: z.object({ at: count }),
  /** Lossy: how a box is, and what its log warns of; sent on to the box above. `missed`: lines that were left out. */
  samples: z.object({
    box: id,
    hops: count.max(8),
    measured: z.record(z.string().regex(/^[a-z][A-Za-z0-9.]{0,39}$/), z.number()).nullable(),
    lines: z
      .array(
        z.object({
          at: z.int().nullable(),
          level: z.enum(['error', 'warn']),
          module: z.string().max(40),
          site: site.nullable(),
          text: z.string().max(500),
        }),
      )
      .max(20),
    missed: count,
  }),
  /** So many bytes of backlog have been dealt with: send more. */
  credit: z.object({ bytes: count }),

  /** What I have of a site, and how I reach its keeper (null: not). Sent at first and at every change of term or route. */
  site: z.object({
    site,
    n: count,
    chain,
    terms: z.array(boundary).max(30_000),
    top: count,
    route: route.nullable(),
    /** How the sender sees the receiver: one that follows, one that only records, or one that left. */
    you: z.enum(['whole', 'small', 'guest']),
    /** Seal the site's key to this, for I lack it. */
    lacksKey: z.string().max(64).nullable(),
  }),
  /** The site's key, sealed to the receiver. */
  key: z.object({ site, sealed: z.string().max(512) }),
  /** Send me the entries after this one; my running hash there is `chain`. */
  want: z.object({ site, after: count, chain }),
  /** Entries, consecutive; `chain` is the running hash after the last. */
  entries: z.object({ site, after: count, count: z.int().positive(), chain }),
  /** On disk here up to `n`, and at the top of this site's boxes up to `top`. */
  ack: z.object({ site, n: count, chain, top: count }),

  /** Streams of which I hold records that my log does not have: box, stream, first held, last. */
  offer: z.object({ site, streams: z.array(z.tuple([id, id, count, count])).max(1000) }),
  /** Records of one stream, consecutive from `from`. */
  records: z.object({ site, box: id, stream: id, from: z.int().positive() }),
  /** Of this stream: on disk here up to `seq`, at the top up to `top`. `again`: send what follows `seq`, whatever you sent. */
  got: z.object({ site, stream: id, seq: count, top: count, again: z.boolean() }),

  /** A question to the keeper, passed on hop by hop; `path` is who passed it. */
  ask: z.object({ site, id, path: route, what: z.enum(['act', 'handIn', 'orders']), data: z.unknown() }),
  answer: z.object({ site, id, path: route, data: z.unknown() }),

  /** What time is it at this site? `asked` is my own clock, and comes back. */
  clock: z.object({ site, asked: count }),
  /**
   * The site's time when I received and answered, to within so many milliseconds of the truth; null: I do not
   * know it. `era` counts my steps.
   */
  clocked: z.object({
    site,
    asked: count,
    received: count,
    sent: count,
    within: count.nullable(),
    by: z.enum(['hardware', 'person', 'network', 'site']),
    era: count,
  }),
  /** To a box without the log: these records of its stream are erased. */
  erased: z.object({ site, stream: id, seqs: z.array(z.int().positive()).min(1).max(1000) }),
  /** To a box without the log: there is something new among its orders; ask. */
  nudge: z.object({ site }),
}

export type Frames = typeof frames
export type FrameType = keyof Frames
export type Frame<T extends FrameType = FrameType> = {
  [Type in T]: { readonly t: Type } & Readonly<z.infer<Frames[Type]>>
}[T]

/** Frames that belong to one site. */
export type SiteFrame = Extract<Frame, { readonly site: string }>
