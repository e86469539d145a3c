import { SecretField } from '../kit/field.tsx'
import { Form, useForm } from '../kit/form.tsx'
import { Panel } from '../kit/panel.tsx'
import { say } from '../kit/say.ts'
import { askNow } from '../live/ask-now.ts'
import { lookWhoIsHere } from '../live/me.ts'
import { Lonely } from './lonely.tsx'
import { words } from './words.ts'

/** Whoever came in with a password that somebody else made does nothing but choose an own one. */
export function MustChange() {
  const form = useForm({ next: '' }, async (values) => {
    const answer = await askNow('PUT', '/api/fleet/session/password', values)
    if (!answer.ok) return answer.wrong
    await lookWhoIsHere()
    return undefined
  })
  return (
    <Lonely>
      <Panel>
        <div class='stack tight'>
          <h1>{say(words.mustChange)}</h1>
          <p class='soft'>{say(words.mustChangeMore)}</p>
        </div>
        <Form of={form} action={say(words.save)}>
          <SecretField
            label={say(words.newPassword)}
            hint={say(words.passwordHint)}
            value={form.values.next}
            onInput={form.set('next')}
            wrong={form.wrongWith('next')}
            autocomplete='new-password'
            autofocus
          />
        </Form>
      </Panel>
    </Lonely>
  )
}
