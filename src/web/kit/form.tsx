import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** What was wrong, in words: with one field, or with all of it. */
export type Wrong = { readonly title: string; readonly doThis: string; readonly field: string | null }

export type FormState<Values> = {
  readonly values: Values
  readonly set: <Name extends keyof Values>(name: Name) => (value: Values[Name]) => void
  readonly wrongWith: (name: keyof Values & string) => string | undefined
  readonly wrong: Wrong | undefined
  readonly isBusy: boolean
  readonly submit: () => Promise<void>
  readonly fields: readonly string[]
}

/** The values of a form, and its way to the box: `send` resolves with what was wrong, or with nothing. */
export function useForm<Values extends Readonly<Record<string, unknown>>>(
  first: Values,
  send: (values: Values) => Promise<Wrong | undefined>,
): FormState<Values> {
  const [values, setValues] = useState(first)
  const [wrong, setWrong] = useState<Wrong>()
  const [isBusy, setBusy] = useState(false)
  const isSending = useRef(false)
  return {
    values,
    wrong,
    isBusy,
    fields: Object.keys(first),
    set: (name) => (value) => {
      setValues((now) => ({ ...now, [name]: value }))
      if (wrong?.field === name) setWrong(undefined)
    },
    wrongWith: (name) => (wrong?.field === name ? `${wrong.title} ${wrong.doThis}` : undefined),
    submit: async () => {
      if (isSending.current) return
      isSending.current = true
      setBusy(true)
      setWrong(undefined)
      try {
        setWrong(await send(values))
      } finally {
        isSending.current = false
        setBusy(false)
      }
    },
  }
}

type FormProps<Values> = {
  readonly of: FormState<Values>
  readonly action: string
  readonly danger?: boolean
  readonly large?: boolean
  /** Beside the button. */
  readonly beside?: ComponentChildren
  readonly children: ComponentChildren
}

export function Form<Values>({ of, action, danger, large, beside, children }: FormProps<Values>) {
  const { wrong, isBusy, submit, fields } = of
  const isOfAll = wrong && !(wrong.field !== null && fields.includes(wrong.field))
  return (
    <form
      class='form'
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {children}
      {isOfAll && (
        <Notice is='bad' title={wrong.title}>
          {wrong.doThis}
        </Notice>
      )}
      <div class='line-up'>
        <Button submits busy={isBusy} look={danger ? 'danger main' : 'main'} large={large}>
          {action}
        </Button>
        {beside}
      </div>
    </form>
  )
}
