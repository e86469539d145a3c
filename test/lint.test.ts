// The gate must go red: every house rule is broken once, in a copy of the project's configuration.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

type Case = readonly [rule: string, path: string, source: string]

const linted: readonly Case[] = [
  ['no-explicit-any', 'src/kernel/any.ts', 'export const a = (x: any): unknown => x'],
  ['no-default-export', 'src/kernel/default.ts', 'export default 1'],
  [
    'no-cycle',
    'src/kernel/here.ts',
    "import { there } from './there.ts'\nexport const here = (): number => there()",
  ],
  [
    'no-cycle',
    'src/kernel/there.ts',
    "import { here } from './here.ts'\nexport const there = (): number => here()",
  ],
  [
    'no-floating-promises',
    'src/kernel/floating.ts',
    'export const a = (): void => {\n  Promise.resolve(1)\n}',
  ],
  [
    'no-misused-promises',
    'src/kernel/misused.ts',
    'export const a = (): number => (Promise.resolve(1) ? 1 : 2)',
  ],
  ['prefer-readonly', 'src/kernel/readonly.ts', 'export class A {\n  private x = 1\n  y = () => this.x\n}'],
  ['max-lines', 'src/kernel/long.ts', 'export const a = [\n' + '  1,\n'.repeat(500) + ']'],
  ['switch-exhaustiveness-check', 'src/kernel/switch.ts', switchWithoutB()],
  ['no-non-null-assertion', 'src/kernel/bang.ts', 'export const a = (x?: string): string => x!'],
  ['consistent-type-imports', 'src/kernel/type.ts', "export let a: import('./bang.ts').T"],
  ['filename-case', 'src/kernel/camelCase.ts', 'export const a = 1'],
  ['no-focused-tests', 'src/kernel/only.test.ts', "import { test } from 'vitest'\ntest.only('a', () => {})"],
  ['no-disabled-tests', 'src/kernel/skip.test.ts', "import { test } from 'vitest'\ntest.skip('a', () => {})"],
  ['no-restricted-imports', 'src/kernel/suffix.ts', "export * from './term.js'"],
  ['no-restricted-globals', 'src/kernel/timeout.ts', 'export const a = setTimeout'],
  ['no-restricted-globals', 'src/store/interval.ts', 'setInterval(() => {}, 1)'],
  ['no-restricted-globals', 'src/packs/game/rules/timeout.ts', 'setTimeout(() => {}, 1)'],
  ['no-ambient', 'src/kernel/now.ts', 'export const a = Date.now()'],
  ['no-ambient', 'src/kernel/global-now.ts', 'export const a = globalThis.Date.now()'],
  ['no-ambient', 'src/packs/game/date.ts', 'export const a = new Date()'],
  ['no-ambient', 'src/store/performance.ts', 'export const a = performance.now()'],
  ['no-ambient', 'src/store/random.ts', 'export const a = Math.random()'],
  [
    'no-ambient',
    'src/store/uuid.ts',
    "import { randomUUID } from 'node:crypto'\nexport const a = randomUUID()",
  ],
  [
    'no-ambient',
    'src/store/timers.ts',
    "import { setTimeout as wait } from 'node:timers/promises'\nexport { wait }",
  ],
  ['no-ambient', 'src/store/global-timer.ts', 'globalThis.setTimeout(() => {}, 1)'],
  ['no-ambient', 'src/doors/now.ts', 'export const a = Date.now()'],
  ['no-ambient', 'src/world/random.ts', 'export const a = Math.random()'],
  ['no-ambient', 'src/cli/now.ts', 'export const a = Date.now()'],
  ['no-ambient', 'src/store/now.test.ts', 'export const a = Date.now()'],
]

const clean: readonly Case[] = [
  ['nothing', 'src/cli/machine.ts', 'export const a = [Date.now(), Math.random(), setTimeout(() => {}, 1)]'],
  ['nothing', 'src/doors/timer.ts', 'export const a = setTimeout(() => {}, 1)'],
  ['nothing', 'src/store/timer.test.ts', 'export const a = setTimeout(() => {}, 1)'],
  ['nothing', 'src/kernel/instant.ts', 'export const a = new Date(0).toISOString()'],
  ['nothing', 'src/web/a.config.ts', 'export default 1'],
]

const typed: readonly Case[] = [
  ['TS1294', 'src/kernel/enum.ts', 'export enum A {\n  b,\n}'],
  ['TS7006', 'src/kernel/implicit.ts', 'export const a = (x) => x'],
  ['TS6133', 'src/kernel/unused.ts', 'const a = 1\nexport {}'],
  ['TS2322', 'src/kernel/indexed.ts', 'export const a = (x: number[]): number => x[0]'],
  ['TS2375', 'src/kernel/exact.ts', 'export const a: { b?: number } = { b: undefined }'],
]

function switchWithoutB(): string {
  return "export const a = (x: 'a' | 'b'): void => {\n  switch (x) {\n    case 'a':\n      break\n  }\n}"
}

let folder = ''
let lint = { status: 0 as number | null, stdout: '' }
let types = { status: 0 as number | null, stdout: '' }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-lint-'))
  for (const path of ['.oxlintrc.json', '.oxfmtrc.json', 'tsconfig.json', 'package.json', 'scripts']) {
    cpSync(path, join(folder, path), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  for (const [, path, source] of [...linted, ...clean, ...typed]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${source}\n`)
  }
  lint = run('node_modules/oxlint/bin/oxlint', '-f', 'unix', 'src')
  types = run('node_modules/typescript/bin/tsc', '--pretty', 'false')
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(script: string, ...args: string[]) {
  return spawnSync(process.execPath, [resolve(script), ...args], { cwd: folder, encoding: 'utf8' })
}

const about = (output: string, path: string) =>
  output.split('\n').filter((line) => line.startsWith(`${path}:`) || line.startsWith(`${path}(`))

describe('lint', () => {
  test('ends with an error', () => expect(lint.status).toBe(1))

  test.each(linted)('%s fires in %s', (rule, path) => {
    expect(about(lint.stdout, path).join('\n')).toContain(rule)
  })

  test.each(clean)('%s fires in %s', (_, path) => expect(about(lint.stdout, path)).toEqual([]))
})

describe('types', () => {
  test('end with an error', () => expect(types.status).not.toBe(0))

  test.each(typed)('%s fires in %s', (code, path) => {
    expect(about(types.stdout, path).join('\n')).toContain(code)
  })
})

test('format and ladder end with an error', () => {
  writeFileSync(join(folder, 'src/store/up.ts'), 'export * from "../kernel/any.ts";\n')
  expect(run('node_modules/oxfmt/bin/oxfmt', '--check', 'src/store/up.ts').status).toBe(1)
  const ladder = run('scripts/ladder.ts')
  expect(ladder.stdout).toContain('src/store/up.ts:1: store must not import src/kernel/any.ts')
  expect(ladder.status).toBe(1)
})
