import type { Known } from '../../kernel/pack/kinds.ts'
import { statusOf } from '../errors.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Language } from '../language.ts'
import { page } from '../page.ts'
import { roleTexts } from '../role-words.ts'
import { words } from './description-words.ts'
import type { DoorRoute } from './door-route.ts'
import type { Schema } from './fields.ts'
import { fieldsOf } from './fields.ts'
import type { Group, Operation } from './operations.ts'
import { groupsOf } from './operations.ts'
import { doorTag, routeSection } from './route-description.ts'

/** Beside the style of all pages. */
export const descriptionCss = `
.api details { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin: 0 0 .5rem; }
.api summary { padding: .7rem 1rem; cursor: pointer; overflow-wrap: anywhere; }
.api details > div { padding: 0 1rem 1rem; }
.api .verb { color: var(--soft); font-size: .85em; }
.api pre { overflow-x: auto; padding: .7rem; margin: 0 0 .75rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .85em; }
.api nav a { display: inline-block; padding: .4rem .8rem .4rem 0; }
.api dl { margin: 0 0 .75rem; }
`

/** The description of what can be asked, for people: nothing in it comes from elsewhere than this box. */
export function descriptionPage(known: Known, language: Language, routes: readonly DoorRoute[] = []): string {
  const groups = groupsOf(known).filter(({ operations }) => operations.length > 0)
  const other = language === 'fr' ? 'en' : 'fr'
  const main = html`<main class="api">
    <p class="brand">Regie</p>
    <h1>${words.title[language]}</h1>
    <p>${words.intro[language]}</p>
    <nav>
      ${groups.map(({ name }) => html`<a href="#${name}">${name}</a>`)}
      ${routes.length > 0 ? html`<a href="#${doorTag}">${doorTag}</a>` : undefined}
      <a href="/api/openapi.json?language=${language}">${words.machine[language]}</a>
      <a href="/api?language=${other}" lang="${other}">${words.other[language]}</a>
    </nav>
    ${groups.map((group) => section(group, language))} ${routeSection(routes, language, fields)}
  </main>`
  return page(
    words.title[language],
    language,
    main,
    html`<link rel="stylesheet" href="/api/description.css" />`,
  )
}

function section({ name, operations, refusals }: Group, language: Language): Html {
  const list = (is: Operation['is']) => operations.filter((each) => each.is === is)
  const part = (title: string, parts: readonly Html[]) =>
    parts.length === 0
      ? undefined
      : html`<h2>${title}</h2>
          ${parts}`
  return html`<section id="${name}">
    <h2>${name}</h2>
    ${part(
      words.queries[language],
      list('query').map((each) => operation(each, language)),
    )}
    ${part(
      words.actions[language],
      list('action').map((each) => operation(each, language)),
    )}
    ${part(
      words.refusals[language],
      refusals.map(
        ([code, { kind, what, doThis }]) =>
          html`<details>
            <summary><code>${code}</code> <span class="verb">${statusOf[kind]}</span></summary>
            <div>
              <p>${what[language]}</p>
              <p>${doThis[language]}</p>
            </div>
          </details>`,
      ),
    )}
  </section>`
}

function operation(each: Operation, language: Language): Html {
  const { is, path, about, allow, example } = each
  const notes = [
    each.across ? words.across[language] : undefined,
    each.waits ? words.waits[language] : undefined,
    each.sensitive ? words.sensitive[language] : undefined,
  ]
  return html`<details id="${each.name}">
    <summary><span class="verb">${is === 'query' ? 'GET' : 'POST'}</span> <code>${path}</code></summary>
    <div>
      ${about ? html`<p>${about[language]}</p>` : undefined}
      ${notes.map((note) => (note === undefined ? undefined : html`<p class="small">${note}</p>`))}
      <dl>
        <div>
          <dt>${words.allow[language]}</dt>
          <dd>${roleTexts(allow)[language]}</dd>
        </div>
        ${fields(each.input, language)}
        ${
          is === 'query'
            ? html`<div>
                <dt>${words.exports[language]}</dt>
                <dd><code>.csv .json</code></dd>
              </div>`
            : undefined
        }
      </dl>
      ${
        example === undefined
          ? undefined
          : html`<p class="small">${words.example[language]}</p>
              <pre>${shown(each)}</pre>`
      }
    </div>
  </details>`
}

function shown({ is, path, example }: Operation): string {
  if (is === 'action') return `POST ${path}\n\n${JSON.stringify(example, null, 2)}`
  const address = new URLSearchParams()
  for (const [name, value] of Object.entries(example as object))
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      address.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
  return `GET ${path}${address.size > 0 ? `?${address}` : ''}`
}

function fields(input: Schema, language: Language): readonly Html[] {
  const required = Array.isArray(input['required']) ? (input['required'] as readonly string[]) : []
  const all = Object.entries(fieldsOf(input) ?? {})
  if (all.length === 0)
    return [
      html`<div>
        <dt>${words.fields[language]}</dt>
        <dd>${words.none[language]}</dd>
      </div>`,
    ]
  return all.map(([name, schema]) => {
    const must = required.includes(name) && !('default' in schema) ? '' : ` (${words.optional[language]})`
    return html`<div>
      <dt><code>${name}</code>${must}</dt>
      <dd><code>${kindOf(schema)}</code></dd>
    </div>`
  })
}

/** A schema in a few letters: `integer 1…500`, `a | b`, `string[]`. */
function kindOf(schema: Schema): string {
  const { type, anyOf, oneOf, items } = schema
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((each) => String(each)).join(' | ')
  const choices = [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? (each as readonly Schema[]) : []))
  if (choices.length > 0) return choices.map(kindOf).join(' | ')
  if (type === 'array') return `${kindOf((items ?? {}) as Schema)}[]`
  const name = Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'JSON'
  const [least, most] = [bound(schema, 'minimum', 'minLength'), bound(schema, 'maximum', 'maxLength')]
  return least === '' && most === '' ? name : `${name} ${least}…${most}`
}

/** What every number is within is not said. */
function bound(schema: Schema, ...names: readonly string[]): string {
  const found = names.map((each) => schema[each]).find((each) => typeof each === 'number')
  return found === undefined || Math.abs(found) >= Number.MAX_SAFE_INTEGER ? '' : String(found)
}
