import type { Html } from './html.ts'
import { html } from './html.ts'
import type { Language } from './language.ts'

/** The frame of every page that the box writes by itself. */
export function page(title: string, language: Language, main: Html, head?: Html): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/regie.svg" />
        <link rel="stylesheet" href="/regie.css" />
        ${head}
      </head>
      <body>
        ${main}
      </body>
    </html> `.text
}
