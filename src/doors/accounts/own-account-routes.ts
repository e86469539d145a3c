import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { digest } from '../../kernel/accounts/facts.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { DoorRoute } from '../api/door-route.ts'
import { route } from '../api/door-route.ts'
import { Trouble } from '../errors.ts'
import type { AccountDoor } from './account-door.ts'
import type { Signed } from './browser.ts'
import { clientOf, expectPrivate, signedIn, signInHere, signOutHere } from './browser.ts'
import { endSession, OwnAccount } from './own-account.ts'
import { shown } from './session-routes.ts'
import { sessionMs } from './sessions.ts'
import { whoOf } from './visitors.ts'

const secret = z.string().min(1).max(200)
const code = z.string().min(1).max(40)
const nothing = z.object({})
const path = '/api/fleet/session'

function expectChosen(signed: Signed): Signed {
  if (signed.open.sessions.howOf(signed.session) === 'reset') throw Trouble.of('password_must_change', {})
  return signed
}

/** What the hub lent is changed at the hub. */
function expectOwn(signed: Signed): Signed {
  const { lending, login, account } = signed.person
  if (lending !== undefined) throw Trouble.of('login_lent', { login: login ?? account })
  return signed
}

/** One's own account: only with the cookie of a browser that is signed in, whatever one is. */
export function ownAccountRoutes(
  door: AccountDoor,
  machine: Pick<Machine, 'clock' | 'random'>,
): readonly DoorRoute[] {
  const own = new OwnAccount(machine)
  const permission = 'public'
  const me = async (request: FastifyRequest): Promise<Signed> => expectChosen(await signedIn(door, request))
  const atHome = async (request: FastifyRequest): Promise<Signed> => expectOwn(await signedIn(door, request))
  const mine = async (request: FastifyRequest): Promise<Signed> => expectOwn(await me(request))
  return [
    route({
      name: 'session.password',
      method: 'PUT',
      path: `${path}/password`,
      about: {
        en: 'One’s own password. All other sessions end. Where it was made by somebody else, the old one may be left out.',
        fr: 'Son propre mot de passe. Les autres sessions se terminent. S’il a été fait par un autre, l’ancien peut manquer.',
      },
      permission,
      sensitive: true,
      input: z.object({ password: secret.optional(), next: secret }),
      example: { password: 'correct horse battery', next: 'three other words' },
      answer: { account: 'k3v9…', login: 'marie', name: 'Marie Dupont', language: 'fr', mustChange: false },
      admit: atHome,
      run: async ({ input, request, keyOf }) => {
        const signed = await atHome(request)
        const isFirst = signed.open.sessions.howOf(signed.session) === 'reset'
        await own.changePassword(signed, input, clientOf(signed.open, request), keyOf)
        return { signed, isFirst }
      },
      tell: async ({ signed: { open, person }, isFirst }, { request, reply }) => {
        if (isFirst) await signInHere(open, [person], 'password', request, reply)
        return { ...shown(person), mustChange: false }
      },
    }),
    route({
      name: 'session.save',
      method: 'PATCH',
      path,
      about: { en: 'One’s own name and language.', fr: 'Son propre nom et sa langue.' },
      permission,
      input: z.object({
        name: z.string().trim().min(1).max(100).optional(),
        language: z.enum(['fr', 'en']).optional(),
      }),
      example: { name: 'Marie Dupont', language: 'fr' },
      answer: { account: 'k3v9…', login: 'marie', name: 'Marie Dupont', language: 'fr' },
      admit: mine,
      run: async ({ input, request, keyOf }) => {
        const { open, person } = await mine(request)
        // Whoever was erased has no name to change.
        if (person.login === null) throw Trouble.of('sign_in_needed', {})
        const about = {
          login: person.login,
          name: input.name ?? person.name ?? '',
          language: input.language ?? (person.language === 'en' ? ('en' as const) : ('fr' as const)),
        }
        const { account } = person
        await open.accounts
          .keyed(keyOf)
          .act(person.site, 'account.save', { account, ...about }, whoOf(person))
        return { account, ...about }
      },
    }),
    route({
      name: 'session.totp.begin',
      method: 'POST',
      path: `${path}/totp`,
      about: {
        en: 'A second factor: what the app is given. It counts once a code of it has come.',
        fr: 'Un second facteur : ce que reçoit l’application. Il compte une fois qu’un code en est venu.',
      },
      permission,
      sensitive: true,
      input: z.object({ password: secret }),
      example: { password: 'correct horse battery' },
      answer: { secret: 'JBSWY3DP…', address: 'otpauth://totp/…' },
      admit: mine,
      run: async ({ input, request }) => {
        const signed = await mine(request)
        return own.beginTotp(signed, input.password, clientOf(signed.open, request))
      },
    }),
    route({
      name: 'session.totp.confirm',
      method: 'PUT',
      path: `${path}/totp`,
      about: {
        en: 'The first code of the app: from now on it counts. Answers ten codes that work once, shown once.',
        fr: 'Le premier code de l’application : dès lors elle compte. Répond dix codes à usage unique, montrés une fois.',
      },
      permission,
      sensitive: true,
      input: z.object({ code }),
      example: { code: '123456' },
      answer: { codes: ['ABCD-EFGH'] },
      admit: async (request) => {
        await mine(request)
        expectPrivate(request)
      },
      run: async ({ input, request, keyOf }) => {
        const signed = await mine(request)
        return own.confirmTotp(signed, input.code, clientOf(signed.open, request), keyOf)
      },
    }),
    route({
      name: 'session.totp.remove',
      method: 'DELETE',
      path: `${path}/totp`,
      about: { en: 'No second factor any more.', fr: 'Plus de second facteur.' },
      permission,
      sensitive: true,
      input: z.object({ password: secret, code }),
      example: { password: 'correct horse battery', code: '123456' },
      admit: mine,
      run: async ({ input, request, keyOf }) => {
        const signed = await mine(request)
        await own.removeTotp(signed, input, clientOf(signed.open, request), keyOf)
      },
    }),
    route({
      name: 'session.all',
      method: 'GET',
      path: `${path}/all`,
      about: {
        en: 'One’s own sessions, the newest first.',
        fr: 'Ses propres sessions, la plus récente d’abord.',
      },
      permission,
      input: nothing,
      answer: {
        sessions: [
          {
            session: 'A'.repeat(43),
            current: true,
            here: true,
            box: '0123456789ab',
            how: 'password',
            address: '192.168.1.30',
            since: 1_790_000_000_000,
            until: 1_790_043_200_000,
          },
        ],
      },
      admit: me,
      run: async ({ request }) => {
        const { open, people, session: current } = await me(request)
        const sessions = open.sessions
          .openOf(people)
          .toSorted((a, b) => (b.until ?? 0) - (a.until ?? 0))
          .map(({ session, box, how, address, until }) => {
            const since = until === null ? null : until - sessionMs
            return {
              session,
              current: session === current,
              here: box === open.box.id,
              box,
              how,
              address,
              since,
              until,
            }
          })
        return { sessions }
      },
    }),
    route({
      name: 'session.end.own',
      method: 'DELETE',
      path: `${path}/:id`,
      about: { en: 'One of one’s own sessions ends.', fr: 'L’une de ses propres sessions se termine.' },
      permission,
      input: nothing,
      admit: me,
      run: async ({ request }) => {
        const { open, people, person } = await me(request)
        const { id } = request.params as { readonly id: string }
        const isOwn = open.sessions.openOf(people).some(({ session }) => session === id)
        if (!digest.safeParse(id).success || !isOwn) throw Trouble.of('session_absent', {})
        await endSession(open, person, id)
        return { session: id }
      },
      tell: async ({ session }, { request, reply }) => {
        const now = await signedIn(door, request).catch(() => undefined)
        if (now === undefined || now.session === session) signOutHere(request, reply)
        return undefined
      },
    }),
  ]
}
