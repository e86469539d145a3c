import type { Mutant } from './mutant.ts'

/** In the store, the journal, and on the way of records. */
export const inStoreAndRecords: readonly Mutant[] = [
  {
    name: 'acknowledge before commit',
    breaks: 'STORE-1',
    file: 'src/store/group-commit.ts',
    find: '      const outcomes = await this.#run(group.map(({ call }) => call))',
    replace: `      for (const { resolve } of group) resolve()
      const outcomes = await this.#run(group.map(({ call }) => call))`,
  },
  {
    name: 'a failed group is called written',
    breaks: 'STORE-3',
    file: 'src/store/group-commit.ts',
    find: 'for (const { reject } of [...group, ...behind]) reject(error)',
    replace: 'for (const { resolve } of [...group, ...behind]) resolve()',
  },
  {
    name: 'a call that was fenced is called written',
    breaks: 'STORE-3',
    file: 'src/store/group-commit.ts',
    find: `        if (outcome === 'done') resolve()`,
    replace: '        if (outcome !== undefined) resolve()',
    survives: 'the fences are a second line',
  },
  {
    name: 'trim takes one record too many',
    breaks: 'LOG-14',
    file: 'src/store/truth-writes.ts',
    find: '.run(base + head.first, base + last)',
    replace: '.run(base + head.first, base + last + 1)',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'a branch is given up without salvage',
    breaks: 'TERM-10',
    file: 'src/store/truth-writes.ts',
    find: `  db.prepare(salvageRest).run(head.id, keep)
`,
    replace: `  db.prepare(salvageRest).run(head.id, head.n)
`,
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'salvage lacks the first entries of a branch',
    breaks: 'TERM-10',
    file: 'src/store/truth-writes.ts',
    find: 'db.prepare(salvageRest).run(head.id, keep)',
    replace: 'db.prepare(salvageRest).run(head.id, keep + 3)',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'terms of a lost branch stay',
    breaks: 'TERM-10',
    file: 'src/store/truth-writes.ts',
    find: `  db.prepare('DELETE FROM terms WHERE site = ? AND n > ?').run(head.id, keep)
`,
    replace: '',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'the journal is not made hollow',
    breaks: 'LOG-16',
    file: 'src/store/truth-writes.ts',
    find: `db.prepare('UPDATE journal SET body = ? WHERE id = ?').run(body, head.id * journalSpan + seq)`,
    replace: `db.prepare('UPDATE journal SET body = ? WHERE id = ?').run(body, head.id * journalSpan - seq)`,
    first: { arena: 'erasures', seed: 1 },
  },
  {
    name: 'a record is acknowledged before it is durable',
    breaks: 'LOG-6',
    file: 'src/kernel/box/journal.ts',
    find: `      await truth.commit([{ do: 'records', site: this.#site, box, stream: stream.name, rows }, ...beside])`,
    replace: `      truth.commit([{ do: 'records', site: this.#site, box, stream: stream.name, rows }, ...beside]).catch(() => {})`,
  },
  {
    name: 'a refused record leaves for the keeper',
    breaks: 'LOG-6',
    file: 'src/kernel/box/journal.ts',
    find: `      await truth.commit([{ do: 'records', site: this.#site, box, stream: stream.name, rows }, ...beside])`,
    replace: `      this.#written(stream.name, rows)
      await truth.commit([{ do: 'records', site: this.#site, box, stream: stream.name, rows }, ...beside])`,
  },
  {
    name: 'seq reused after a rewind',
    breaks: 'LOG-5',
    file: 'src/kernel/box/journal.ts',
    find: '    return { name, before, next: 1, durable: 0, inFlight: 0, broken: undefined }',
    replace: `    const seq = before?.seq ?? 0
    return { name: before?.stream ?? name, before, next: seq + 1, durable: seq, inFlight: 0, broken: undefined }`,
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'own records leave on the word of a box in the middle',
    breaks: 'LOG-14',
    file: 'src/kernel/box/record-flow.ts',
    find: 'Math.max(this.#topHasLog() ? logged : 0, this.#told.get(stream)?.top ?? 0)',
    replace: 'Math.max(logged, this.#told.get(stream)?.top ?? 0)',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'own records leave at once',
    breaks: 'LOG-14',
    file: 'src/kernel/box/retention.ts',
    find: 'since + limits.keptAfterTopMs <= now',
    replace: 'since <= now',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'records of others leave before the log has them',
    breaks: 'LOG-14',
    file: 'src/kernel/box/held.ts',
    find: `      const logged = Math.min(last, await log.position(stream))
`,
    replace: `      const logged = last
`,
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'a small box is told of a top that has nothing',
    breaks: 'LOG-14',
    file: 'src/kernel/box/record-flow.ts',
    find: '    const top = this.#topHasLog() ? await this.#parts.log.position(stream) : 0',
    replace: '    const top = await this.#parts.log.position(stream)',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'passed on before it is durable',
    breaks: 'LINK-6',
    file: 'src/kernel/box/record-flow.ts',
    find: `      await this.#parts.truth.commit([...jump, { do: 'records', ...name, rows: fresh }])`,
    replace: `      this.#parts.truth.commit([...jump, { do: 'records', ...name, rows: fresh }]).catch(() => {})`,
    first: { arena: 'hostile links', seed: 1 },
  },
  {
    name: 'what failed stays counted as queued',
    breaks: 'LOG-9',
    file: 'src/kernel/box/record-flow.ts',
    find: `    this.#queued.delete(stream)
`,
    replace: '',
  },
  {
    name: 'a request to send again is passed over',
    breaks: 'LINK-6',
    file: 'src/kernel/box/record-flow.ts',
    find: 'if (again) peer.records.set(stream, seq)',
    replace: 'if (again && seq === 0) peer.records.set(stream, seq)',
  },
]
