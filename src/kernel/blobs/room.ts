const gibibyte = 1024 ** 3

/** What stays free for everything that is not a blob (BLOB-9): the larger of 1 GiB and 8 % of the disk. */
export function usualReserve(diskBytes: number): number {
  return Math.max(gibibyte, Math.ceil(diskBytes * 0.08))
}

export type Asked = {
  /** Bytes that are still to come, those of other downloads under way included. */
  readonly need: number
  readonly free: number
  readonly reserve: number
  /** What nobody holds, from what is unused for longest. */
  readonly evictable: readonly { readonly sha256: string; readonly size: number }[]
}

export type Refused = {
  readonly is: 'refused'
  readonly need: number
  /** With all that may go gone. */
  readonly free: number
  readonly reserve: number
}

export type Room = { readonly is: 'room'; readonly evict: readonly string[] } | Refused

/**
 * Whether so much may come, and what goes before it does. Where not even all that may go makes room enough,
 * nothing goes: a wish that cannot be met must not empty the box.
 */
export function roomFor({ need, free, reserve, evictable }: Asked): Room {
  const evict: string[] = []
  let room = free
  for (const { sha256, size } of evictable) {
    if (room - need >= reserve) break
    evict.push(sha256)
    room += size
  }
  if (need === 0 || room - need >= reserve) return { is: 'room', evict: need === 0 ? [] : evict }
  return { is: 'refused', need, free: room, reserve }
}

/** How full the disk is. Each level has all that the ones before it mean. */
export const diskLevels = ['good', 'low', 'short', 'scarce'] as const
/**
 * `low`: under the reserve, unreferenced blobs go, and a person is told. `short`: under half of it, downloads that
 * are under way end. `scarce`: under a quarter, samples are no longer written. What is left is for truth.
 */
export type DiskLevel = (typeof diskLevels)[number]

const partOfReserve = { good: Number.POSITIVE_INFINITY, low: 1, short: 1 / 2, scarce: 1 / 4 } as const

/** A level ends when 3 points of the disk more are free than where it begins, so that nobody is told twice a minute. */
export function nextLevel(
  before: DiskLevel,
  { free, size, reserve }: { readonly free: number; readonly size: number; readonly reserve: number },
): DiskLevel {
  const calm = size * 0.03
  const holds = (level: DiskLevel): boolean => {
    const bound = reserve * partOfReserve[level]
    return free < bound || (diskLevels.indexOf(before) >= diskLevels.indexOf(level) && free < bound + calm)
  }
  return diskLevels.findLast(holds) ?? 'good'
}
