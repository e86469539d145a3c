// The browser for tests of pages: Debian's Chromium, installed where it is missing and this account may.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const packages = ['install', '-y', '--no-install-recommends', 'chromium'] as const

/** What somebody has to type who may install it. */
export const chromiumCommand = `sudo apt-get ${packages.join(' ')}`

/** Where it is; `REGIE_CHROMIUM` names another one. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['REGIE_CHROMIUM']
  return (named === undefined ? places : [named]).find((path) => existsSync(path))
}

/** Whether there is one now. */
export function readyChromium(): boolean {
  if (findChromium() !== undefined) return true
  const isDebian = existsSync('/usr/bin/apt-get')
  if (isDebian && process.getuid?.() === 0 && process.env['REGIE_CHROMIUM'] === undefined) {
    console.log('Chromium is missing; it is installed for the tests of pages.')
    const run = (...args: readonly string[]) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0
    if ((run(...packages) || (run('update') && run(...packages))) && findChromium() !== undefined) return true
  }
  console.error(`The tests of pages need Chromium. Install it, and try again:\n\n    ${chromiumCommand}\n`)
  console.error('Another browser of that family: REGIE_CHROMIUM=<path to it> npm test')
  return false
}
