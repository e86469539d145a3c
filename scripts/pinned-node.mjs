// Plain JavaScript for the Node that the machine happens to have (20 or newer). It installs what the lock file
// names and hands over to the Node that the lock file pins; everything else in this project runs on that one.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const pinnedPackage = `node_modules/node-${process.platform}-${process.arch}`

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry */

/** @param {string} file @returns {Record<string, LockEntry>} */
function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

/**
 * Whether node_modules holds what the lock file names. npm writes its own record there as the last step of
 * every install, so an interrupted one does not count, and an install by hand does.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'))
  const found = lockedPackages(join(folder, 'node_modules/.package-lock.json'))
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    // What is optional is made for one kind of machine; only the pinned Node of this one must be there.
    if (!found[path]) return entry.optional === true && path !== pinnedPackage
    return found[path].version === entry.version && found[path].integrity === entry.integrity
  })
}

/** @param {string} sentence @returns {never} */
function stop(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function install() {
  process.stderr.write('Setting up: installing the packages of the lock file, once.\n')
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  // Inside `npm test` the PATH begins with node_modules/.bin, whose node is about to be replaced.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')))
  const env = { ...process.env, PATH: path.join(delimiter) }
  // Standard output belongs to the command that follows, which may be asked for JSON.
  const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], env })
  if (status !== 0)
    stop('The packages could not be installed, for the reason above: check the network, then type `npm ci`.')
}

function findNode() {
  const pinned = join(root, pinnedPackage, 'bin/node')
  if (existsSync(pinned)) return pinned
  if (Number.parseInt(process.versions.node) >= 26) return process.execPath
  return stop(
    'No Node 26 for this machine: install it from https://nodejs.org, then type the same command again.',
  )
}

/** The pinned Node, installed with all that the lock file names. */
export function readyNode() {
  if (!isInstalled(root)) install()
  return findNode()
}

/**
 * Runs a script of this project on the pinned Node and ends as it ends.
 * @param {string} script path from the project's root
 * @param {readonly string[]} args
 */
export function runPinned(script, args) {
  const node = readyNode()
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(node, [resolve(root, script), ...args], { stdio: 'inherit', env })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; twice would mean "now" to a program that drains at the first.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
}
