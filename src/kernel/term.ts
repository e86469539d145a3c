/**
 * The reign of one keeper, from one of its starts to the next. Compared by reign, then keeper,
 * then start; the stream names the process, so that a cloned card cannot pass for the same term.
 * The length of a log never decides (LOG-7).
 */
export type Term = {
  readonly reign: number
  readonly keeper: string
  readonly start: number
  readonly stream: string
}

export function compareTerms(a: Term, b: Term): number {
  return (
    a.reign - b.reign ||
    compareText(a.keeper, b.keeper) ||
    a.start - b.start ||
    compareText(a.stream, b.stream)
  )
}

export const sameTerm = (a: Term, b: Term): boolean => compareTerms(a, b) === 0

/** As text, wherever a term is stored or sent. */
export function termText(term: Term): string {
  return `${term.reign}/${term.keeper}/${term.start}/${term.stream}`
}

export function parseTerm(text: string): Term {
  const match = /^(\d{1,9})\/([0-9a-z]{4,32})\/(\d{1,9})\/([0-9a-z]{4,32})$/.exec(text)
  if (!match) throw new Error(`not a term: ${text.slice(0, 80)}`)
  const [, reign, keeper, start, stream] = match as unknown as [string, string, string, string, string]
  return { reign: Number(reign), keeper, start: Number(start), stream }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
