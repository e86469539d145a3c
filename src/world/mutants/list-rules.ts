import type { Mutant } from './mutant.ts'

/** In the rules that all boxes share: terms, order, views, links. */
export const inRules: readonly Mutant[] = [
  {
    name: 'term not compared',
    breaks: 'LOG-7',
    file: 'src/kernel/site/history.ts',
    find: `return compareTerms(a, b) > 0 ? 'mine' : 'theirs'`,
    replace: `return mine.n > theirs.n || (mine.n === theirs.n && compareTerms(a, b) > 0) ? 'mine' : 'theirs'`,
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'the newer start wins',
    breaks: 'TERM-8',
    file: 'src/kernel/site/history.ts',
    find: `return compareTerms(first, second) < 0 ? 'mine' : 'theirs'`,
    replace: `return compareTerms(first, second) > 0 ? 'mine' : 'theirs'`,
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'a start is not counted',
    breaks: 'TERM-2',
    file: 'src/kernel/site/duty.ts',
    find: 'met.start : 0) + 1',
    replace: 'met.start : 0)',
  },
  {
    name: 'a take-over opens no higher reign',
    breaks: 'TERM-5',
    file: 'src/kernel/site/duty.ts',
    find: 'return { reign: Math.max(0, ...reigns) + 1, keeper: box, start: 1, stream }',
    replace: 'return { reign: Math.max(1, ...reigns), keeper: box, start: 1, stream }',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'orphan kept twice',
    breaks: 'TERM-6',
    file: 'src/kernel/site/sequencer.ts',
    find: '        if (!views.kernel.orphans.get(orphan.term, orphan.n)) say(orphanFacts(stillKnown(views, orphan)))',
    replace: '        say(orphanFacts(stillKnown(views, orphan)))',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'orphan applied',
    breaks: 'TERM-6',
    file: 'src/kernel/site/sequencer.ts',
    find: '      for (const orphan of orphansIn(term, n, text, bodies)) {',
    replace: `      if (head.form === 'a') appendText(text, bodies)
      for (const orphan of orphansIn(term, n, text, bodies)) {`,
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'orphans are let go',
    breaks: 'TERM-6',
    file: 'src/kernel/site/sequencer.ts',
    find: 'if (!views.kernel.orphans.get(orphan.term, orphan.n)) say(orphanFacts(stillKnown(views, orphan)))',
    replace:
      'if (views.kernel.orphans.get(orphan.term, orphan.n)) say(orphanFacts(stillKnown(views, orphan)))',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'records of a lost branch are let go',
    breaks: 'TERM-6',
    file: 'src/kernel/site/sequencer.ts',
    find: `      if (record) takeRecord(record, box, stream)
`,
    replace: `      if (record && head.form === 'q') takeRecord(record, box, stream)
`,
    survives: 'they come again from journals',
  },
  {
    name: 'no dedupe of records',
    breaks: 'LOG-9',
    file: 'src/kernel/site/sequencer.ts',
    find: 'if (seq !== views.position(stream) + 1) return false',
    replace: 'if (seq > views.position(stream) + 1) return false',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'a gap in a stream is passed over',
    breaks: 'LOG-9',
    file: 'src/kernel/site/sequencer.ts',
    find: 'if (seq !== views.position(stream) + 1) return false',
    replace: 'if (seq <= views.position(stream)) return false',
    first: { arena: 'small boxes', seed: 2 },
  },
  {
    name: 'no dedupe of actions',
    breaks: 'LOG-12',
    file: 'src/kernel/site/sequencer.ts',
    find: `    const before = views.kernel.answers.get(ask.key)
`,
    replace: `    const before = views.kernel.answers.get(\`\${ask.key} again\`)
`,
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'an answer again is called a conflict',
    breaks: 'LOG-12',
    file: 'src/kernel/site/sequencer.ts',
    find: 'if (before?.digest === digest) return',
    replace: 'if (before?.digest === ask.key) return',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'answer not stored',
    breaks: 'LOG-12',
    file: 'src/kernel/site/views.ts',
    find: '      this.kernel.answers.put({ key, digest, n: row.n, answer })',
    replace: '      this.kernel.answers.put({ key: `not ${key}`, digest, n: row.n, answer })',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'another answer is stored',
    breaks: 'LOG-12',
    file: 'src/kernel/site/views.ts',
    find: '      this.kernel.answers.put({ key, digest, n: row.n, answer })',
    replace: '      this.kernel.answers.put({ key, digest, n: row.n, answer: { stored: answer } })',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'positions are not saved',
    breaks: 'LOG-9',
    file: 'src/kernel/site/views.ts',
    find: `    if (!this.#open) return
    this.#saveStreams()
`,
    replace: `    if (!this.#open) return
`,
  },
  {
    name: 'positions outlive a rollback',
    breaks: 'VIEW-9',
    file: 'src/kernel/site/views.ts',
    find: `    this.#cursor = this.#committed
    this.#streams.clear()`,
    replace: '    this.#cursor = this.#committed',
  },
  {
    name: 'views that follow are not committed',
    breaks: 'VIEW-9',
    file: 'src/kernel/site/writer-core.ts',
    find: `      views.commit()
    } catch (error) {`,
    replace: '    } catch (error) {',
  },
  {
    name: 'a base misses its last table',
    breaks: 'VIEW-10',
    file: 'src/kernel/views/base.ts',
    find: '  for (const line of lines.slice(1)) {',
    replace: '  for (const line of lines.slice(2)) {',
    survives: 'its hash refuses it, and views are built from the log',
  },
  {
    name: 'views do not forget the erased',
    breaks: 'LOG-16',
    file: 'src/kernel/site/views.ts',
    find: 'for (const pack of this.known.packs) pack.erase?.(this.rows(pack), places)',
    replace: 'for (const pack of this.known.packs.slice(0, 1)) pack.erase?.(this.rows(pack), places)',
    first: { arena: 'erasures', seed: 1 },
  },
  {
    name: 'frames are not counted',
    breaks: 'LINK-2',
    file: 'src/kernel/link/link.ts',
    find: 'if (number !== this.#received)',
    replace: 'if (number < 0)',
    survives: 'every flow asks again by itself',
  },
  {
    name: 'a dead link is not noticed',
    breaks: 'LINK-8',
    file: 'src/kernel/link/link.ts',
    find: 'export const deadAfterMs = 10_000',
    replace: 'export const deadAfterMs = 10_000_000',
    first: { arena: 'hostile links', seed: 1 },
  },
  {
    name: 'credit is not given back',
    breaks: 'LINK-10',
    file: 'src/kernel/link/link.ts',
    find: 'if (carries(frame) && this.isUp) this.#send',
    replace: 'if (carries(frame) && bytes > 600 && this.isUp) this.#send',
    first: { arena: 'slow hand-overs', seed: 1 },
  },
]
