import type { Mutant } from './mutant.ts'

/** In what sites are lent so that people can sign in without the hub. */
export const inPeople: readonly Mutant[] = [
  {
    name: 'who is suspended is lent all the same',
    breaks: 'ACCOUNT-11',
    file: 'src/kernel/accounts/lending.ts',
    find: `if (suspended || roles.length`,
    replace: `if (roles.length`,
    first: { arena: 'lent logins', seed: 1 },
  },
  {
    name: 'what was erased at the hub stays lent',
    breaks: 'ACCOUNT-15',
    file: 'src/kernel/accounts/lending.ts',
    find: `return lent && [lent.saved, lent.proved].some(`,
    replace: `return lent && [lent.proved].some(`,
    first: { arena: 'lent logins', seed: 1 },
  },
]
