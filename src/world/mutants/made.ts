import { Dice } from '../random.ts'
import type { Bench } from './bench.ts'
import type { Mutant } from './mutant.ts'

/** Where mutants are made. */
const files = [
  'src/store/group-commit.ts',
  'src/store/truth-sqlite.ts',
  'src/store/truth-writes.ts',
  'src/kernel/box/journal.ts',
  'src/kernel/box/record-flow.ts',
  'src/kernel/box/entry-flow.ts',
  'src/kernel/box/site-log.ts',
  'src/kernel/box/keeper.ts',
  'src/kernel/box/salvage-flow.ts',
  'src/kernel/box/site-role.ts',
  'src/kernel/link/link.ts',
]

type Change = Pick<Mutant, 'name' | 'file' | 'find' | 'replace'>

const guard = /^(\s*)if \((.+)\) (return|continue|break|throw)\b(.*)$/
const commit = /^(\s*)await (.+\.commit\(.+\))$/
const statement = /^(\s+)(?:void |await )?(?:this\.|[a-z][\w.#]*[.(=[ ])[^{]*[\w)\]'"`]$/
const notAlone =
  /^\s*(const|let|return|if|for|while|throw|case|break|continue|else|import|export|type|readonly)\b/

/**
 * So many mutants by rule: a guard negated, an awaited commit dropped, neighbours swapped. The same
 * seed chooses the same ones from the same files; what does not compile is passed over.
 */
export async function makeMutants(bench: Bench, count: number, seed: number): Promise<readonly Mutant[]> {
  const dice = new Dice(`made ${seed}`)
  const left = files.flatMap((file) => changesIn(file, bench.read(file)))
  const made: Mutant[] = []
  while (made.length < count && left.length > 0) {
    const [change] = left.splice(dice.int(0, left.length - 1), 1) as [Change]
    const mutant = { ...change, breaks: 'made' }
    const { code } = await bench.with(mutant, () => bench.compiles())
    if (code === 0) made.push(mutant)
  }
  return made
}

export function changesIn(file: string, source: string): readonly Change[] {
  const lines = source.split('\n')
  return lines.flatMap((line, index) => {
    const next = lines[index + 1] ?? ''
    return [negated(line), dropped(line), swapped(line, next)].flatMap((change) => {
      const find = change && `${change.find}\n`
      if (!change || !find || source.split(find).length !== 2) return []
      const name = `${change.name}, ${file.split('/').at(-1)}:${index + 1}`
      return [{ name, file, find, replace: `${change.replace}\n` }]
    })
  })
}

type Edit = Omit<Change, 'file'>

function negated(line: string): Edit | undefined {
  const [, space, condition = '', verb, rest] = guard.exec(line) ?? []
  if (space === undefined || !isBalanced(condition)) return undefined
  return { name: 'guard negated', find: line, replace: `${space}if (!(${condition})) ${verb}${rest}` }
}

function dropped(line: string): Edit | undefined {
  const [, space, call] = commit.exec(line) ?? []
  if (space === undefined) return undefined
  return { name: 'awaited commit dropped', find: line, replace: `${space}${call}.catch(() => {})` }
}

function swapped(line: string, next: string): Edit | undefined {
  const [one, other] = [line, next].map((each) => statement.exec(each)?.[1])
  if (one === undefined || one !== other || notAlone.test(line) || notAlone.test(next)) return undefined
  if (!isBalanced(line) || !isBalanced(next)) return undefined
  // Two plain assignments, as constructors have them, may stand in any order.
  if (!line.includes('(') && !next.includes('(')) return undefined
  return { name: 'neighbours swapped', find: `${line}\n${next}`, replace: `${next}\n${line}` }
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const letter of text) {
    if ('([{'.includes(letter)) depth += 1
    else if (')]}'.includes(letter)) depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}
