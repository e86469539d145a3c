import { KeyRound, LockOpen, LogOut, Plus, UserCheck, UserX, X } from 'lucide'
import { useState } from 'preact/hooks'
import { Button } from '../../../web/kit/button.tsx'
import { confirm, Dialog } from '../../../web/kit/dialog.tsx'
import type { Option } from '../../../web/kit/field.tsx'
import { SelectField } from '../../../web/kit/field.tsx'
import { Mark } from '../../../web/kit/mark.tsx'
import { say } from '../../../web/kit/say.ts'
import { toast } from '../../../web/kit/toast.tsx'
import { askNow } from '../../../web/live/ask-now.ts'
import type { Problem } from '../../../web/live/ask.ts'
import { isOwner, me } from '../../../web/live/me.ts'
import { words } from '../words/pages.ts'
import { everywhere, roleName, roleOptions, useSites } from './roles.ts'

export type PersonRow = {
  /** The site in whose log the account stands. */
  readonly site: string
  readonly account: string
  readonly login: string | null
  readonly name: string | null
  readonly suspended: boolean
  readonly roles: readonly Held[]
  readonly proofs: readonly { readonly proof: string; readonly until: number | null }[]
}
type Held = { readonly role: string; readonly site: string | null }

/** "Lead · Trail des Crêtes": what somebody may, and where. */
export function roleText({ role, site }: Held, sites: readonly Option<string>[]): string {
  const place = site === null ? say(words.everywhere) : sites.find(({ value }) => value === site)?.label
  return `${roleName(role)} · ${place ?? site}`
}

type MadeSecret = { readonly oneTime: string | null; readonly pin: string | null }

type PersonProps = {
  readonly of: PersonRow
  readonly onClose: () => void
  readonly onOnce: (once: { readonly name: string; readonly secret: string }) => void
}

/** One person: what they may, and what can be done for them. */
export function Person({ of, onClose, onOnce }: PersonProps) {
  const { account, name, login, suspended, roles } = of
  const called = name ?? login ?? account
  const address = (what: string) =>
    `/api/fleet/people/${encodeURIComponent(account)}/${what}?site=${encodeURIComponent(of.site)}`
  const sites = useSites()
  const isSelf = account === me.value?.account
  const resetPassword = async () => {
    const answer = await askNow<MadeSecret>('PUT', address('password'), {})
    if (!answer.ok) return complain(answer.wrong)
    onClose()
    onOnce({ name: called, secret: answer.body.oneTime ?? answer.body.pin ?? '' })
  }
  const suspend = async () => {
    const isSure = await confirm({
      title: say(words.suspendTitle, { name: called }),
      text: say(words.suspendText),
      yes: say(words.suspend),
      danger: true,
    })
    if (!isSure) return
    await tell(setSuspended(of, true))
    toast(say(words.suspended), 'off', () => tell(setSuspended(of, false)))
  }
  return (
    <Dialog title={called} onClose={onClose}>
      <div class='line-up spread'>
        <code>{login}</code>
        <Mark is={suspended ? 'off' : 'good'}>{say(suspended ? words.suspended : words.active)}</Mark>
      </div>
      <section class='stack tight'>
        <h3>{say(words.roles)}</h3>
        <ul class='answers'>
          {roles.map((held) => (
            <li key={`${held.role} ${held.site}`}>
              <span class='body'>{roleText(held, sites)}</span>
              {isOwner() && (
                <Button look='plain' icon={X} iconOnly onPress={() => takeAway(of, held)}>
                  {say(words.remove)}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {isOwner() && <Grant of={of} />}
      </section>
      <div class='line-up'>
        <Button icon={KeyRound} onPress={resetPassword}>
          {say(words.newPassword)}
        </Button>
        <Button icon={LogOut} onPress={() => tell(askNow('POST', address('sign-out'), {}))}>
          {say(words.signOutEverywhere)}
        </Button>
        <Button icon={LockOpen} onPress={() => tell(askNow('POST', address('unlock'), {}))}>
          {say(words.unlock)}
        </Button>
        {suspended ? (
          <Button icon={UserCheck} onPress={() => tell(setSuspended(of, false))}>
            {say(words.resume)}
          </Button>
        ) : (
          !isSelf && (
            <Button icon={UserX} look='danger' onPress={suspend}>
              {say(words.suspend)}
            </Button>
          )
        )}
      </div>
    </Dialog>
  )
}

function Grant({ of }: { readonly of: PersonRow }) {
  const sites = useSites()
  const [role, setRole] = useState('lead')
  const [site, setSite] = useState(sites[0]?.value ?? everywhere)
  const grant = () =>
    tell(act(of, 'role.grant', { account: of.account, role, site: site === everywhere ? null : site }))
  return (
    <div class='form'>
      <div class='pair'>
        <SelectField
          label={say(words.role)}
          value={role}
          onInput={setRole}
          options={roleOptions(true).map(({ value, label }) => ({ value, label }))}
        />
        <SelectField
          label={say(words.where)}
          value={site}
          onInput={setSite}
          options={[...sites, { value: everywhere, label: say(words.everywhere) }]}
        />
      </div>
      <div class='line-up'>
        <Button icon={Plus} onPress={grant}>
          {say(words.grant)}
        </Button>
      </div>
    </div>
  )
}

async function takeAway(of: PersonRow, { role, site }: Held): Promise<void> {
  const isSure = await confirm({
    title: say(words.removeRole),
    text: say(words.removeRoleText, { name: of.name ?? of.login ?? '' }),
    yes: say(words.remove),
    danger: true,
  })
  if (isSure) await tell(act(of, 'role.remove', { account: of.account, role, site }))
}

const setSuspended = (of: PersonRow, suspended: boolean) =>
  act(of, 'account.suspend', { account: of.account, suspended })

const act = ({ site }: PersonRow, action: string, input: unknown) =>
  askNow('POST', `/api/fleet/${action}?site=${encodeURIComponent(site)}`, input)

async function tell(asked: ReturnType<typeof askNow>): Promise<void> {
  const answer = await asked
  if (answer.ok) toast(say(words.saved))
  else complain(answer.wrong)
}

const complain = ({ title, doThis }: Problem) => toast(`${title} ${doThis}`, 'bad')
