import { useState } from 'preact/hooks'
import { Button } from '../kit/button.tsx'
import { SecretField, SelectField, TextField, TickField } from '../kit/field.tsx'
import type { FormState, Wrong } from '../kit/form.tsx'
import { Form, useForm } from '../kit/form.tsx'
import { Panel } from '../kit/panel.tsx'
import { language, say } from '../kit/say.ts'
import { askNow } from '../live/ask-now.ts'
import { lookWhoIsHere } from '../live/me.ts'
import { Lonely } from './lonely.tsx'
import { go } from './route.ts'
import { shortName } from './short-name.ts'
import { words } from './words.ts'

const blank = {
  code: '',
  organisation: '',
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  name: '',
  login: '',
  password: '',
  siteName: '',
  site: '',
  exercise: false,
}
type Values = typeof blank

const leastPassword = 12

/** What each step asks for, and so where somebody is taken whose answer was wrong. */
const steps = [
  ['code', 'organisation', 'zone'],
  ['name', 'login', 'password'],
  ['siteName', 'site', 'exercise'],
] as const satisfies readonly (readonly (keyof Values)[])[]

/** A new box: who it belongs to, who may do everything, and its first site. Sent once, at the end. */
export function FirstStart() {
  const [step, setStep] = useState(0)
  const code = /^#(\d{6})$/.exec(location.hash)?.[1] ?? ''
  const form = useForm<Values>({ ...blank, code }, async (values) => {
    const next = step + 1
    if (next < steps.length) {
      const missing = missingIn(values, steps[step] ?? [])
      if (!missing) setStep(next)
      return missing
    }
    const missing = missingIn(values, steps.flat())
    const wrong = missing ?? (await send(values))
    const at = steps.findIndex((fields) => fields.some((each) => each === wrong?.field))
    if (at >= 0) setStep(at)
    return wrong
  })
  const isLast = step === steps.length - 1
  const panes = [Organisation, Owner, Site]
  const Pane = panes[step] ?? Organisation
  return (
    <Lonely>
      <Panel>
        <div class='stack tight'>
          <p class='small soft'>{say(words.stepOf, { step: step + 1, steps: steps.length })}</p>
          <h1>{say([words.firstTitle, words.firstAccount, words.firstSite][step] ?? words.firstTitle)}</h1>
          {step === 0 && <p class='soft'>{say(words.firstMore)}</p>}
          {step === 2 && <p class='soft'>{say(words.firstSiteHint)}</p>}
        </div>
        <Form
          key={step}
          of={form}
          action={say(isLast ? words.setUp : words.next)}
          beside={
            step > 0 && (
              <Button look='plain' onPress={() => setStep(step - 1)}>
                {say(words.back)}
              </Button>
            )
          }
        >
          <Pane form={form} hasCode={code !== ''} />
        </Form>
      </Panel>
    </Lonely>
  )
}

async function send(values: Values): Promise<Wrong | undefined> {
  const answer = await askNow('POST', '/api/fleet/setup', {
    ...values,
    login: values.login.trim(),
    language: language.value,
  })
  if (!answer.ok) return answer.wrong
  // The code has done its work, and must not stay in the history of the browser.
  history.replaceState(null, '', '/')
  await lookWhoIsHere()
  go('/')
  return undefined
}

function missingIn(values: Values, fields: readonly (keyof Values)[]): Wrong | undefined {
  const field = fields.find((each) => typeof values[each] === 'string' && values[each].trim() === '')
  if (field) return { title: say(words.missing), doThis: '', field }
  // The box judges it as well; whoever waits for its word has left the field behind.
  const isShort = fields.includes('password') && values.password.length < leastPassword
  return isShort ? { title: say(words.passwordShort), doThis: '', field: 'password' } : undefined
}

type PaneProps = { readonly form: FormState<Values>; readonly hasCode: boolean }

function Organisation({ form, hasCode }: PaneProps) {
  return (
    <>
      {!hasCode && (
        <TextField
          label={say(words.code)}
          hint={say(words.codeHint)}
          value={form.values.code}
          onInput={form.set('code')}
          wrong={form.wrongWith('code')}
          maxLength={6}
          autofocus
          code
        />
      )}
      <TextField
        label={say(words.organisation)}
        hint={say(words.organisationHint)}
        value={form.values.organisation}
        onInput={form.set('organisation')}
        wrong={form.wrongWith('organisation')}
        autocomplete='organization'
        autofocus={hasCode}
        spellcheck
      />
      <SelectField
        label={say(words.zone)}
        value={form.values.zone}
        onInput={form.set('zone')}
        options={zones(form.values.zone)}
      />
    </>
  )
}

const zones = (present: string) =>
  [...new Set([present, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }))

function Owner({ form }: PaneProps) {
  const { values, set, wrongWith } = form
  return (
    <>
      <TextField
        label={say(words.name)}
        value={values.name}
        onInput={(name) => {
          if (values.login === shortName(values.name.split(' ')[0] ?? ''))
            set('login')(shortName(name.split(' ')[0] ?? ''))
          set('name')(name)
        }}
        wrong={wrongWith('name')}
        autocomplete='name'
        autofocus
        spellcheck
      />
      <TextField
        label={say(words.login)}
        hint={say(words.loginHint)}
        name='login'
        value={values.login}
        onInput={set('login')}
        wrong={wrongWith('login')}
        autocomplete='username'
      />
      <SecretField
        label={say(words.password)}
        hint={say(words.passwordHint)}
        name='password'
        value={values.password}
        onInput={set('password')}
        wrong={wrongWith('password')}
        autocomplete='new-password'
      />
    </>
  )
}

function Site({ form }: PaneProps) {
  const { values, set, wrongWith } = form
  return (
    <>
      <TextField
        label={say(words.siteName)}
        value={values.siteName}
        onInput={(siteName) => {
          if (values.site === shortName(values.siteName)) set('site')(shortName(siteName))
          set('siteName')(siteName)
        }}
        wrong={wrongWith('siteName')}
        autofocus
        spellcheck
      />
      <TextField
        label={say(words.siteShort)}
        hint={say(words.siteShortHint)}
        value={values.site}
        onInput={set('site')}
        wrong={wrongWith('site')}
      />
      <TickField
        label={say(words.isExercise)}
        more={say(words.isExerciseMore)}
        checked={values.exercise}
        onInput={set('exercise')}
      />
    </>
  )
}
