import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accountId, siteName } from '../../kernel/accounts/facts.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { DoorRoute } from '../api/door-route.ts'
import { route } from '../api/door-route.ts'
import { oneSite } from '../api/sites.ts'
import { Trouble } from '../errors.ts'
import { roleTexts } from '../role-words.ts'
import type { AccountDoor } from './account-door.ts'
import { longestTokenDays, tokenDays } from './accounts.ts'
import { expectPrivate, openNow } from './browser.ts'
import { People, siteOfVolunteer } from './people.ts'

const text = z.string().trim().min(1).max(100)
const role = z.string().max(80).nullable()
const password = z.string().min(1).max(200).optional()
const moment = z.int().nonnegative()
const path = '/api/fleet/people'
/** Whoever could do something here at all; what, and where, is asked of the actions that stand behind it. */
const permission = ['owner', 'lead'] as const

const newPerson = z.object({
  login: text,
  name: text,
  language: z.enum(['fr', 'en']),
  role,
  site: siteName.nullable(),
  password,
  until: moment.optional(),
})

/** A route does what these actions do, at a site: whoever asks may all of them there. */
type Needs = { readonly fleet: readonly string[]; readonly site: readonly string[] }

const made = {
  account: 'k3v9…',
  site: 'fleet',
  login: 'jo',
  oneTime: 'bada-kilo-…',
  pin: null,
  until: 1_790_000_000_000,
}

/** People and tokens, for owners; a site's volunteers, for its leads. */
export function peopleRoutes(
  door: AccountDoor,
  { known, machine }: { readonly known: Known; readonly machine: Pick<Machine, 'random'> },
): readonly DoorRoute[] {
  const people = new People(machine.random)

  const expect = ({ visitor }: FastifyRequest, names: readonly string[], site: string): void => {
    for (const name of names) {
      const allow = known.actions.get(name)?.allow ?? []
      // That there is an organisation is no secret to whoever has a name.
      if (site === hubSite && !visitor.may({ name, allow }, site))
        throw Trouble.of('not_allowed', { site, roles: roleTexts(allow) }).with({ allow })
      oneSite(openNow(door).box.sites(), visitor, { name, allow }, site)
    }
  }
  /** Somebody who may add nobody hears so, and not what is wrong with what he sent. */
  const expectAnywhere = ({ visitor }: FastifyRequest): void => {
    const names = ['account.save', 'volunteer.save']
    const permits = names.map((name) => ({ name, allow: known.actions.get(name)?.allow ?? [] }))
    const sites = openNow(door).box.sites()
    if (sites.some((site) => permits.some((permit) => visitor.may(permit, site)))) return
    throw Trouble.of('allowed_nowhere', { roles: roleTexts(permission) }).with({ allow: permission })
  }
  /** The site in whose log the account stands: the one that is named, else the only one where this visitor may. */
  const siteOf = (request: FastifyRequest, { fleet, site }: Needs): string => {
    const { site: given } = request.query as { readonly site?: string | readonly string[] }
    if (typeof given === 'object') throw Trouble.of('field_twice', { field: 'site' }).with({ field: 'site' })
    const sites = openNow(door).box.sites()
    const permits = (names: readonly string[]) =>
      names.map((name) => ({ name, allow: known.actions.get(name)?.allow ?? [] }))
    const mayFleet = permits(fleet).every((permit) => request.visitor.may(permit, hubSite))
    if (given === undefined && mayFleet && sites.includes(hubSite)) return hubSite
    const [first = { name: '', allow: [] }] = permits(site)
    const found = oneSite(
      sites.filter((each) => given !== undefined || each !== hubSite),
      request.visitor,
      first,
      given,
    )
    expect(request, found === hubSite ? fleet : site, found)
    return found
  }
  const personIn = (request: FastifyRequest, needs: Needs) => {
    const { account } = request.params as { readonly account: string }
    const site = siteOf(request, needs)
    if (!accountId.safeParse(account).success) throw Trouble.of('login_unknown', { login: account })
    return { site, account }
  }
  const by = ({ visitor }: FastifyRequest, keyOf: (step: number) => string) => ({ who: visitor.who, keyOf })

  const passwordNeeds = {
    fleet: ['account.prove', 'session.end'],
    site: ['volunteer.save', 'volunteer.signOut'],
  }
  const signOutNeeds = { fleet: ['session.end'], site: ['volunteer.signOut'] }
  const unlockNeeds = { fleet: ['login.unlock'], site: ['login.unlock'] }
  const totpNeeds = { fleet: ['account.prove'], site: ['account.prove'] }
  const shared = { permission, bySite: true, site: true, sensitive: true } as const

  return [
    route({
      name: 'people.add',
      method: 'POST',
      path,
      about: {
        en: 'A new account. Without a password one is made, shown once, and changed at the first sign-in. A volunteer of a site gets a PIN instead.',
        fr: 'Un nouveau compte. Sans mot de passe, il en est fait un, montré une fois, changé à la première connexion. Un bénévole d’un site reçoit un code PIN.',
      },
      permission,
      bySite: true,
      sensitive: true,
      input: newPerson,
      example: { login: 'jo', name: 'Jo Martin', language: 'fr', role: 'lead', site: 'trail-2026' },
      answer: made,
      admit: (request) => {
        expectAnywhere(request)
        expectPrivate(request)
      },
      run: async ({ input, request, keyOf }) => {
        const at = siteOfVolunteer(input)
        if (at !== null) expect(request, ['volunteer.save'], at)
        else {
          const names = ['account.save', 'account.prove', ...(input.role === null ? [] : ['role.grant'])]
          expect(request, names, hubSite)
        }
        return people.add(openNow(door), input, by(request, keyOf))
      },
    }),
    route({
      ...shared,
      name: 'people.password',
      method: 'PUT',
      path: `${path}/:account/password`,
      about: {
        en: 'Another password for somebody: a given one, or one that is made, shown once, and changed at the next sign-in. His sessions end.',
        fr: 'Un autre mot de passe pour quelqu’un : donné, ou fait, montré une fois et changé à la prochaine connexion. Ses sessions se terminent.',
      },
      input: z.object({ password }),
      example: {},
      answer: made,
      admit: (request) => {
        personIn(request, passwordNeeds)
        expectPrivate(request)
      },
      run: async ({ input, request, keyOf }) => {
        const whose = personIn(request, passwordNeeds)
        return people.setPassword(openNow(door), whose, input.password, by(request, keyOf))
      },
    }),
    route({
      ...shared,
      name: 'people.signOut',
      method: 'POST',
      path: `${path}/:account/sign-out`,
      about: { en: 'All sessions of somebody end.', fr: 'Toutes les sessions de quelqu’un se terminent.' },
      input: z.object({}),
      admit: (request) => personIn(request, signOutNeeds),
      run: async ({ request, keyOf }) => {
        const { site, account } = personIn(request, signOutNeeds)
        const name = site === hubSite ? 'session.end' : 'volunteer.signOut'
        const { accounts } = openNow(door)
        await accounts.keyed(keyOf).act(site, name, { account, session: null }, request.visitor.who)
      },
    }),
    route({
      ...shared,
      name: 'people.unlock',
      method: 'POST',
      path: `${path}/:account/unlock`,
      about: {
        en: 'Whoever was shut out after wrong tries may try again.',
        fr: 'Qui a été bloqué après de faux essais peut réessayer.',
      },
      input: z.object({}),
      admit: (request) => personIn(request, unlockNeeds),
      run: async ({ request, keyOf }) => {
        await openNow(door).accounts.keyed(keyOf).unlock(personIn(request, unlockNeeds), request.visitor.who)
      },
    }),
    route({
      ...shared,
      name: 'people.totp.remove',
      method: 'DELETE',
      path: `${path}/:account/totp`,
      about: {
        en: 'Takes away the second factor of somebody who lost it.',
        fr: 'Retire le second facteur de quelqu’un qui l’a perdu.',
      },
      input: z.object({}),
      admit: (request) => personIn(request, totpNeeds),
      run: async ({ request, keyOf }) => {
        await openNow(door)
          .accounts.keyed(keyOf)
          .removeTotp(personIn(request, totpNeeds), request.visitor.who)
      },
    }),
    route({
      name: 'tokens.add',
      method: 'POST',
      path: '/api/fleet/tokens',
      about: {
        en: 'A token for a program, that acts for whoever makes it: what it may is listed. It is shown once.',
        fr: 'Un jeton pour un programme, qui agit pour qui le fait : ce qu’il peut est listé. Il est montré une fois.',
      },
      permission: ['owner'],
      bySite: true,
      sensitive: true,
      input: z.object({
        name: text,
        allow: z.array(z.string().min(1).max(100)).min(1).max(200),
        sites: z.array(siteName).max(200).nullable(),
        days: z.int().positive().max(longestTokenDays).default(tokenDays),
      }),
      example: { name: 'scoreboard', allow: ['sites'], sites: ['trail-2026'], days: 90 },
      answer: { id: 'k3v9…', token: 'rgt_…', until: 1_790_000_000_000 },
      admit: (request) => {
        // Else a token that may make tokens could make one that may everything.
        if (request.visitor.kind !== 'person') throw Trouble.of('person_needed', {})
        expect(request, ['token.create'], hubSite)
        expectPrivate(request)
      },
      run: async ({ input, request, keyOf }) => {
        const { accounts } = openNow(door)
        const whose = { site: hubSite, account: request.visitor.who }
        return accounts.keyed(keyOf).createToken(whose, input, request.visitor.who)
      },
    }),
  ]
}
