import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Count = { readonly passed: number; readonly failed: number }
export type Stage = {
  readonly name: string
  readonly kind: 'check' | 'tests'
  readonly run: () => Promise<Count>
}

/** The part of vitest's JSON report that is counted. */
export type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** A command that passes or fails as a whole. */
export function check(name: string, script: string, ...args: string[]): Stage {
  const run = async () =>
    (await node(script, ...args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  return { name, kind: 'check', run }
}

/**
 * A project of vitest.config.ts; its report is read from a file so that people keep the usual output. `ready` sets up
 * what it needs beside npm's packages, or says in words why it cannot.
 */
export function tests(name: string, project: string, ready: () => boolean = () => true): Stage {
  const run = async () => (ready() ? runVitest(project) : { passed: 0, failed: 1 })
  return { name, kind: 'tests', run }
}

async function runVitest(project: string): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'regie-tests-'))
  const file = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    // A forgotten `.only` would silently leave the rest out.
    const status = await node(
      'node_modules/vitest/vitest.mjs',
      'run',
      `--project=${project}`,
      '--allowOnly=false',
      ...reporters,
    )
    return countReport(readReport(file), status)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined
  }
}

/** Failures that vitest does not count as tests are counted here: a crash, a file that does not load, no test at all. */
export function countReport(report: Report | undefined, status: number): Count {
  if (!report) return { passed: 0, failed: 1 }
  const files = report.testResults.filter(
    ({ status: state, assertionResults }) =>
      state === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const passed = report.numPassedTests
  const failed = report.numFailedTests + files.length
  const nothingRan = passed + failed === 0
  return { passed, failed: failed === 0 && (status !== 0 || nothingRan) ? 1 : failed }
}

async function node(script: string, ...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM'] as const
  // Whoever ends the run ends what it started; there is no sum of half a run.
  const stop = (signal: NodeJS.Signals) => {
    child.once('exit', () => process.exit(1))
    child.kill(signal)
  }
  for (const signal of signals) process.once(signal, stop)
  const [status] = await once(child, 'exit')
  for (const signal of signals) process.off(signal, stop)
  return typeof status === 'number' ? status : 1
}
