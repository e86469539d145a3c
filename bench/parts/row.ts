import type { Figure } from './figure.ts'

/** One line of the table. */
export type Row = {
  readonly name: string
  readonly ours: Figure
  readonly peer?: { readonly name: string; readonly figure: Figure | Missing } | undefined
  /** Ours by the peer's; above 1 is better, whatever is measured. */
  readonly ratio?: number | undefined
  readonly aim?: string | undefined
  /** Null where nothing is aimed at. */
  readonly holds: boolean | null
}

export type Measure = () => Promise<readonly Row[]>

export type Bound = { readonly atLeast: number } | { readonly atMost: number }

/** What to type so that it is there in the next run. */
export type Missing = { readonly missing: string }

export type Beside = {
  readonly name: string
  readonly figure: Figure | Missing
  /** The least ratio that is aimed at. */
  readonly ratio?: number | undefined
}

/** Judged by the median of its rounds. */
export function row(name: string, ours: Figure, aim?: Bound, beside?: Beside): Row {
  const ratio =
    beside && !('missing' in beside.figure) ? ratioOf(ours, beside.figure, better(ours.unit)) : undefined
  const aims = [aim && boundText(aim, ours.unit), beside?.ratio && `>= ${beside.ratio * 100} % of the peer`]
  const judged = [
    aim && ('atLeast' in aim ? ours.median >= aim.atLeast : ours.median <= aim.atMost),
    beside?.ratio === undefined || ratio === undefined ? undefined : ratio >= beside.ratio,
  ].filter((each) => each !== undefined)
  return {
    name,
    ours,
    peer: beside && { name: beside.name, figure: beside.figure },
    ratio,
    aim: aims.filter((each) => each !== undefined).join(', ') || undefined,
    holds: judged.length === 0 ? null : judged.every(Boolean),
  }
}

const better = (unit: string): 'more' | 'less' => (unit.endsWith('/s') ? 'more' : 'less')

function ratioOf(ours: Figure, peer: Figure, which: 'more' | 'less'): number {
  return which === 'more' ? ours.median / peer.median : peer.median / ours.median
}

function boundText(bound: Bound, unit: string): string {
  return 'atLeast' in bound ? `>= ${bound.atLeast} ${unit}` : `<= ${bound.atMost} ${unit}`
}
