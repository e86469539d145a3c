import { Trouble } from '../doors/errors.ts'
import { nearest } from '../kernel/suggest.ts'

/** `add marie --role lead`: what is to be done, with what, and the flags. Help needs neither. */
export function splitVerb<Verb extends string>(
  command: string,
  verbs: readonly Verb[],
  args: readonly string[],
): { readonly verb: Verb; readonly what: string | undefined; readonly rest: readonly string[] } {
  const words = args.findIndex((each) => each.startsWith('-'))
  const named = words === -1 ? args : args.slice(0, words)
  const rest = words === -1 ? [] : args.slice(words)
  const [typed, what, ...more] = named
  const verb = verbs.find((each) => each === typed)
  const [first] = verbs
  if (typed === undefined && first !== undefined && rest.includes('--help'))
    return { verb: first, what: undefined, rest: ['--help'] }
  if (verb === undefined) {
    const wanted = nearest(typed ?? '', verbs)
    throw Trouble.of('verb_unknown', {
      command,
      verb: typed ?? '',
      verbs: wanted === undefined ? verbs.join(', ') : wanted,
    })
  }
  if (more[0] !== undefined) throw Trouble.of('argument_unknown', { command, argument: more[0] })
  return { verb, what, rest }
}
