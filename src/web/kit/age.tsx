import { useEffect, useState } from 'preact/hooks'
import { eachSecond } from './clock.ts'
import { ago, language } from './say.ts'

/** How long ago something was, counted while one looks. `ms` is asked for each second. */
export function Age({ ms }: { readonly ms: () => number | undefined }) {
  const [text, setText] = useState('')
  useEffect(
    () =>
      eachSecond(() => {
        const age = ms()
        setText(age === undefined ? '–' : ago(age))
      }),
    [ms, language.value],
  )
  return <span class='number'>{text}</span>
}
