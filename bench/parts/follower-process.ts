import type { Above } from '../../src/kernel/box/contract.ts'
import { FairBox, site } from './fair-box.ts'
import type { FromFollower, ToFollower } from './follower-words.ts'

/** A follower in a process of its own: `follower-process.ts <folder>`. */
const fair = await FairBox.open(process.argv[2] ?? '', {
  'fair.lamp': { run: async () => ({ is: 'done' }) },
})
const { box, publicKey } = fair.identity
const say = (words: FromFollower) => process.send?.(words)

async function follow(above: Above, n: number): Promise<void> {
  const from = performance.now()
  const since = () => (performance.now() - from) / 1000
  await fair.box.serve(site, above)
  await fair.logged(n)
  const log = since()
  await fair.shown()
  say({ is: 'followed', log, views: since() })
}

async function stop(): Promise<void> {
  await fair[Symbol.asyncDispose]()
  process.disconnect?.()
}

process.on('message', (words: ToFollower) => {
  void (words.do === 'stop' ? stop() : follow(words.above, words.n))
})
process.on('disconnect', () => process.exit())
say({ is: 'ready', box, publicKey })
