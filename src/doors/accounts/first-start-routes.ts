import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { hubSite } from '../../kernel/settings/target.ts'
import type { DoorRoute } from '../api/door-route.ts'
import { route } from '../api/door-route.ts'
import { Trouble } from '../errors.ts'
import type { Language } from '../language.ts'
import { languages } from '../language.ts'
import type { AccountDoor } from './account-door.ts'
import { openNow, signInHere } from './browser.ts'
import type { Directory } from './directory.ts'
import { isClose } from './network-place.ts'
import { shown } from './session-routes.ts'

/** As facts name whoever sets a box up with its code: there is no account yet. */
const who = 'first start'
const text = z.string().trim().min(1).max(100)

const setup = z.object({
  code: z.string().max(20),
  organisation: text,
  language: z.enum(['fr', 'en']),
  zone: z.string().max(60),
  login: text,
  name: text,
  password: z.string().max(200),
  site: z.string().max(63),
  siteName: text,
  exercise: z.boolean().default(false),
})

/** What a browser finds that comes to a box for the first time, and how it sets the box up. */
export function firstStartRoutes(door: AccountDoor): readonly DoorRoute[] {
  const path = '/api/fleet'
  return [
    route({
      name: 'welcome',
      method: 'GET',
      path: `${path}/welcome`,
      about: {
        en: 'What a browser needs to know before anybody has signed in.',
        fr: 'Ce qu’un navigateur doit savoir avant que quelqu’un se connecte.',
      },
      permission: 'public',
      input: z.object({}),
      answer: {
        setUp: true,
        organisation: 'Trail Club',
        box: '0123456789ab',
        language: 'fr',
        reach: 'local',
        plain: true,
        needsSecondFactor: false,
      },
      run: async ({ request }) => {
        const { firstStart, accounts, directory, box } = openNow(door)
        const setUp = await firstStart.isDone()
        const isHere = isClose(request.caller)
        if (setUp) await directory.known()
        const isKnown = setUp && isHere && box.sites().includes(hubSite)
        return {
          setUp,
          organisation: isKnown ? await accounts.organisation() : null,
          box: box.id,
          language: setUp ? languageOf(directory) : null,
          reach: isHere ? 'local' : 'outside',
          plain: !request.caller.secure,
          needsSecondFactor: !isHere,
        }
      },
    }),
    route({
      name: 'setup',
      method: 'POST',
      path: `${path}/setup`,
      about: {
        en: 'Sets this box up, with the code that it shows where it was started, and signs in. Once; cut short, it goes on where it was.',
        fr: 'Configure cette box, avec le code qu’elle montre là où elle a été lancée, et connecte. Une fois ; interrompu, cela reprend.',
      },
      permission: 'public',
      sensitive: true,
      input: setup,
      example: {
        code: '483921',
        organisation: 'Trail Club',
        language: 'fr',
        zone: 'Europe/Paris',
        login: 'marie',
        name: 'Marie Dupont',
        password: 'correct horse battery',
        site: 'trail-2026',
        siteName: 'Trail 2026',
        exercise: false,
      },
      answer: { account: 'k3v9…', login: 'marie', name: 'Marie Dupont', language: 'fr' },
      admit: expectNear,
      run: async ({ input: { code, ...about }, request }) => {
        const { firstStart, accounts } = openNow(door)
        if (await firstStart.isDone())
          throw Trouble.of('setup_done', { organisation: await accounts.organisation() })
        await firstStart.judge(code.replaceAll(/\s/g, ''), request.caller.address)
        return accounts.setup(about, who)
      },
      tell: async ({ account }, { request, reply }) => {
        const open = openNow(door)
        await open.directory.known()
        const person = open.directory.person({ site: hubSite, account })
        if (!person) throw Trouble.of('starting', {})
        await signInHere(open, [person], 'password', request, reply)
        return shown(person)
      },
    }),
  ]
}

function expectNear({ caller }: FastifyRequest): void {
  if (!isClose(caller)) throw Trouble.of('setup_outside', {})
}

/** That of whoever set it up: until somebody signs in, nobody else's is known. */
function languageOf(directory: Directory): Language | null {
  const spoken = directory.firstOwner?.language
  return languages.find((each) => each === spoken) ?? null
}
