import type { Mutant } from './mutant.ts'

/** In a site on a box: its log, copies, roles, salvage, erasure, questions. */
export const inBoxes: readonly Mutant[] = [
  {
    name: 'streams are offered once for ever',
    breaks: 'LINK-6',
    file: 'src/kernel/box/site-parts.ts',
    find: `    this.records.clear()
    this.offered.clear()`,
    replace: '    this.records.clear()',
    first: { arena: 'two keepers', seed: 1 },
  },
  {
    name: 'cursor before data',
    breaks: 'LOG-20',
    file: 'src/kernel/box/site-log.ts',
    find: `    await this.#parts.truth.commit([{ do: 'entries', site: this.site, rows }])
    await this.#took(rows)`,
    replace: `    await this.#took(rows)
    await this.#parts.truth.commit([{ do: 'entries', site: this.site, rows }])`,
  },
  {
    name: 'frame applied half',
    breaks: 'LINK-5',
    file: 'src/kernel/box/site-log.ts',
    find: `    await this.#parts.truth.commit([{ do: 'entries', site: this.site, rows }])
    await this.#took(rows)`,
    replace: `    await this.#parts.truth.commit([{ do: 'entries', site: this.site, rows: rows.slice(0, 3) }])
    await this.#took(rows)`,
  },
  {
    name: 'an answer before the commit',
    breaks: 'LOG-21',
    file: 'src/kernel/box/site-log.ts',
    find: `      await truth.commit([{ do: 'entries', site: this.site, rows: step.rows }])`,
    replace: `      truth.commit([{ do: 'entries', site: this.site, rows: step.rows }]).catch(() => {})`,
  },
  {
    name: 'views keep a step that the disk refused',
    breaks: 'VIEW-9',
    file: 'src/kernel/box/site-log.ts',
    find: `    } catch (error) {
      await writer.settle(this.site, 'rollback')
      throw error
    }
    // The log`,
    replace: `    } catch (error) {
      await writer.settle(this.site, 'commit')
      throw error
    }
    // The log`,
  },
  {
    name: 'positions of a lost branch stay',
    breaks: 'LOG-9',
    file: 'src/kernel/box/site-log.ts',
    find: `    this.#positions = new Map()
`,
    replace: '',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'whoever links while the members are not known yet is one',
    breaks: 'SITE-4',
    file: 'src/kernel/box/members.ts',
    find: 'this.isAbove(peer) || history.n === 0',
    replace: 'this.isAbove(peer) || state.boxes.length === 0',
    first: { arena: 'small boxes', seed: 44 },
  },
  {
    name: 'the tail keeps a lost branch',
    breaks: 'TERM-10',
    file: 'src/kernel/box/site-log.ts',
    find: `    this.#tail.clear()
    this.#positions = new Map()`,
    replace: '    this.#positions = new Map()',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'views keep a lost branch',
    breaks: 'TERM-10',
    file: 'src/kernel/box/site-log.ts',
    find: '    if (this.#viewsParted) await this.#resetViews()\n',
    replace: '',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'positions are read from views that are being made anew',
    breaks: 'LOG-9',
    file: 'src/kernel/box/site-log.ts',
    find: '    if (this.#viewsParted) await this.catchUp()\n',
    replace: '',
    first: { arena: 'rewinds', seed: 79 },
  },
  {
    name: 'where two logs part is not asked',
    breaks: 'LOG-8',
    file: 'src/kernel/box/entry-flow.ts',
    find: 'if (!(await this.#hasEntry(after, chain))) return false',
    replace: 'if (!(await this.#hasEntry(after, chain)) && after < 0) return false',
    survives: 'the receiver refuses by the running hash',
  },
  {
    name: 'what is under way outlives a cut',
    breaks: 'LINK-5',
    file: 'src/kernel/box/entry-flow.ts',
    find: `    for (const peer of this.#parts.peers.values()) peer.sentUpTo = undefined
`,
    replace: '',
    survives: 'a box that gave up is asked anew anyway',
  },
  {
    name: 'a silent source is never asked again',
    breaks: 'LINK-5',
    file: 'src/kernel/box/entry-flow.ts',
    find: 'this.#source.peer !== peer || this.#source.silent',
    replace: 'this.#source.peer !== peer',
    survives: 'frames get lost only with their link',
  },
  {
    name: 'live entries with a gap',
    breaks: 'LINK-5',
    file: 'src/kernel/box/entry-flow.ts',
    find: 'if (first && peer.sentUpTo === first.n - 1 && peer.link.hasLiveRoom())',
    replace: 'if (first && peer.sentUpTo !== undefined && peer.link.hasLiveRoom())',
    survives: 'what does not follow is left, and asked for again',
  },
  {
    name: 'copies count what was only sent',
    breaks: 'LOG-13',
    file: 'src/kernel/box/site-parts.ts',
    find: 'this.sentUpTo !== undefined && this.sentUpTo >= n && this.acked >= n',
    replace: 'this.sentUpTo !== undefined && this.sentUpTo >= n',
  },
  {
    name: 'copies count a box too many',
    breaks: 'LOG-13',
    file: 'src/kernel/box/keeper.ts',
    find: '    return 1 + [...this.#parts.peers.values()].filter((peer) => peer.has(n)).length',
    replace: '    return 1 + [...this.#parts.peers.values()].filter((peer) => peer.has(n - 1)).length',
  },
  {
    name: 'every box is the top',
    breaks: 'LOG-14',
    file: 'src/kernel/box/neighbours.ts',
    find: 'return this.#parts.above() === null ? n : Math.min(this.#topTold, n)',
    replace: 'return this.#parts.above() === null ? n : Math.max(this.#topTold, n)',
    first: { arena: 'short memories', seed: 1 },
  },
  {
    name: 'the top counts on another log',
    breaks: 'LOG-14',
    file: 'src/kernel/box/neighbours.ts',
    find: 'const top = parted ? Math.min(peer.top, common) : peer.top',
    replace: 'const top = parted ? Math.max(peer.top, common) : peer.top',
    survives: 'the window is shorter than a look',
  },
  {
    name: 'a base before all have confirmed',
    breaks: 'LOG-15',
    file: 'src/kernel/box/lay-base.ts',
    find: 'if (confirmed && isKeeping())',
    replace: 'if ((confirmed || others.length > 0) && isKeeping())',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'a small box is sent the log',
    breaks: 'SITE-4',
    file: 'src/kernel/box/members.ts',
    find: `return member.small ? 'small' : 'whole'`,
    replace: `return member.small && peer.box === '' ? 'small' : 'whole'`,
    first: { arena: 'small boxes', seed: 2 },
  },
  {
    name: 'a box that left is a stranger',
    breaks: 'LINK-7',
    file: 'src/kernel/box/members.ts',
    find: 'return keysOf(box, this.#log.state.left)',
    replace: 'return keysOf(box, [])',
    first: { arena: 'unassigned', seed: 1 },
  },
  {
    name: 'a box that left follows on',
    breaks: 'LINK-7',
    file: 'src/kernel/box/members.ts',
    find: `&& !each.small) ? 'left' : 'guest'`,
    replace: `&& !each.small) ? 'whole' : 'guest'`,
    first: { arena: 'unassigned', seed: 1 },
  },
  {
    name: 'a box without the log hears of no erasure',
    breaks: 'LOG-28',
    file: 'src/kernel/box/erased-records.ts',
    find: `if (standing === 'whole') return`,
    replace: `if (standing !== 'guest') return`,
    first: { arena: 'erasures without the log', seed: 1 },
  },
  {
    name: 'a keeper decides after its hand-over',
    breaks: 'TERM-9',
    file: 'src/kernel/box/keeper.ts',
    find: 'if (!this.#isKeeping()) return this.abandon()',
    replace: 'if (!this.#isKeeping() && this.#queue.length === 0) return this.abandon()',
    first: { arena: 'slow hand-overs', seed: 1 },
  },
  {
    name: 'an old keeper does not yield',
    breaks: 'TERM-9',
    file: 'src/kernel/box/site-role.ts',
    find: `    if (better) return this.#follow(better)
`,
    replace: `    if (better && !this.isKeeping) return this.#follow(better)
`,
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'a restored keeper decides at once',
    breaks: 'TERM-7',
    file: 'src/kernel/box/site-role.ts',
    find: 'if (this.#outside.memory.isRestored && !this.#heardFromOne())',
    replace: 'if (this.#outside.memory.isRestored && this.#heardFromOne())',
    first: { arena: 'restores', seed: 2 },
  },
  {
    name: 'salvage is forgotten when it is handed in',
    breaks: 'TERM-6',
    file: 'src/kernel/box/salvage-flow.ts',
    find: `        told.at <= Math.min(top, history.n) &&
        term !== undefined &&
        termText(term) === told.under
`,
    replace: `        (top >= 0 || termText(term ?? parseTerm(told.under)) === '')
`,
    first: { arena: 'rewinds', seed: 4 },
  },
  {
    name: 'salvage is forgotten before the top has it',
    breaks: 'TERM-6',
    file: 'src/kernel/box/salvage-flow.ts',
    find: 'told.at <= Math.min(top, history.n) &&',
    replace: 'told.at <= Math.max(top, history.n) &&',
    first: { arena: 'rewinds', seed: 4 },
  },
  {
    name: 'salvage is safe under any term',
    breaks: 'TERM-6',
    file: 'src/kernel/box/salvage-flow.ts',
    find: `        term !== undefined &&
        termText(term) === told.under
`,
    replace: `        term !== undefined &&
        (termText(term) === told.under || told.under !== '')
`,
    survives: `the answer's term almost always stands`,
  },
  {
    name: 'salvage is not loaded after a cut',
    breaks: 'TERM-6',
    file: 'src/kernel/box/site.ts',
    find: `    this.#neighbours.forgetRecords()
    await this.#salvage.load()`,
    replace: '    this.#neighbours.forgetRecords()',
    first: { arena: 'rewinds', seed: 2 },
  },
  {
    name: 'the log is not made hollow',
    breaks: 'LOG-16',
    file: 'src/kernel/box/erasure.ts',
    find: `    if (bodies !== row.bodies) writes.push({ do: 'hollow', site, n, bodies })`,
    replace: `    if (bodies !== row.bodies) writes.push({ do: 'hollow', site, n, bodies: row.bodies })`,
    first: { arena: 'erasures', seed: 1 },
  },
  {
    name: 'bases still show the erased',
    breaks: 'LOG-16',
    file: 'src/kernel/box/erasure.ts',
    find: '  await writer.dropBases(site, Math.max(...erased.map(({ by }) => by)))',
    replace: '  await writer.dropBases(site, Math.min(...erased.map(({ n }) => n)))',
    first: { arena: 'erasures', seed: 1 },
  },
  {
    name: 'an erasure waits for the next start',
    breaks: 'LOG-16',
    file: 'src/kernel/box/erasure.ts',
    find: '    if (writes.length > 0) await truth.commit(writes)',
    replace: '    if (writes.length > 0 && n > from) await truth.commit(writes)',
    first: { arena: 'erasures', seed: 1 },
  },
  {
    name: 'a question waits for ever',
    breaks: 'ACT-4',
    file: 'src/kernel/box/asks.ts',
    find: `machine.timers.after(answerWithinMs, () => settle(unknown('the keeper did not answer')))`,
    replace: 'machine.timers.after(answerWithinMs, () => {})',
    first: { arena: 'hostile links', seed: 1 },
  },
  {
    name: 'a question on a broken link is refused',
    breaks: 'ACT-4',
    file: 'src/kernel/box/asks.ts',
    find: `pending.settle(unknown('the link broke'))`,
    replace: 'pending.settle(away)',
    first: { arena: 'hostile links', seed: 1 },
  },
]
