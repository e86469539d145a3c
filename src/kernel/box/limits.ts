/** What a box keeps and how often it tidies. Real boxes use `usual`; a rehearsal of weeks in hours does not. */
export type Limits = {
  /** A record leaves its box's journal so long after the highest box of its site has it on disk (LOG-14). */
  readonly keptAfterTopMs: number
  /** The least distance between two marks of what the top had when. */
  readonly markEveryMs: number
  readonly tidyEveryMs: number
  /** Entries from one base to the next (LOG-15). */
  readonly baseEvery: number
  /** From one exchange of clocks to the next (CLOCK-2). 0: the box believes its machine and measures nothing. */
  readonly clockEveryMs: number
}

export const usual: Limits = {
  keptAfterTopMs: 7 * 24 * 3600 * 1000,
  markEveryMs: 3600 * 1000,
  tidyEveryMs: 60_000,
  baseEvery: 10_000,
  clockEveryMs: 16_000,
}
