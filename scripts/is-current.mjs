import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const sources = [
  'bin',
  'src',
  'scripts/build.ts',
  'scripts/build-web.ts',
  'package.json',
  'package-lock.json',
]

/**
 * Whether dist/regie.js is younger than all that it is made of. Folders count too: what was removed shows there.
 * @param {string} folder
 */
export function isCurrent(folder) {
  const made = changedAt(join(folder, 'dist/regie.js'))
  return sources.every((source) => newest(join(folder, source)) < made)
}

/** @param {string} path @returns {number} */
function newest(path) {
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : []
  return Math.max(changedAt(path), ...inside.map((name) => changedAt(join(path, String(name)))))
}

/** @param {string} path */
const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
