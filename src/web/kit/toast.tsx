import { signal } from '@preact/signals'
import { X } from 'lucide'
import { Button } from './button.tsx'
import type { Standing } from './mark.tsx'
import { MarkOnly } from './mark.tsx'
import { say } from './say.ts'
import { words } from './words.ts'

type Toast = {
  readonly id: number
  readonly text: string
  readonly is: Standing
  readonly undo: (() => unknown) | undefined
}

const shown = signal<readonly Toast[]>([])
let ids = 0

/** What went wrong stays until it is read; the rest goes after a while. */
const staysMs = 6_000
const undoMs = 12_000

/** Tells how something ended that nobody waits for. With `undo` it can be taken back. */
export function toast(text: string, is: Standing = 'good', undo?: () => unknown): void {
  ids += 1
  const id = ids
  shown.value = [...shown.value.slice(-3), { id, text, is, undo }]
  if (is !== 'bad') setTimeout(() => forget(id), undo ? undoMs : staysMs)
}

function forget(id: number): void {
  shown.value = shown.value.filter((each) => each.id !== id)
}

export function Toasts() {
  return (
    <div class='toasts' role='status' aria-live='polite'>
      {shown.value.map(({ id, text, is, undo }) => (
        <div key={id} class='toast'>
          <MarkOnly is={is} />
          <p>{text}</p>
          {undo && (
            <Button
              look='plain'
              onPress={() => {
                forget(id)
                return undo()
              }}
            >
              {say(words.undo)}
            </Button>
          )}
          <Button look='plain' icon={X} iconOnly onPress={() => forget(id)}>
            {say(words.close)}
          </Button>
        </div>
      ))}
    </div>
  )
}
