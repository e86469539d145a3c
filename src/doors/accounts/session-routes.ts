import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { sha256 } from '../../kernel/digest.ts'
import { Trouble } from '../errors.ts'
import type { Guarded } from '../api/guard.ts'
import type { AccountDoor } from './account-door.ts'
import { clientCookie, cookieOf, sessionCookie, sessionOf, setCookie } from './credentials.ts'
import type { Person } from './directory.ts'
import { sessionMs } from './sessions.ts'

const ask = z.strictObject({
  login: z.string().min(1).max(100),
  secret: z.string().min(1).max(200),
  code: z.string().max(40).optional(),
})
const yearSeconds = 365 * 24 * 3600

/** Signing in and out with a browser, and who one is. */
export function addSessionRoutes(server: FastifyInstance, door: AccountDoor, guarded?: Guarded): void {
  const config = { permission: 'public' } as const
  const writing = { config, ...(guarded && { onRequest: guarded(['writes']) }) }
  const reading = { config, ...(guarded && { onRequest: guarded(['reads']) }) }
  const path = '/api/fleet/session'

  server.post(path, writing, async (request, reply) => {
    const open = door.now()
    if (!open) throw Trouble.of('starting', {})
    const given = ask.safeParse(request.body)
    if (!given.success)
      throw Trouble.of('request_invalid', { reason: given.error.issues[0]?.message ?? 'no sign-in' })
    const mark = cookieOf(request.headers.cookie, clientCookie)
    const cookie = open.marks.read(mark)
    const { address, secure, relayed } = request.caller
    const client = { cookie, address, secure, relayed }
    const { person, how } = await open.signIn.check(given.data, client)
    const secret = await open.sessions.open(person, how, client.address)
    remember(reply, sessionCookie, secret, { seconds: sessionMs / 1000, secure })
    // From now on this browser is told from others behind its address, whatever they try.
    const kept = cookie === undefined ? open.marks.make() : (mark ?? '')
    remember(reply, clientCookie, kept, { seconds: yearSeconds, secure })
    return reply.send(shown(person))
  })

  server.delete(path, writing, async (request, reply) => {
    const secret = sessionOf(request.headers.cookie)
    await door.now()?.directory.known()
    if (secret !== undefined) await door.now()?.sessions.close(secret)
    remember(reply, sessionCookie, '', { seconds: 0, secure: request.caller.secure })
    return reply.code(204).send()
  })

  server.get(path, reading, async (request, reply) => {
    const open = door.now()
    await open?.directory.known()
    const secret = sessionOf(request.headers.cookie)
    const whose = secret === undefined ? undefined : open?.sessions.whose(sha256(secret))
    const person = whose && open?.directory.person(whose)
    if (!open || !person) throw Trouble.of('sign_in_needed', {})
    const roles = open.directory
      .allRoles(person)
      .map(({ role, at }) => ({ role, site: at === '' ? null : at }))
    return reply.send({ ...shown(person), roles })
  })
}

const shown = ({ account, login, name, language }: Person) => ({ account, login, name, language })

function remember(
  reply: FastifyReply,
  name: string,
  value: string,
  how: { readonly seconds: number; readonly secure: boolean },
): void {
  void reply.header('set-cookie', setCookie(name, value, how))
}
