// Every rule of docs/spec is begun with by the title of a test, and every rule that a title names is one.
import { globSync, readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'rolldown/utils'

export type Title = { readonly path: string; readonly line: number; readonly text: string }

const ruleId = /\b[A-Z]{3,}-\d+\b/g

/** The rules that a page lays down, in bold. */
export function rulesOn(page: string): string[] {
  return [...page.matchAll(/\*\*([A-Z]{3,}-\d+)\*\*/g)].map(([, id]) => id as string)
}

/** The titles of a file's tests, whatever stands in between: `test('…')`, `test.each(…)('…')`. */
export function titlesIn(path: string, source: string): Title[] {
  const found: Title[] = []
  new Visitor({
    CallExpression({ callee, arguments: [first], start }) {
      if (!first || !isTest(callee)) return
      const text = source.slice(first.start, first.end)
      if (!/^['"`]/.test(text)) return
      found.push({ path, line: source.slice(0, start).split('\n').length, text: text.slice(1, -1) })
    },
  }).visit(parseSync(path, source).program)
  return found
}

/** The rules with which a title begins. */
export function citedBy({ text }: Title): string[] {
  const [beginning] = /^(?:[A-Z]{3,}-\d+ )*/.exec(text) ?? ['']
  return beginning.match(ruleId) ?? []
}

/** What is wrong between pages and titles, a sentence each. */
export function uncited(rules: readonly string[], titles: readonly Title[]): string[] {
  const cited = new Set(titles.flatMap(citedBy))
  const prefixes = new Set(rules.map((id) => id.split('-')[0]))
  const missing = rules.filter((id) => !cited.has(id)).map((id) => `${id}: no test begins with it`)
  const strange = titles.flatMap(({ path, line, text }) =>
    (text.match(ruleId) ?? [])
      .filter((id) => prefixes.has(id.split('-')[0]) && !rules.includes(id))
      .map((id) => `${path}:${line}: there is no rule ${id}`),
  )
  const twice = rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `${id}: two rules have it`)
  return [...missing, ...strange, ...twice]
}

type Callee = Parameters<NonNullable<ConstructorParameters<typeof Visitor>[0]['CallExpression']>>[0]['callee']

/** `test`, `test.each(…)`, `test.concurrent`. */
function isTest(callee: Callee): boolean {
  if (callee.type === 'Identifier') return callee.name === 'test'
  if (callee.type === 'CallExpression')
    return callee.callee.type === 'MemberExpression' && isTest(callee.callee)
  return (
    callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'test'
  )
}

if (import.meta.main) {
  const read = (path: string) => readFileSync(path, 'utf8')
  const rules = globSync('docs/spec/*.md').flatMap((path) => rulesOn(read(path)))
  const files = globSync('{src,test,scripts}/**/*.{test,contract}.ts').toSorted()
  const found = uncited(
    rules,
    files.flatMap((path) => titlesIn(path, read(path))),
  )
  console.log(found.length > 0 ? found.join('\n') : `${rules.length} rules, and each has a test`)
  process.exitCode = found.length > 0 ? 1 : 0
}
