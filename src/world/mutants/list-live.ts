import type { Mutant } from './mutant.ts'

/** In live queries: what screens are told, and when. */
export const inLive: readonly Mutant[] = [
  {
    name: 'followers forget their screens',
    breaks: 'LIVE-4',
    file: 'src/kernel/box/site-log.ts',
    find: `      this.#parts.live.touched(this.site, touched)
      this.#views`,
    replace: '      this.#views',
    first: { arena: 'screens', seed: 1 },
  },
  {
    name: 'the keeper forgets its screens',
    breaks: 'LIVE-4',
    file: 'src/kernel/box/site-log.ts',
    find: '        live.touched(this.site, touched)\n',
    replace: '',
    first: { arena: 'screens', seed: 1 },
  },
  {
    name: 'screens are not told that a log was given up',
    breaks: 'LIVE-11',
    file: 'src/kernel/box/site-log.ts',
    find: '    this.#parts.live.gaveUp(this.site)\n',
    replace: '',
    first: { arena: 'screens', seed: 1 },
  },
  {
    name: 'a topic ends although somebody came again',
    breaks: 'LIVE-10',
    file: 'src/kernel/live/live.ts',
    find: `    kept.cancel()
    const { drained, leave }`,
    replace: '    const { drained, leave }',
    first: { arena: 'screens', seed: 2 },
  },
  {
    name: 'an answer is forgotten with the first of its topics',
    breaks: 'LIVE-6',
    file: 'src/kernel/live/live.ts',
    find: '    if (!answer.isRead) this.#answers.delete(',
    replace: '    this.#answers.delete(',
    first: { arena: 'screens', seed: 1 },
  },
]
