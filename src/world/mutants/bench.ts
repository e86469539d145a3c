import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { mutated, type Mutant } from './mutant.ts'
import type { Trial, TrialEnd } from './trial.ts'

const root = resolve(import.meta.dirname, '../../..')
const copied = ['src', 'package.json', 'tsconfig.json', 'vitest.config.ts']

/** How a program ended, and what it said. */
export type Said = { readonly code: number | 'too long'; readonly out: string }

/** A copy of the project in a folder of its own, in which one mutant at a time is put to the trial. */
export class Bench {
  readonly #folder: string

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'regie-mutants-'))
    mkdirSync(join(this.#folder, 'docs'))
    for (const name of copied) cpSync(join(root, name), join(this.#folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8')
  }

  /** Does the work while the mutant is in, and takes it out again. */
  async with<T>(mutant: Mutant | undefined, work: () => Promise<T>): Promise<T> {
    if (!mutant) return work()
    const path = join(this.#folder, mutant.file)
    const source = readFileSync(path, 'utf8')
    writeFileSync(path, mutated(mutant, source))
    try {
      return await work()
    } finally {
      writeFileSync(path, source)
    }
  }

  /** Lives the trials in a process of their own, up to the first that finds something. */
  async live(trials: readonly Trial[], longestMs: number): Promise<readonly TrialEnd[]> {
    const asked = JSON.stringify(trials)
    const { code, out } = await this.#run(['src/world/mutants/trial.ts', asked], longestMs)
    const ends = out
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as TrialEnd] : []))
    const next = trials[ends.length]
    if (code === 0 || next === undefined) return ends
    const text = code === 'too long' ? `no end after ${longestMs / 1000} s` : `the process ended with ${code}`
    return [...ends, { ...next, is: 'broke', rule: '', text, ms: longestMs }]
  }

  compiles(): Promise<Said> {
    return this.#run(['node_modules/typescript/bin/tsc'], 120_000)
  }

  /** The unit tests of the kernel and the store. */
  unitTests(): Promise<Said> {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--bail', '1']
    return this.#run([...vitest, '--reporter', 'dot', 'src/kernel', 'src/store'], 240_000)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #run(args: readonly string[], longestMs: number): Promise<Said> {
    return new Promise((done) => {
      const child = spawn(process.execPath, ['--no-warnings', ...args], {
        cwd: this.#folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: longestMs,
        killSignal: 'SIGKILL',
      })
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()))
      child.on('close', (code, signal) =>
        done({ code: signal === 'SIGKILL' ? 'too long' : (code ?? 1), out }),
      )
    })
  }
}
