import type { z } from 'zod'
import type { Answer, Box } from '../../kernel/box/contract.ts'
import type { Instant } from '../../kernel/instant.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import type { MessageAny, Raw, TopicAny } from '../../kernel/pack/topic.ts'
import { isTopic } from './topic-names.ts'
import { StoreError } from '../../store/truth.ts'
import type { Answers } from './answers.ts'
import type { Carried } from './carried.ts'
import { passedOn } from './carried.ts'
import type { Device } from './device.ts'
import type { Route, Routes } from './routes.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Properties } from './wire/properties.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

/** What a client sends, whichever way. */
export type Sent = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly dup: boolean
  readonly properties: Properties
}

/**
 * What became of it. `taken`: it is durable, and may be acknowledged. `refused`: it will never be taken; `strange` says
 * that its sender had no right to send it. `not now`: nobody knows, or the disk refuses; the sender must send it again.
 */
export type Taken =
  | { readonly is: 'taken' }
  | { readonly is: 'refused'; readonly code: Reason; readonly why: string; readonly strange: boolean }
  | { readonly is: 'not now'; readonly why: string }

type From = { readonly device: Device; readonly session: Session | undefined }

/** One message under way: who sent it, what it is, when it came. */
type Coming = From & {
  readonly sent: Sent
  readonly route: Route
  readonly message: MessageAny
  readonly at: Instant
}

type Recorded = TopicAny & { readonly is: 'record' }
type Fact = { readonly kind: string; readonly body: unknown; readonly at: Instant }

type Parts = {
  readonly box: Pick<Box, 'record' | 'recordOnce' | 'act' | 'now'>
  readonly known: Known
  readonly machine: Machine
  readonly routes: Routes
  readonly sessions: Sessions
  readonly answers: Answers
}

const usualMost = 4 * 1024
const longestKey = 100
const utf8 = new TextDecoder('utf-8', { fatal: true })
const taken: Taken = { is: 'taken' }

/** What the box makes of a message. */
export class Taking {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether a client may leave a will for this topic. An action is nobody's last will. */
  takesWill(device: Device, { topic, retain }: Pick<Sent, 'topic' | 'retain'>): boolean {
    const route = this.#parts.routes.find(topic)
    if (!route || !this.#parts.routes.mayPublish(device, route)) return false
    const { topic: declared } = route.known
    return declared.is !== 'act' && (!retain || keepsLast(declared))
  }

  async take(from: From, sent: Sent): Promise<Taken> {
    const { routes, box, machine } = this.#parts
    const { device } = from
    const route = routes.find(sent.topic)
    if (!route || !routes.mayPublish(device, route))
      return refused(reason.notAllowed, 'nobody declared this topic for you', true)
    const { topic: declared, name } = route.known
    // Nobody may send what is told: `mayPublish` has said so.
    if (declared.is === 'tell') return refused(reason.notAllowed, 'the box alone says this', true)
    if (sent.retain && !keepsLast(declared))
      return refused(reason.ownReason, 'messages of this topic are not retained')
    // The last message of a topic is taken back by an empty one.
    const isEmptied = sent.retain && sent.payload.length === 0
    const payload = isEmptied ? { data: undefined } : payloadOf(declared, sent.payload)
    if ('problem' in payload) return refused(reason.payloadInvalid, payload.problem)
    const { levels } = route
    const message = { payload: payload.data, levels, device: device.id, again: sent.dup }
    try {
      const coming = { ...from, sent, route, message, at: box.now(device.site) }
      if (declared.is === 'act') return await this.#act(coming, declared)
      if (declared.is === 'record') {
        const facts = this.#factsOf(coming, declared)
        if ('wrong' in facts) return refused(reason.payloadInvalid, facts.wrong)
        if (facts.length > 0) await this.#record(coming, declared, facts)
      }
      return route.known.subscribe.length > 0 ? await this.#carry(coming) : taken
    } catch (error) {
      if (error instanceof StoreError) return { is: 'not now', why: error.message }
      machine.log('error', `mqtt: ${name} cannot take a message: ${String(error)}`)
      return refused(reason.ownReason, 'the box cannot take this message')
    }
  }

  /** What the pack says that is to be recorded; or what is wrong with it. */
  #factsOf({ message, at, route }: Coming, declared: Recorded): readonly Fact[] | { readonly wrong: string } {
    const facts: Fact[] = []
    for (const { kind, body } of declared.facts(message)) {
      const full = `${route.known.pack.name}.${kind}`
      const checked = this.#parts.known.kinds.get(full)?.fact.body.safeParse(body)
      if (checked?.success !== true) return { wrong: `it is no ${full}` }
      facts.push({ kind: full, body: checked.data, at })
    }
    return facts
  }

  /** Resolves when it is durable. */
  #record(
    { device, session, message, route }: Coming,
    declared: Recorded,
    facts: readonly Fact[],
  ): Promise<unknown> {
    const { box } = this.#parts
    // A will says the same each time, and has no session: the box says it, once.
    const id = session && declared.id?.(message)
    if (id === undefined) return box.record(device.site, facts)
    return box.recordOnce(device.site, { by: device.who, id: `${route.known.name} ${id}` }, facts)
  }

  async #act(coming: Coming, declared: TopicAny & { readonly is: 'act' }): Promise<Taken> {
    const { device, message, sent, route } = coming
    const { correlation, responseTopic } = sent.properties
    const own = declared.key?.(message) ?? (correlation && Buffer.from(correlation).toString('base64url'))
    if (own === undefined || own === '' || own.length > longestKey)
      return refused(reason.payloadInvalid, `an action needs a key of 1 to ${longestKey} characters`)
    const to = responseTopic ?? this.#parts.answers.topicOf(route)
    if (to !== undefined && !(isTopic(to) && this.#parts.routes.mayRead(device, to)))
      return refused(reason.notAllowed, 'the answer may not go to this topic')
    const key = `${device.who} ${own}`
    const say = (answer: Answer) =>
      this.#parts.answers.send({ ...coming, key, to, correlation, answer }, declared)
    const answer = await this.#parts.box.act(device.site, {
      action: `${route.known.pack.name}.${declared.action}`,
      key,
      who: device.who,
      input: declared.input ? declared.input(message) : message.payload,
    })
    await say(answer)
    if (answer.is === 'waiting') this.#parts.answers.later(device.site, key, say)
    // It may have been decided: with the same key, asking again is safe.
    return answer.is === 'unknown' ? { is: 'not now', why: answer.why } : taken
  }

  async #carry({ device, session, sent }: Coming): Promise<Taken> {
    const { sessions, machine } = this.#parts
    const { topic, payload, qos, retain, properties } = sent
    const expires =
      properties.expiry === undefined ? undefined : machine.clock.mono() + properties.expiry * 1000
    // What came is a window on the packet that it came in.
    const carried: Carried = {
      topic,
      payload: new Uint8Array(payload),
      properties: ownProperties(passedOn(properties)),
      expires,
    }
    if (retain && !sessions.retained.fits(device.site, carried))
      return refused(reason.quota, 'too many messages are retained')
    await sessions.carry({ site: device.site, carried, qos, retain, from: session })
    return taken
  }
}

const ownProperties = (properties: Properties): Properties =>
  properties.correlation ? { ...properties, correlation: new Uint8Array(properties.correlation) } : properties

const keepsLast = (declared: TopicAny): boolean => declared.is === 'pass' && declared.retain === true

const refused = (code: Reason, why: string, strange = false): Taken => ({ is: 'refused', code, why, strange })

function payloadOf(
  {
    payload: wanted,
    most = usualMost,
  }: { readonly payload: z.ZodType | Raw; readonly most?: number | undefined },
  payload: Uint8Array,
): { readonly data: unknown } | { readonly problem: string } {
  if ('bytes' in wanted)
    return payload.length <= wanted.bytes
      ? { data: new Uint8Array(payload) }
      : { problem: `it has over ${wanted.bytes} bytes` }
  if (payload.length > most) return { problem: `it has over ${most} bytes` }
  let data: unknown
  try {
    data = JSON.parse(utf8.decode(payload))
  } catch {
    return { problem: 'it is no JSON' }
  }
  const checked = wanted.safeParse(data)
  if (checked.success) return { data: checked.data }
  const [issue] = checked.error.issues
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not as declared'}` }
}
