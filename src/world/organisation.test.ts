import { expect, test } from 'vitest'
import { live } from './mutants/trial.ts'

test.each([1, 6])(
  'ACCOUNT-15 whatever happens to boxes and lines, each box lets in whom the organisation’s log says (%d)',
  { timeout: 120_000 },
  async (seed) => {
    expect(await live({ arena: 'lent logins', seed })).toMatchObject({ is: 'clean', text: '' })
  },
)
