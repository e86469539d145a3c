import type { Problem } from './errors.ts'
import { html } from './html.ts'
import type { Language } from './language.ts'
import { page } from './page.ts'

const home = { en: 'First page of this box', fr: 'Première page de cette box' }

export function errorPage({ title, doThis, status, code }: Problem, language: Language): string {
  const main = html`<main class="lonely">
    <p class="brand">Regie</p>
    <h1>${title}</h1>
    <p>${doThis}</p>
    <p><a href="/">${home[language]}</a></p>
    <p class="small">${status} · ${code}</p>
  </main>`
  return page(title, language, main)
}
