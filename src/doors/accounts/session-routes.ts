import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Guarded } from '../api/guard.ts'
import { Trouble } from '../errors.ts'
import type { AccountDoor } from './account-door.ts'
import { clientOf, isSecure, openNow, signedIn, signInHere, signOutHere } from './browser.ts'
import { sessionOf } from './credentials.ts'
import type { Directory, Person } from './directory.ts'
import { sessionMs } from './sessions.ts'

const ask = z.strictObject({
  login: z.string().min(1).max(100),
  secret: z.string().min(1).max(200),
  code: z.string().max(40).optional(),
})

/** Signing in and out with a browser, and who one is. */
export function addSessionRoutes(server: FastifyInstance, door: AccountDoor, guarded?: Guarded): void {
  const config = { permission: 'public' } as const
  const writing = { config, ...(guarded && { onRequest: guarded(['writes']) }) }
  const reading = { config, ...(guarded && { onRequest: guarded(['reads']) }) }
  const path = '/api/fleet/session'

  server.post(path, writing, async (request, reply) => {
    const open = openNow(door)
    const given = ask.safeParse(request.body)
    if (!given.success)
      throw Trouble.of('request_invalid', { reason: given.error.issues[0]?.message ?? 'no sign-in' })
    const { people, how } = await open.signIn.check(given.data, clientOf(open, request))
    await signInHere(open, people, how, request, reply)
    const [person] = people
    const lent = lentOf(person, open.directory)
    return reply.send({ ...shown(person), lent, mustChange: how === 'reset' })
  })

  server.delete(path, writing, async (request, reply) => {
    const secret = sessionOf(request.headers.cookie)
    await door.now()?.directory.known()
    if (secret !== undefined) await door.now()?.sessions.close(secret)
    signOutHere(request, reply)
    return reply.code(204).send()
  })

  server.get(path, reading, async (request, reply) => {
    const { open, people, person, session } = await signedIn(door, request)
    const roles = people
      .flatMap((each) => open.directory.allRoles(each))
      .map(({ role, at }) => ({ role, site: at === '' ? null : at }))
    const { until = null } = open.sessions.openOf(people).find((each) => each.session === session) ?? {}
    return reply.send({
      ...shown(person),
      site: person.site,
      lent: lentOf(person, open.directory),
      roles,
      proofs: open.signIn.proofsOf(person),
      mustChange: open.sessions.howOf(session) === 'reset',
      since: until === null ? null : until - sessionMs,
      until,
      // What is typed here can be read by whoever listens on this network.
      plain: !isSecure(request),
    })
  })
}

export const shown = ({ account, login, name, language }: Person) => ({ account, login, name, language })

const dayMs = 24 * 3_600_000

/** This box let him in without the hub, which last confirmed him then, so many whole days ago. */
function lentOf(
  person: Person,
  directory: Directory,
): { readonly confirmed: number | null; readonly days: number | null } | null {
  const lent = directory.lent(person)
  if (!lent) return null
  const age = directory.age(lent)
  return { confirmed: lent.confirmed, days: age === null ? null : Math.floor(age / dayMs) }
}
