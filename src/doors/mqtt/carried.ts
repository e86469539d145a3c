import { z } from 'zod'
import { readDoc } from './read-doc.ts'
import type { Properties } from './wire/properties.ts'

/** A message on its way to those who read it. */
export type Carried = {
  readonly topic: string
  readonly payload: Uint8Array
  /** Those that go on with a message. */
  readonly properties: Properties
  /** On the monotonic clock; undefined: never. */
  readonly expires: number | undefined
}

/** What it takes to keep it: properties count as what they are, or a small message could be as large as a packet. */
export function sizeOf({
  topic,
  payload,
  properties,
}: Pick<Carried, 'topic' | 'payload' | 'properties'>): number {
  const { contentType = '', responseTopic = '', correlation, user = [] } = properties
  const pairs = user.reduce((sum, [name, value]) => sum + name.length + value.length + overhead, 0)
  const rest = contentType.length + responseTopic.length + (correlation?.length ?? 0)
  return topic.length + payload.length + rest + pairs
}

const overhead = 32

/** What of a message's properties is meant for its readers. */
export function passedOn({
  payloadFormat,
  contentType,
  responseTopic,
  correlation,
  user,
}: Properties): Properties {
  return { payloadFormat, contentType, responseTopic, correlation, user }
}

/** Nobody sees how long it has taken so far; undefined where it is too late. */
export function lifeLeft({ expires }: Carried, now: number): number | undefined {
  return expires === undefined ? undefined : Math.max(1, Math.ceil((expires - now) / 1000))
}

export const isOver = ({ expires }: Carried, now: number): boolean => expires !== undefined && expires <= now

const kept = z.object({
  topic: z.string(),
  /** Seconds that were left; a start begins them anew, since clocks may be unknown. */
  left: z.number().optional(),
  format: z.number().optional(),
  type: z.string().optional(),
  response: z.string().optional(),
  correlation: z.base64().optional(),
  user: z
    .array(z.tuple([z.string(), z.string()]).readonly())
    .readonly()
    .optional(),
})
type Doc = z.infer<typeof kept>

export function docOf({ topic, properties, ...carried }: Carried, now: number): string {
  const { payloadFormat, contentType, responseTopic, correlation, user } = properties
  return JSON.stringify({
    topic,
    left: carried.expires === undefined ? undefined : Math.max(0, Math.ceil((carried.expires - now) / 1000)),
    format: payloadFormat,
    type: contentType,
    response: responseTopic,
    correlation: correlation && Buffer.from(correlation).toString('base64'),
    user,
  } satisfies Doc)
}

/** Undefined where the document is not as it was written. */
export function carriedOf(doc: string, payload: Uint8Array, now: number): Carried | undefined {
  const read = readDoc(kept, doc)
  if (!read) return undefined
  const { topic, left, format, type, response, correlation, user } = read
  return {
    topic,
    payload,
    properties: {
      payloadFormat: format,
      contentType: type,
      responseTopic: response,
      correlation: correlation === undefined ? undefined : Buffer.from(correlation, 'base64'),
      user,
    },
    expires: left === undefined ? undefined : now + left * 1000,
  }
}
