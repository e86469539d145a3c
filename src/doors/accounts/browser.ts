import type { FastifyReply, FastifyRequest } from 'fastify'
import { sha256 } from '../../kernel/digest.ts'
import { Trouble } from '../errors.ts'
import type { AccountDoor, Open } from './account-door.ts'
import { clientCookie, cookieOf, sessionCookie, sessionOf, setCookie } from './credentials.ts'
import type { Person } from './directory.ts'
import { isClose } from './network-place.ts'
import type { How } from './sessions.ts'
import { sessionMs } from './sessions.ts'
import type { Client } from './sign-in.ts'

const yearSeconds = 365 * 24 * 3600

export const isSecure = ({ caller }: FastifyRequest): boolean => caller.secure

/** What is secret travels in clear on this machine and on private networks only. */
export function expectPrivate(request: FastifyRequest): void {
  if (!isSecure(request) && !isClose(request.caller)) throw Trouble.of('https_needed', {})
}

/** The accounts, once the box is open. */
export function openNow(door: AccountDoor): Open {
  const open = door.now()
  if (!open) throw Trouble.of('starting', {})
  return open
}

/** Which browser asks, as wrong tries are counted. */
export const clientOf = (open: Open, request: FastifyRequest): Client => ({
  cookie: open.marks.read(cookieOf(request.headers.cookie, clientCookie)),
  address: request.caller.address,
  secure: request.caller.secure,
  relayed: request.caller.relayed,
})

/**
 * Who is signed in with this browser, in which session. `people`: more than one where he was lent to several sites;
 * `person`: the first of them.
 */
export type Signed = {
  readonly open: Open
  readonly people: readonly Person[]
  readonly person: Person
  readonly session: string
}

/** Throws where nobody is signed in. */
export async function signedIn(door: AccountDoor, request: FastifyRequest): Promise<Signed> {
  const open = openNow(door)
  await open.directory.known()
  const secret = sessionOf(request.headers.cookie)
  const session = secret === undefined ? undefined : sha256(secret)
  const whose = session === undefined ? [] : open.sessions.whose(session)
  const people = whose.flatMap((each) => open.directory.person(each) ?? [])
  const [person] = people
  if (session === undefined || !person) throw Trouble.of('sign_in_needed', {})
  return { open, people, person, session }
}

/** Has this browser keep a session of somebody who showed who he is. */
export async function signInHere(
  open: Open,
  people: readonly Person[],
  how: How,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const secret = await open.sessions.open(people, how, request.caller.address)
  const secure = isSecure(request)
  remember(reply, sessionCookie, secret, { seconds: sessionMs / 1000, secure })
  // From now on this browser is told from others behind its address, whatever they try.
  const mark = cookieOf(request.headers.cookie, clientCookie)
  const kept = open.marks.read(mark) === undefined ? open.marks.make() : (mark ?? '')
  remember(reply, clientCookie, kept, { seconds: yearSeconds, secure })
}

export function signOutHere(request: FastifyRequest, reply: FastifyReply): void {
  remember(reply, sessionCookie, '', { seconds: 0, secure: isSecure(request) })
}

function remember(
  reply: FastifyReply,
  name: string,
  value: string,
  how: { readonly seconds: number; readonly secure: boolean },
): void {
  void reply.header('set-cookie', setCookie(name, value, how))
}
