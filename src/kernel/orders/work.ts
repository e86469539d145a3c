/** An order as it stands in the queue of its box. */
export type Work = {
  readonly order: string
  readonly priority: number
  /** Its entry: the older goes first. */
  readonly n: number
  readonly barrier: boolean
}

/** So many orders of one site run at a time on a box. */
export const atOnce = 4

/** The order of work: by priority, then by age (ORDER-11). */
export function compareWork(a: Work, b: Work): number {
  return a.priority - b.priority || a.n - b.n || (a.order < b.order ? -1 : 1)
}

/** What may begin now: from the front, up to the first barrier, which runs alone. */
export function mayBegin<W extends Work>(waiting: Iterable<W>, running: Iterable<Work>): readonly W[] {
  const busy = [...running]
  if (busy.some(({ barrier }) => barrier)) return []
  const line = [...waiting].toSorted(compareWork)
  const first = line[0]
  if (first?.barrier) return busy.length === 0 ? [first] : []
  const barrier = line.findIndex((each) => each.barrier)
  const before = barrier < 0 ? line : line.slice(0, barrier)
  return before.slice(0, Math.max(0, atOnce - busy.length))
}
