import { signal } from '@preact/signals'

const query = '(max-width: 700px)'

/** The width of a phone. */
export const isNarrow = signal(false)

if (typeof matchMedia === 'function') {
  const list = matchMedia(query)
  isNarrow.value = list.matches
  list.addEventListener('change', ({ matches }) => {
    isNarrow.value = matches
  })
}
