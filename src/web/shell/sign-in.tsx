import { useState } from 'preact/hooks'
import { SecretField, TextField } from '../kit/field.tsx'
import { Form, useForm } from '../kit/form.tsx'
import { Panel } from '../kit/panel.tsx'
import { say } from '../kit/say.ts'
import { askNow } from '../live/ask-now.ts'
import { lookWhoIsHere, welcome } from '../live/me.ts'
import { Lonely } from './lonely.tsx'
import { words } from './words.ts'

/** A second factor is asked for once the box says that this account has one. */
const factorCodes = new Set(['sign_in_code_needed', 'sign_in_code_wrong'])

export function SignIn() {
  const [needsCode, setNeedsCode] = useState(false)
  const form = useForm({ login: '', secret: '', code: '' }, async ({ login, secret, code }) => {
    const given = { login: login.trim(), secret, ...(code.trim() !== '' && { code: code.trim() }) }
    const answer = await askNow('POST', '/api/fleet/session', given)
    if (answer.ok) {
      await lookWhoIsHere()
      return undefined
    }
    const { wrong } = answer
    if (!factorCodes.has(wrong.code)) return wrong
    setNeedsCode(true)
    return needsCode ? { ...wrong, field: 'code' } : undefined
  })
  const { organisation, box } = welcome.value ?? { organisation: null, box: '' }
  return (
    <Lonely>
      <Panel>
        <div class='stack tight'>
          <h1>{say(words.signIn)}</h1>
          <p class='soft'>
            {organisation === null
              ? say(words.onThisBox, { box })
              : say(words.organisationOf, { organisation })}
          </p>
        </div>
        <Form of={form} action={say(words.signIn)}>
          <TextField
            label={say(words.login)}
            name='login'
            value={form.values.login}
            onInput={form.set('login')}
            wrong={form.wrongWith('login')}
            autocomplete='username'
            autofocus
          />
          <SecretField
            label={say(words.password)}
            name='password'
            value={form.values.secret}
            onInput={form.set('secret')}
            wrong={form.wrongWith('secret')}
            autocomplete='current-password'
          />
          {needsCode && (
            <TextField
              label={say(words.secondFactor)}
              hint={say(words.secondFactorHint)}
              value={form.values.code}
              onInput={form.set('code')}
              wrong={form.wrongWith('code')}
              autocomplete='one-time-code'
              autofocus
              code
            />
          )}
        </Form>
        <p class='small soft'>{say(words.forgot)}</p>
      </Panel>
    </Lonely>
  )
}
