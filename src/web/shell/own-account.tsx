import { useCallback, useEffect, useState } from 'preact/hooks'
import { Button } from '../kit/button.tsx'
import { confirm } from '../kit/dialog.tsx'
import { Copyable } from '../kit/copy.tsx'
import { ChoiceField, SecretField, TextField } from '../kit/field.tsx'
import { Form, useForm } from '../kit/form.tsx'
import { Heading } from '../kit/heading.tsx'
import { Mark } from '../kit/mark.tsx'
import { Notice } from '../kit/notice.tsx'
import { Facts, Panel } from '../kit/panel.tsx'
import { Qr } from '../kit/qr.tsx'
import type { Language } from '../kit/say.ts'
import { languages, moment, say } from '../kit/say.ts'
import { toast } from '../kit/toast.tsx'
import { askNow } from '../live/ask-now.ts'
import { lookWhoIsHere, me } from '../live/me.ts'
import { sayLent } from './lent-days.ts'
import { words } from './words.ts'

const session = '/api/fleet/session'
const languageNames = { fr: 'Français', en: 'English' } as const

/** What everybody does with the own account. */
export function OwnAccount() {
  if (me.value?.lent)
    return (
      <>
        <Heading title={say(words.myAccount)} />
        <LentAccount days={me.value.lent.days} />
        <Sessions />
      </>
    )
  return (
    <>
      <Heading title={say(words.myAccount)} />
      <div class='tiles'>
        <About />
        <Password />
        <SecondFactor />
      </div>
      <Sessions />
    </>
  )
}

/** What stands at the hub is changed there. */
function LentAccount({ days }: { readonly days: number | null }) {
  const { name = null, login = null } = me.value ?? {}
  return (
    <Panel title={say(words.about)}>
      <Notice is={days === 0 ? 'good' : 'watch'} title={sayLent(days)}>
        {say(words.lentMore)}
      </Notice>
      <Facts
        of={[
          [say(words.name), name ?? '–'],
          [say(words.login), login ?? '–'],
        ]}
      />
    </Panel>
  )
}

function About() {
  const person = me.value
  const form = useForm(
    { name: person?.name ?? '', language: languages.find((each) => each === person?.language) ?? 'en' },
    async (values: { readonly name: string; readonly language: Language }) => {
      const answer = await askNow('PATCH', session, values)
      if (!answer.ok) return answer.wrong
      await lookWhoIsHere()
      toast(say(words.saved))
      return undefined
    },
  )
  return (
    <Panel title={say(words.about)}>
      <Form of={form} action={say(words.save)}>
        <TextField
          label={say(words.name)}
          value={form.values.name}
          onInput={form.set('name')}
          wrong={form.wrongWith('name')}
          autocomplete='name'
          spellcheck
        />
        <ChoiceField
          label={say(words.chooseLanguage)}
          value={form.values.language}
          onInput={form.set('language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
      </Form>
    </Panel>
  )
}

function Password() {
  const blank = { password: '', next: '' }
  const form = useForm(blank, async (values) => {
    const answer = await askNow('PUT', `${session}/password`, values)
    if (!answer.ok) return answer.wrong
    form.set('password')('')
    form.set('next')('')
    toast(say(words.passwordChanged))
    return undefined
  })
  return (
    <Panel title={say(words.password)}>
      <Form of={form} action={say(words.changePassword)}>
        <SecretField
          label={say(words.presentPassword)}
          value={form.values.password}
          onInput={form.set('password')}
          wrong={form.wrongWith('password')}
          autocomplete='current-password'
        />
        <SecretField
          label={say(words.newPassword)}
          hint={say(words.passwordHint)}
          value={form.values.next}
          onInput={form.set('next')}
          wrong={form.wrongWith('next')}
          autocomplete='new-password'
        />
      </Form>
    </Panel>
  )
}

type Factor =
  | { readonly is: 'still' }
  | { readonly is: 'scanning'; readonly uri: string; readonly secret: string }
  | { readonly is: 'codes'; readonly codes: readonly string[] }

function SecondFactor() {
  const [factor, setFactor] = useState<Factor>({ is: 'still' })
  const proofs = me.value?.proofs
  return (
    <Panel
      title={say(words.secondFactorShort)}
      aside={
        proofs?.totp ? (
          <Mark is='good'>{say(words.factorOn, { count: proofs.codes })}</Mark>
        ) : (
          <Mark is='off'>{say(words.factorOff)}</Mark>
        )
      }
    >
      {factor.is === 'codes' ? (
        <Codes codes={factor.codes} onSeen={() => setFactor({ is: 'still' })} />
      ) : factor.is === 'scanning' ? (
        <Scan {...factor} onCodes={(codes) => setFactor({ is: 'codes', codes })} />
      ) : proofs?.totp ? (
        <EndFactor />
      ) : (
        <StartFactor onScan={(uri, secret) => setFactor({ is: 'scanning', uri, secret })} />
      )}
    </Panel>
  )
}

function StartFactor({ onScan }: { readonly onScan: (uri: string, secret: string) => void }) {
  const form = useForm({ password: '' }, async (values) => {
    const answer = await askNow<{ readonly address: string; readonly secret: string }>(
      'POST',
      `${session}/totp`,
      values,
    )
    if (!answer.ok) return answer.wrong
    onScan(answer.body.address, answer.body.secret)
    return undefined
  })
  return (
    <>
      <p class='soft'>{say(words.nextFactorMore)}</p>
      <Form of={form} action={say(words.factorStart)}>
        <SecretField
          label={say(words.presentPassword)}
          value={form.values.password}
          onInput={form.set('password')}
          wrong={form.wrongWith('password')}
          autocomplete='current-password'
        />
      </Form>
    </>
  )
}

type ScanProps = {
  readonly uri: string
  readonly secret: string
  readonly onCodes: (codes: readonly string[]) => void
}

function Scan({ uri, secret, onCodes }: ScanProps) {
  const form = useForm({ code: '' }, async (values) => {
    const answer = await askNow<{ readonly codes: readonly string[] }>('PUT', `${session}/totp`, values)
    if (!answer.ok) return answer.wrong
    onCodes(answer.body.codes)
    await lookWhoIsHere()
    return undefined
  })
  return (
    <>
      <p class='soft'>{say(words.factorScan)}</p>
      <Qr text={uri} label={say(words.factorScan)} />
      <Copyable text={secret} label={say(words.factorKey)} />
      <Form of={form} action={say(words.factorConfirm)}>
        <TextField
          label={say(words.secondFactor)}
          value={form.values.code}
          onInput={form.set('code')}
          wrong={form.wrongWith('code')}
          autocomplete='one-time-code'
          maxLength={6}
          autofocus
          code
        />
      </Form>
    </>
  )
}

function Codes({ codes, onSeen }: { readonly codes: readonly string[]; readonly onSeen: () => void }) {
  return (
    <>
      <Notice is='watch' title={say(words.factorCodes)}>
        {say(words.factorCodesMore)}
      </Notice>
      <div class='codes'>
        {codes.map((code) => (
          <span key={code}>{code}</span>
        ))}
      </div>
      <Copyable text={codes.join(' ')} label={say(words.factorCodes)} />
      <Button look='main' onPress={onSeen}>
        {say(words.done)}
      </Button>
    </>
  )
}

function EndFactor() {
  const form = useForm({ password: '', code: '' }, async (values) => {
    const answer = await askNow('DELETE', `${session}/totp`, values)
    if (!answer.ok) return answer.wrong
    await lookWhoIsHere()
    toast(say(words.factorOff))
    return undefined
  })
  return (
    <Form of={form} action={say(words.factorEnd)} danger>
      <SecretField
        label={say(words.presentPassword)}
        value={form.values.password}
        onInput={form.set('password')}
        wrong={form.wrongWith('password')}
        autocomplete='current-password'
      />
      <TextField
        label={say(words.secondFactor)}
        hint={say(words.secondFactorHint)}
        value={form.values.code}
        onInput={form.set('code')}
        wrong={form.wrongWith('code')}
        autocomplete='one-time-code'
        code
      />
    </Form>
  )
}

type Session = {
  readonly session: string
  readonly current: boolean
  readonly address: string | null
  readonly since: number | null
}

function Sessions() {
  const [sessions, setSessions] = useState<readonly Session[]>([])
  const look = useCallback(async () => {
    const answer = await askNow<{ readonly sessions: readonly Session[] }>('GET', `${session}/all`)
    if (answer.ok) setSessions(answer.body.sessions)
  }, [])
  useEffect(() => void look(), [look])
  const end = async (each: Session) => {
    const isSure = await confirm({
      title: say(words.endSession),
      text: say(words.endSessionText),
      yes: say(words.end),
      danger: true,
    })
    if (!isSure) return
    const answer = await askNow('DELETE', `${session}/${encodeURIComponent(each.session)}`)
    if (!answer.ok) toast(`${answer.wrong.title} ${answer.wrong.doThis}`, 'bad')
    await look()
  }
  if (sessions.length === 0) return null
  return (
    <Panel title={say(words.sessions)}>
      <ul class='answers'>
        {sessions.map((each) => (
          <li key={each.session}>
            <div class='body'>
              <strong>{each.current ? say(words.thisBrowser) : (each.address ?? '–')}</strong>
              <div class='small soft'>
                {each.since !== null && `${say(words.since)} ${moment(each.since)}`}
              </div>
            </div>
            {!each.current && (
              <Button look='plain' onPress={() => end(each)}>
                {say(words.end)}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
