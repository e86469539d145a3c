// The browser for tests of pages: Debian's Chromium, installed where it is missing and this account may.
import { existsSync } from 'node:fs'
import { aptCommand, aptInstall } from './apt.ts'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const packages = ['chromium'] as const

/** What somebody has to type who may install it. */
export const chromiumCommand = aptCommand(packages)

/** Where it is; `REGIE_CHROMIUM` names another one. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['REGIE_CHROMIUM']
  return (named === undefined ? places : [named]).find((path) => existsSync(path))
}

/** Whether there is one now. */
export function readyChromium(): boolean {
  if (findChromium() !== undefined) return true
  if (process.env['REGIE_CHROMIUM'] === undefined) {
    console.log('Chromium is missing; it is installed for the tests of pages.')
    if (aptInstall(packages) && findChromium() !== undefined) return true
  }
  console.error(`The tests of pages need Chromium. Install it, and try again:\n\n    ${chromiumCommand}\n`)
  console.error('Another browser of that family: REGIE_CHROMIUM=<path to it> npm test')
  return false
}
