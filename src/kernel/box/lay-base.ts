import type { SiteParts } from './site-parts.ts'

/** At a moment when every box has confirmed all there is, a long log gets a base (LOG-15). */
export async function layBase(parts: SiteParts, isKeeping: () => boolean): Promise<void> {
  const { log, box, now, limits, peers } = parts
  if (!isKeeping() || log.history.n - log.state.base < limits.baseEvery) return
  await log.exclusive(async () => {
    const have = [...peers.values()].filter((peer) => peer.has(log.history.n)).map((peer) => peer.box)
    const others = log.state.boxes.filter((each) => !each.small && each.box !== box)
    const confirmed = others.every((each) => have.includes(each.box))
    if (confirmed && isKeeping()) await log.step([{ do: 'base' }], now())
  })
}
