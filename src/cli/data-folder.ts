import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../doors/errors.ts'
import type { Identity } from '../kernel/link/identity.ts'
import { identityText, makeIdentity, parseIdentity } from '../kernel/link/identity.ts'
import type { Random } from '../kernel/machine.ts'
import { makeFolder, writeWhole } from './file.ts'
import type { FolderLock } from './folder-lock.ts'
import { lockFolder } from './folder-lock.ts'

/** Raised when the layout below changes; the files of the store carry formats of their own. */
const newest = 1

/** What a first start may leave behind when it is cut short, before the format is there. */
const early = new Set(['lock', 'pid', 'identity', 'identity.part', 'format.part'])

export type DataFolder = {
  readonly path: string
  readonly identity: Identity
  readonly truth: string
  readonly views: string
  readonly blobs: string
  readonly samples: string
  readonly mqtt: string
  readonly isNew: boolean
  readonly killed: number | undefined
  readonly close: () => void
}

/**
 * Opens the data folder for this process alone, or makes it. Everything in it belongs to Regie:
 *
 *     format     the number of this layout, written last at the first start
 *     identity   the box's name and private key, for its owner's eyes only
 *     lock, pid  held while a process runs
 *     control    where commands on this machine ask the program that runs
 *     clock      the time when it was saved last; without it a machine may wake up earlier
 *     truth.db   the logs and journals
 *     views/     one file a site; may be deleted at any time while nothing runs
 *     blobs/     media and other large things, named by their hashes
 *     tls/       the box's own certificate and its key, where HTTPS is served; may be deleted
 *     samples.db log lines and metrics; may be deleted at any time while nothing runs
 *     mqtt.db    what waits for devices, and their sessions; there once a device has connected
 */
export function openDataFolder(path: string, random: Random): DataFolder {
  return inWords(path, () => {
    makeFolder(path)
    expectOurs(path)
    // Asked for first, since SQLite would open the lock of a folder that it cannot write for reading only.
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    const lock = lockFolder(path)
    try {
      return openLocked(path, random, lock)
    } catch (error) {
      lock.release()
      throw error
    }
  })
}

function openLocked(path: string, random: Random, lock: FolderLock): DataFolder {
  const isNew = readFormat(path) === undefined
  const identity = join(path, 'identity')
  if (isNew && !existsSync(identity)) writeWhole(identity, identityText(makeIdentity(random)), 0o600)
  const folder = {
    path,
    // Before the format is written: a box that lost its identity must not become another box unnoticed.
    identity: readIdentity(path),
    truth: join(path, 'truth.db'),
    views: join(path, 'views'),
    blobs: join(path, 'blobs'),
    samples: join(path, 'samples.db'),
    mqtt: join(path, 'mqtt.db'),
    isNew,
    killed: lock.killed,
    close: lock.release,
  }
  makeFolder(folder.views)
  if (isNew) writeWhole(join(path, 'format'), `${newest}\n`, 0o644)
  return folder
}

/** Before anything is written: a folder of a newer Regie, or of somebody else, stays as it is. */
function expectOurs(path: string): void {
  const format = readFormat(path)
  if (format === undefined) {
    const file = readdirSync(path).find(
      (name) => !early.has(name) && name !== 'views' && !isOfTheSystem(name),
    )
    if (file !== undefined) throw Trouble.of('folder_foreign', { folder: path, file })
  } else if (format > newest) {
    throw Trouble.of('folder_newer', { folder: path, detail: `format ${format} > ${newest}` })
  }
}

const isOfTheSystem = (name: string): boolean => name === 'lost+found' || name.startsWith('.')

function readFormat(path: string): number | undefined {
  const file = join(path, 'format')
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8').trim()
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw Trouble.of('folder_damaged', { folder: path, file: 'format' })
}

function readIdentity(path: string): Identity {
  try {
    return parseIdentity(readFileSync(join(path, 'identity'), 'utf8'))
  } catch (error) {
    throw Trouble.of('folder_damaged', { folder: path, file: 'identity' }, error)
  }
}

function inWords<T>(folder: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof Trouble || !(error instanceof Error)) throw error
    const code = 'code' in error ? String(error.code) : ''
    if (code === 'ENOSPC' || code === 'EDQUOT') throw Trouble.of('disk_full', { folder }, error)
    const isOfSqlite = code === 'ERR_SQLITE_ERROR'
    if (!isOfSqlite && !/^E[A-Z]+$/.test(code)) throw error
    throw Trouble.of('folder_unwritable', { folder, reason: isOfSqlite ? error.message : code }, error)
  }
}
