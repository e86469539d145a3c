import type { FairBox } from './fair-box.ts'
import { site } from './fair-box.ts'
import { facts, take } from './facts.ts'

const atOnce = 500
const mostBehind = 20_000

/** Records so many facts at a keeper, and waits until they are in its log and its views. */
export async function fill(fair: FairBox, count: number, seed: string): Promise<void> {
  const source = facts(seed)
  const first = fair.status.n
  for (let done = 0; done < count; done += atOnce) {
    await fair.box.record(site, take(source, Math.min(atOnce, count - done)))
    await fair.logged(first + done - mostBehind)
  }
  // One entry more than facts: the stream that they came in was opened.
  await fair.logged(first + count + 1)
  await fair.shown()
}
