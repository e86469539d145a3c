import { Eye, EyeOff, TriangleAlert } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { say } from './say.ts'
import { words } from './words.ts'

type Shown = {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with it, and what to do. */
  readonly wrong?: string | undefined
  readonly optional?: boolean
}

type FrameProps = Shown & {
  readonly id: string
  readonly children: ComponentChildren
}

function Frame({ id, label, hint, wrong, optional, children }: FrameProps) {
  return (
    <div class='field'>
      <label for={id}>
        {label}
        {optional && <span class='soft'> ({say(words.optional)})</span>}
      </label>
      {children}
      {hint !== undefined && (
        <span class='hint' id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {wrong !== undefined && (
        <span class='wrong' id={`${id}-wrong`}>
          <Icon of={TriangleAlert} />
          {wrong}
        </span>
      )}
    </div>
  )
}

const described = (id: string, { hint, wrong }: Shown) => ({
  id,
  'aria-invalid': wrong !== undefined,
  'aria-describedby':
    [hint !== undefined && `${id}-hint`, wrong !== undefined && `${id}-wrong`].filter(Boolean).join(' ') ||
    undefined,
})

/** Browsers heed `autofocus` once in the life of a page; ours come and go without a new one. */
function useFirst(isFirst = false) {
  const element = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (isFirst) element.current?.focus()
  }, [isFirst])
  return element
}

/** Preact's types tell the kinds of inputs apart by what else they may have; what ours have, all of these may. */
const typed = (type: string) => ({ type }) as { readonly type: 'text' }

type TextProps = Shown & {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly name?: string | undefined
  readonly type?: 'text' | 'search' | 'email' | 'tel'
  readonly autocomplete?: string
  readonly autofocus?: boolean
  readonly maxLength?: number
  readonly placeholder?: string
  /** Digits, for a phone's keyboard, large and apart. */
  readonly code?: boolean
  readonly spellcheck?: boolean
}

export function TextField(props: TextProps) {
  const { value, onInput, name, type = 'text', autocomplete = 'off', code = false } = props
  const id = useId()
  return (
    <Frame {...props} id={id}>
      <input
        {...described(id, props)}
        {...typed(type)}
        class={code ? 'input code' : 'input'}
        name={name}
        value={value}
        inputMode={code ? 'numeric' : undefined}
        autocomplete={autocomplete}
        ref={useFirst(props.autofocus)}
        autocapitalize={props.spellcheck ? undefined : 'none'}
        spellcheck={props.spellcheck ?? false}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </Frame>
  )
}

type SecretProps = Shown & {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly name?: string
  readonly autocomplete: 'current-password' | 'new-password'
  readonly autofocus?: boolean
}

/** A password that its owner may look at: typed blind, a long one is typed wrong. */
export function SecretField(props: SecretProps) {
  const { value, onInput, name, autocomplete } = props
  const id = useId()
  const [isSeen, setSeen] = useState(false)
  return (
    <Frame {...props} id={id}>
      <div class='input-row'>
        <input
          {...described(id, props)}
          {...typed(isSeen ? 'text' : 'password')}
          class='input'
          name={name}
          value={value}
          autocomplete={autocomplete}
          ref={useFirst(props.autofocus)}
          autocapitalize='none'
          spellcheck={false}
          maxLength={200}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
        <Button icon={isSeen ? EyeOff : Eye} iconOnly onPress={() => setSeen(!isSeen)}>
          {say(isSeen ? words.hide : words.show)}
        </Button>
      </div>
    </Frame>
  )
}

export type Option<Value extends string> = { readonly value: Value; readonly label: string }

type SelectProps<Value extends string> = Shown & {
  readonly value: Value
  readonly onInput: (value: Value) => void
  readonly options: readonly Option<Value>[]
}

export function SelectField<Value extends string>(props: SelectProps<Value>) {
  const { value, onInput, options } = props
  const id = useId()
  return (
    <Frame {...props} id={id}>
      <select
        {...described(id, props)}
        class='input'
        value={value}
        onInput={({ currentTarget }) => {
          const chosen = options[currentTarget.selectedIndex]
          if (chosen) onInput(chosen.value)
        }}
      >
        {options.map(({ value: each, label }) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </select>
    </Frame>
  )
}

type ChoiceOption<Value extends string> = Option<Value> & { readonly more?: string | undefined }
type ChoiceProps<Value extends string> = {
  readonly label: string
  readonly value: Value
  readonly onInput: (value: Value) => void
  readonly options: readonly ChoiceOption<Value>[]
}

/** A few possibilities, all in sight. */
export function ChoiceField<Value extends string>({ label, value, onInput, options }: ChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset class='field'>
      <legend>{label}</legend>
      <div class='choices'>
        {options.map((option) => (
          <label key={option.value} class='choice'>
            <input
              type='radio'
              name={name}
              checked={option.value === value}
              onInput={() => onInput(option.value)}
            />
            <span class='stack tight'>
              <span>{option.label}</span>
              {option.more !== undefined && <span class='small soft'>{option.more}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

type TickProps = {
  readonly label: string
  readonly more?: string
  readonly checked: boolean
  readonly onInput: (checked: boolean) => void
}

export function TickField({ label, more, checked, onInput }: TickProps) {
  return (
    <label class='choice'>
      <input
        type='checkbox'
        checked={checked}
        onInput={({ currentTarget }) => onInput(currentTarget.checked)}
      />
      <span class='stack tight'>
        <span>{label}</span>
        {more !== undefined && <span class='small soft'>{more}</span>}
      </span>
    </label>
  )
}
