import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { canonical } from '../../kernel/digest.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { refusalWords } from '../../kernel/pack/kinds.ts'
import { Trouble } from '../errors.ts'
import { keyHeader } from '../http-errors.ts'
import type { Texts } from '../language.ts'
import type { Permission } from '../permission.ts'
import { ownKey } from '../visitor.ts'
import { askingIn } from './asking.ts'
import type { Texts as Address } from './fields.ts'
import { inputFrom } from './fields.ts'
import type { Guarded } from './guard.ts'
import { answerWithinMs, within } from './parts.ts'
import { Replays } from './replays.ts'

export type Asked<Input> = {
  readonly input: Input
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The key of one of the steps that a request has, as the log knows it. */
  readonly keyOf: (step: number) => string
}

/** What a door does itself: no single action or query stands behind it, so it says here what those declare. */
export type DoorRoute = {
  /** As descriptions and the attack table know it. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly about: Texts
  readonly permission: Permission
  /** It asks itself who may, of the very site that it is about. */
  readonly bySite?: boolean | undefined
  readonly sensitive?: boolean | undefined
  /** Stands in the address beside the input: which site is asked. */
  readonly site?: boolean | undefined
  readonly input: z.ZodType
  readonly example?: unknown
  /** An answer as it looks; undefined where there is none to read. */
  readonly answer?: unknown
  readonly type?: string | undefined
  /** Whether this visitor may at all, before anything that he sent is looked at. */
  readonly admit?: ((request: FastifyRequest) => unknown) | undefined
  readonly run: (asked: Asked<never>) => Promise<unknown>
  /** What is answered to this very request, where `run` may have been that of an earlier one with its key. */
  readonly tell?: ((answer: never, asked: Asked<never>) => Promise<unknown>) | undefined
}

/** So that what a route does is held against what it takes. */
export function route<Input extends z.ZodType, Answer>(
  declared: Omit<DoorRoute, 'input' | 'run' | 'tell'> & {
    readonly input: Input
    readonly run: (asked: Asked<z.infer<Input>>) => Promise<Answer>
    readonly tell?: (answer: Answer, asked: Asked<z.infer<Input>>) => Promise<unknown>
  },
): DoorRoute {
  return declared
}

type Parts = {
  readonly known: Known
  readonly machine: Pick<Machine, 'clock' | 'timers' | 'random'>
  readonly guarded: Guarded
}

export function addDoorRoutes(server: FastifyInstance, routes: readonly DoorRoute[], parts: Parts): void {
  const replays = new Replays(parts.machine.clock.mono)
  for (const each of routes) {
    const { method, path, permission, bySite = false, sensitive = false } = each
    const isRead = method === 'GET'
    const sorts = isRead
      ? (['reads'] as const)
      : sensitive
        ? (['writes', 'sensitive'] as const)
        : (['writes'] as const)
    server.route({
      method,
      url: path,
      config: { permission, bySite },
      onRequest: parts.guarded(sorts),
      exposeHeadRoute: false,
      handler: isRead ? reading(each, parts) : writing(each, parts, replays),
    })
  }
}

type Runs = (asked: Asked<unknown>) => Promise<unknown>
type Tells = (answer: unknown, asked: Asked<unknown>) => Promise<unknown>

function reading({ input, run, site = false, admit }: DoorRoute, { machine }: Parts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    await admit?.(request)
    const fields = inputFrom(input, request.query as Address, site ? ['site'] : [])
    const asked = { input: input.parse(fields), request, reply, keyOf: () => '' }
    const late = () => Trouble.of('too_slow', { seconds: answerWithinMs / 1000 })
    return answered(reply, await within(machine.timers, answerWithinMs, (run as Runs)(asked), late))
  }
}

function writing({ input, run, tell, admit, site = false }: DoorRoute, parts: Parts, replays: Replays) {
  const { known, machine } = parts
  return async (request: FastifyRequest, reply: FastifyReply) => {
    expectAddress(request, site)
    await admit?.(request)
    const sent = { body: request.body ?? {}, headers: request.headers }
    const { key, input: given } = askingIn(sent, { input }, machine.random)
    reply.header(keyHeader, key)
    const { visitor } = request
    const keyOf = (step: number) => ownKey(visitor, `${key} ${step}`)
    const asked = { input: input.parse(given), request, reply, keyOf }
    const what = `${request.method} ${request.url} ${canonical(given)}`
    const answer = replays.once(ownKey(visitor, key), what, () => (run as Runs)(asked))
    if (!answer) throw keyConflict(known, key)
    const late = () => Trouble.of('outcome_unknown', {}).with({ key })
    const done = await within(machine.timers, answerWithinMs, answer, late)
    return answered(reply, tell ? await (tell as Tells)(done, asked) : done)
  }
}

/** A write says what it wants in its body; of the address only which site. */
function expectAddress({ query }: FastifyRequest, site: boolean): void {
  const stranger = Object.entries(query as Address).find(([name]) => !site || name !== 'site')
  if (stranger)
    throw Trouble.of('field_unknown', { field: stranger[0], names: site ? 'site' : '{}' }).with({
      field: stranger[0],
    })
}

function keyConflict(known: Known, key: string): Trouble {
  const words = refusalWords(known, known.kernel, 'key-conflict')
  if (!words) throw new Error('the kernel refuses no key')
  return Trouble.refused('key-conflict', words, { key }).with({ key })
}

/** What was sent already is not sent again. */
function answered(reply: FastifyReply, answer: unknown): unknown {
  if (reply.sent) return reply
  return answer === undefined ? reply.code(204).send() : reply.send(answer)
}
