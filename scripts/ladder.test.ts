import { describe, expect, test } from 'vitest'
import { violations } from './ladder.ts'

const imports = (path: string, specifier: string) => violations(path, `import { a } from '${specifier}'\n`)

describe('an import up or across the ladder is reported', () => {
  test.each([
    ['src/store/truth.ts', '../kernel/term.ts'],
    ['src/kernel/entry.ts', '../packs/game/facts.ts'],
    ['src/kernel/site/facts.ts', '../../doors/http/routes.ts'],
    ['src/packs/game/actions.ts', '../timing/rules/gap.ts'],
    ['src/packs/game/actions.ts', '../../store/truth.ts'],
    ['src/packs/game/actions.ts', './pages/wallet.tsx'],
    ['src/packs/game/actions.ts', '../all.ts'],
    ['src/packs/game/queries.ts', '../../web/live/client.ts'],
    ['src/packs/game/pages/wallet.tsx', '../../timing/pages/clock.tsx'],
    ['src/packs/game/pages/wallet.tsx', '../../timing/facts.ts'],
    ['src/packs/game/pages/wallet.tsx', '../../../web/shell/frame.tsx'],
    ['src/packs/all.ts', './game/pages/wallet.tsx'],
    ['src/doors/http/routes.ts', '../../world/box.ts'],
    ['src/doors/http/routes.ts', '../../packs/game/pages/wallet.tsx'],
    ['src/web/kit/button.tsx', '../../kernel/term.ts'],
    ['src/web/shell/frame.tsx', '../../packs/game/pages/wallet.tsx'],
    ['src/cli/start.ts', '../packs/game/pages/wallet.tsx'],
    ['src/kernel/term.ts', '../cli/machine.ts'],
    ['src/kernel/term.ts', '../../test/box.ts'],
  ])('%s must not import %s', (path, specifier) => {
    expect(imports(path, specifier)).toHaveLength(1)
  })
})

describe('an import down the ladder is fine', () => {
  test.each([
    ['src/kernel/entry.ts', '../store/truth.ts'],
    ['src/kernel/site/facts.ts', '../term.ts'],
    ['src/packs/game/actions.ts', './rules/wallet.ts'],
    ['src/packs/game/rules/wallet.ts', '../../../kernel/term.ts'],
    ['src/packs/game/pages/wallet.tsx', '../queries.ts'],
    ['src/packs/game/pages/wallet.tsx', '../../../web/kit/button.tsx'],
    ['src/packs/game/pages/wallet.tsx', '../../../web/live/client.ts'],
    ['src/packs/all.ts', './game/pack.ts'],
    ['src/doors/http/routes.ts', '../../packs/all.ts'],
    ['src/web/entries/console.tsx', '../../packs/game/pages/wallet.tsx'],
    ['src/web/kit/say.ts', '../../kernel/texts.ts'],
    ['src/world/box.ts', '../doors/http/routes.ts'],
    ['src/cli/simulate.ts', '../world/box.ts'],
    ['src/kernel/term.ts', 'node:fs'],
  ])('%s may import %s', (path, specifier) => {
    expect(imports(path, specifier)).toEqual([])
  })
})

test.each([
  ['a type', "import type { A } from '../kernel/term.ts'"],
  ['a re-export', "export { a } from '../kernel/term.ts'"],
  ['everything', "export * from '../kernel/term.ts'"],
  ['a lazy import', "const a = await import('../kernel/term.ts')"],
  ['a worker', "new Worker(new URL('../kernel/term.ts', import.meta.url))"],
])('%s counts as an import, with its line', (_, code) => {
  expect(violations('src/store/truth.ts', `// é\n${code}\n`)).toEqual([
    'src/store/truth.ts:2: store must not import src/kernel/term.ts; it may import nothing else of src/',
  ])
})

test('a file outside the rooms is reported', () => {
  expect(violations('src/utils/text.ts', '')).toHaveLength(1)
  expect(violations('src/main.ts', '')).toHaveLength(1)
})
