import { z } from 'zod'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import type { Done } from '../local.ts'
import type { AccountDoor } from './account-door.ts'
import { longestTokenDays, tokenDays } from './accounts.ts'

/** As facts name whoever may read the data folder of a box. */
const who = 'console'
const language = z.enum(['fr', 'en'])
const text = z.string().min(1).max(100)
const role = z.string().max(80)
const site = z.string().max(63)

const inputs = {
  setup: z.object({
    organisation: text,
    language,
    zone: z.string(),
    login: text,
    name: text,
    password: z.string(),
    site,
    siteName: text,
  }),
  site: z.object({ site, name: text, zone: z.string(), exercise: z.boolean() }),
  add: z.object({
    login: text,
    name: text,
    language,
    role: role.optional(),
    site: site.nullable(),
    password: z.string().optional(),
  }),
  reset: z.object({ login: text, password: z.string() }),
  login: z.object({ login: text }),
  role: z.object({ login: text, role, site: site.nullable() }),
  token: z.object({
    login: text,
    name: text,
    allow: z.array(text).min(1).max(200),
    sites: z.array(site).max(200).nullable(),
    days: z.int().positive().max(longestTokenDays).default(tokenDays),
  }),
  revoke: z.object({ token: text }),
}

/** What whoever may read the data folder does with accounts: `regie setup`, `account`, `token`, `site`. */
export function localAccountActs(door: AccountDoor): Done {
  const open = () => {
    const now = door.now()
    if (!now) throw Trouble.of('starting', {})
    return now
  }
  const act =
    <Input>(input: z.ZodType<Input>, run: (input: Input, at: ReturnType<typeof open>) => Promise<unknown>) =>
    (given: unknown) => {
      const parsed = input.safeParse(given)
      if (parsed.success) return run(parsed.data, open())
      const [issue] = parsed.error.issues
      throw Trouble.of('request_invalid', { reason: `${issue?.path.join('.')}: ${issue?.message}` })
    }
  return {
    setup: act(inputs.setup, (input, { accounts }) => accounts.setup(input, who)),
    'site add': act(inputs.site, async (input, { accounts }) => {
      await accounts.addSite(input, who)
      return { site: input.site }
    }),
    'account add': act(inputs.add, async ({ role: wanted, site: at, password, ...about }, { accounts }) => {
      // Before anything is written: what is wrong is wrong as a whole.
      if (wanted !== undefined) accounts.checkRole(wanted)
      const person = await accounts.save(hubSite, about, who)
      if (password !== undefined) await accounts.setPassword(person, password, who)
      if (wanted !== undefined) await accounts.grant(person, wanted, at, who)
      return { account: person.account }
    }),
    'account list': act(z.object({}), (_, { accounts }) => accounts.list()),
    'account reset': act(inputs.reset, async ({ login, password }, { accounts }) => {
      const person = await accounts.find(login)
      await accounts.setPassword(person, password, who)
      await accounts.removeTotp(person, who)
      if (person.suspended) await accounts.suspend(person, false, who)
      await accounts.endSessions(person, who)
      await accounts.unlock(person, who)
      return { account: person.account }
    }),
    'account totp': act(inputs.login, async ({ login }, { accounts }) =>
      accounts.setTotp(await accounts.find(login), who),
    ),
    'account grant': act(inputs.role, async ({ login, role: wanted, site: at }, { accounts }) => {
      await accounts.grant(await accounts.find(login), wanted, at, who)
    }),
    'account remove': act(inputs.role, async ({ login, role: wanted, site: at }, { accounts }) => {
      await accounts.remove(await accounts.find(login), wanted, at, who)
    }),
    'account suspend': act(inputs.login, async ({ login }, { accounts }) => {
      await accounts.suspend(await accounts.find(login), true, who)
    }),
    'account resume': act(inputs.login, async ({ login }, { accounts }) => {
      await accounts.suspend(await accounts.find(login), false, who)
    }),
    'account sign-out': act(inputs.login, async ({ login }, { accounts }) => {
      await accounts.endSessions(await accounts.find(login), who)
    }),
    'account unlock': act(inputs.login, async ({ login }, { accounts }) => {
      await accounts.unlock(await accounts.find(login), who)
    }),
    'token add': act(inputs.token, async ({ login, ...about }, { accounts }) =>
      accounts.createToken(await accounts.find(login), about, who),
    ),
    'token list': act(z.object({}), (_, { accounts }) => accounts.tokens()),
    'token revoke': act(inputs.revoke, async ({ token }, { accounts }) => {
      await accounts.revokeToken(token, who)
    }),
  }
}
