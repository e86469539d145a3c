// What tests need of the system: Debian packages, installed where they are missing and this account may.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What somebody has to type who may install them. */
export const aptCommand = (packages: readonly string[]): string =>
  `sudo ${['apt-get', ...install(packages)].join(' ')}`

const install = (packages: readonly string[]) => ['install', '-y', '--no-install-recommends', ...packages]

/** Whether it went well: false also where this is no Debian, or this account may not. */
export function aptInstall(packages: readonly string[]): boolean {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return false
  const run = (...args: readonly string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  return run(...install(packages)) || (run('update') && run(...install(packages)))
}
