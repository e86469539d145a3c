import { effect } from '@preact/signals'
import type { Language } from '../kit/say.ts'
import { language, languageAmong } from '../kit/say.ts'
import { me, welcome } from '../live/me.ts'

const chosenKey = 'regie.language'

/** The page speaks as the person does: by the account, else as was chosen on this device, else as the browser asks, else as the box does. */
export function speak(): void {
  effect(() => {
    const known = [me.value?.language, kept(chosenKey), ...navigator.languages, welcome.value?.language]
    language.value = languageAmong(known.flatMap((each) => each ?? [])) ?? 'en'
  })
  effect(() => {
    document.documentElement.lang = language.value
  })
}

export function choose(next: Language): void {
  keep(chosenKey, next)
  language.value = next
}

const themeKey = 'regie.theme'

/** As the device has it, unless somebody wants it otherwise here. */
export function applyTheme(): void {
  const theme = kept(themeKey)
  if (theme) document.documentElement.dataset['theme'] = theme
}

export function turnTheme(): void {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
  const looksDark = isDark || (!('theme' in document.documentElement.dataset) && prefersDark())
  const next = looksDark ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = next
  keep(themeKey, next)
}

const prefersDark = () => matchMedia('(prefers-color-scheme: dark)').matches

/** A browser that keeps nothing asks again next time. */
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // It holds for this page.
  }
}
