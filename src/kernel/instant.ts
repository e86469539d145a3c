/**
 * A moment as the box that saw it knew it: its monotonic clock, the offset to the site's time that
 * it believed then (null: none yet), and how good that belief was. Which boot the monotonic clock
 * counts from is said by the stream or the term that the fact belongs to.
 */
export type Instant = readonly [mono: number, offset: number | null, quality: Quality]

/** 0 unknown, 1 poor (5 s), 2 fair (250 ms), 3 good (20 ms). */
export type Quality = 0 | 1 | 2 | 3

/** Milliseconds since 1970 as believed then, or null on an unknown clock. */
export function epochOf([mono, offset]: Instant): number | null {
  return offset === null ? null : mono + offset
}
