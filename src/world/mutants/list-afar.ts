import type { Mutant } from './mutant.ts'

/** In asks that wait, errands and settings. */
export const inAfar: readonly Mutant[] = [
  {
    name: 'an errand has another key each time',
    breaks: 'AFAR-9',
    file: 'src/kernel/afar/errands.ts',
    find: `const ask: Ask = { action, key, who, input, sure: 'decide' }`,
    replace: `const ask: Ask = { action, key: \`\${key} \${this.#parts.machine.clock.mono()}\`, who, input }`,
    first: { arena: 'settings', seed: 1 },
  },
  {
    name: 'what waits is not asked when there is a way again',
    breaks: 'AFAR-3',
    file: 'src/kernel/box/beside.ts',
    find: `    this.afar.turn()
`,
    replace: '',
    first: { arena: 'from afar', seed: 1 },
  },
  {
    name: 'versions are noted as answered before they are recorded',
    breaks: 'SET-11',
    file: 'src/kernel/settings/applying.ts',
    find: `    const open = unanswered(desired, this.#applied)
`,
    replace: `    const open = unanswered(desired, this.#applied)
    await this.#keep({ ...next, answered: desired.versions })
`,
    first: { arena: 'settings', seed: 1 },
  },
  {
    name: 'overrides never end',
    breaks: 'SET-9',
    file: 'src/kernel/box/beside.ts',
    find: `    await this.settings.turn()
`,
    replace: '',
    first: { arena: 'settings', seed: 1 },
  },
]
