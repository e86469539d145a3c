import { UserPlus, UserRound } from 'lucide'
import { useState } from 'preact/hooks'
import { Button } from '../../../web/kit/button.tsx'
import { Copyable } from '../../../web/kit/copy.tsx'
import { Dialog } from '../../../web/kit/dialog.tsx'
import { ChoiceField, SelectField, TextField } from '../../../web/kit/field.tsx'
import { Form, useForm } from '../../../web/kit/form.tsx'
import { Heading } from '../../../web/kit/heading.tsx'
import { Mark } from '../../../web/kit/mark.tsx'
import { Notice } from '../../../web/kit/notice.tsx'
import { Empty, Panel } from '../../../web/kit/panel.tsx'
import { language, say } from '../../../web/kit/say.ts'
import type { Column } from '../../../web/kit/table.tsx'
import { Table } from '../../../web/kit/table.tsx'
import { askNow } from '../../../web/live/ask-now.ts'
import { isOwner } from '../../../web/live/me.ts'
import { useQueryOf } from '../../../web/live/use.ts'
import { words } from '../words/pages.ts'
import type { PersonRow } from './person.tsx'
import { Person, roleText } from './person.tsx'
import { everywhere, roleOptions, useSites } from './roles.ts'

const useQuery = useQueryOf<Record<never, never>>()

/** Who may sign in, and what each may do where. */
export function People() {
  const { rows, state } = useQuery('accounts', {})
  const sites = useSites()
  const [isAdding, setAdding] = useState(false)
  const [open, setOpen] = useState<string>()
  const [once, setOnce] = useState<Once>()
  const people = rows.filter(({ login }) => login !== null)
  const person = people.find(({ account }) => account === open)
  const add = (
    <Button look='main' icon={UserPlus} onPress={() => setAdding(true)}>
      {say(words.addPerson)}
    </Button>
  )
  return (
    <>
      <Heading title={say(words.people)}>{add}</Heading>
      <Panel flush>
        {state === 'starting' ? (
          <p class='empty soft'>{say(words.loading)}</p>
        ) : (
          <Table
            label={say(words.people)}
            columns={columns(sites)}
            rows={people}
            rowKey={({ account }) => account}
            onOpen={({ account }) => setOpen(account)}
            sortedBy='name'
            empty={
              <Empty icon={UserRound} title={say(words.noPeople)} action={add}>
                {say(words.noPeopleMore)}
              </Empty>
            }
          />
        )}
      </Panel>
      {isAdding && (
        <Add
          onClose={() => setAdding(false)}
          onAdded={(given) => {
            setAdding(false)
            setOnce(given)
          }}
        />
      )}
      {person && <Person of={person} onClose={() => setOpen(undefined)} onOnce={setOnce} />}
      {once && <ShownOnce {...once} onClose={() => setOnce(undefined)} />}
    </>
  )
}

const columns = (sites: ReturnType<typeof useSites>): readonly Column<PersonRow>[] => [
  {
    key: 'name',
    title: say(words.name),
    cell: ({ name, login }) => name ?? login,
    by: ({ name, login }) => name ?? login ?? '',
    width: 'minmax(9rem, 1.2fr)',
    phone: 'main',
  },
  {
    key: 'login',
    title: say(words.login),
    cell: ({ login }) => login,
    by: ({ login }) => login ?? '',
    width: 'minmax(6rem, 0.8fr)',
  },
  {
    key: 'roles',
    title: say(words.roles),
    cell: ({ roles }) => roles.map((held) => roleText(held, sites)).join(', ') || '–',
    width: 'minmax(10rem, 1.6fr)',
    phone: 'under',
  },
  {
    key: 'factor',
    title: say(words.secondFactorShort),
    cell: ({ proofs }) => say(proofs.some(({ proof }) => proof === 'totp') ? words.yes : words.no),
    width: '8rem',
  },
  {
    key: 'state',
    title: say(words.state),
    cell: ({ suspended }) => (
      <Mark is={suspended ? 'off' : 'good'}>{say(suspended ? words.suspended : words.active)}</Mark>
    ),
    by: ({ suspended }) => (suspended ? 1 : 0),
    width: '8rem',
    phone: 'side',
  },
]

/** What somebody is given, once: a password, or the PIN of a volunteer. */
type Once = { readonly name: string; readonly secret: string }
type Made = { readonly oneTime: string | null; readonly pin: string | null }

type AddProps = { readonly onClose: () => void; readonly onAdded: (once: Once) => void }

function Add({ onClose, onAdded }: AddProps) {
  const sites = useSites()
  const form = useForm(
    {
      name: '',
      login: '',
      role: 'volunteer',
      site: sites[0]?.value ?? everywhere,
      language: language.value,
    },
    async (values) => {
      const answer = await askNow<Made>('POST', '/api/fleet/people', {
        ...values,
        login: values.login.trim(),
        site: values.site === everywhere ? null : values.site,
      })
      if (!answer.ok) return answer.wrong
      const { oneTime, pin } = answer.body
      onAdded({ name: values.name, secret: oneTime ?? pin ?? '' })
      return undefined
    },
  )
  const { values, set, wrongWith } = form
  return (
    <Dialog title={say(words.addPerson)} onClose={onClose}>
      <Form
        of={form}
        action={say(words.addPerson)}
        beside={
          <Button look='plain' onPress={onClose}>
            {say(words.cancel)}
          </Button>
        }
      >
        <div class='pair'>
          <TextField
            label={say(words.name)}
            value={values.name}
            onInput={set('name')}
            wrong={wrongWith('name')}
            autofocus
            spellcheck
          />
          <TextField
            label={say(words.login)}
            hint={say(words.loginHint)}
            value={values.login}
            onInput={set('login')}
            wrong={wrongWith('login')}
          />
        </div>
        <ChoiceField
          label={say(words.role)}
          value={values.role}
          onInput={set('role')}
          options={roleOptions(isOwner())}
        />
        <div class='pair'>
          <SelectField
            label={say(words.where)}
            value={values.site}
            onInput={set('site')}
            wrong={wrongWith('site')}
            options={isOwner() ? [...sites, { value: everywhere, label: say(words.everywhere) }] : sites}
          />
          <SelectField
            label={say(words.language)}
            value={values.language}
            onInput={set('language')}
            options={[
              { value: 'fr', label: 'Français' },
              { value: 'en', label: 'English' },
            ]}
          />
        </div>
      </Form>
    </Dialog>
  )
}

function ShownOnce({ name, secret, onClose }: Once & { readonly onClose: () => void }) {
  return (
    <Dialog title={say(words.onceTitle, { name })} onClose={onClose}>
      <Copyable text={secret} label={say(words.newPassword)} />
      <Notice is='watch' title={say(words.onceMore)} />
      <div class='ends'>
        <Button look='main' onPress={onClose}>
          {say(words.done)}
        </Button>
      </div>
    </Dialog>
  )
}
