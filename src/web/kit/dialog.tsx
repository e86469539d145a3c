import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import { say } from './say.ts'
import { words } from './words.ts'

type DialogProps = {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A question in front of the page. Escape and a press beside it close it; the browser keeps the keyboard in it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId()
  const element = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onClose={onClose}
      onPointerDown={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close()
      }}
    >
      <div class='inside'>
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}

type Question = {
  readonly title: string
  /** What will be so afterwards, and whether it can be undone. */
  readonly text: string
  readonly yes: string
  readonly danger?: boolean
  /** The person types this word first: for what cannot be undone. */
  readonly typed?: string
}

const asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | undefined>(undefined)

/** Asks once. False where it was closed in any other way. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  asked.value = {
    ...question,
    answer: (yes) => {
      asked.value = undefined
      resolve(yes)
    },
  }
  return promise
}

/** Where questions are asked: once in a page. */
export function Questions() {
  const question = asked.value
  return question ? <Ask key={question.title} {...question} /> : null
}

function Ask({ title, text, yes, danger, typed, answer }: NonNullable<typeof asked.value>) {
  const [word, setWord] = useState('')
  const isSure = typed === undefined || word.trim() === typed
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <form
        class='form'
        onSubmit={(event) => {
          event.preventDefault()
          if (isSure) answer(true)
        }}
      >
        <p>{text}</p>
        {typed !== undefined && (
          <TextField
            label={say(words.typeToConfirm, { word: typed })}
            value={word}
            onInput={setWord}
            autofocus
          />
        )}
        <div class='ends'>
          <Button onPress={() => answer(false)}>{say(words.cancel)}</Button>
          <Button submits look={danger ? 'danger main' : 'main'} disabled={!isSure}>
            {yes}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
