import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Identity } from '../../src/kernel/link/identity.ts'
import { identityText, makeIdentity, parseIdentity } from '../../src/kernel/link/identity.ts'
import type { Random } from '../../src/kernel/machine.ts'

/** Where a box of the crash tests keeps what. */
export const truthFile = (folder: string): string => join(folder, 'truth.db')
export const viewsIn = (folder: string): string => join(folder, 'views')
export const mailboxIn = (folder: string): string => join(folder, 'mqtt.db')
const keyFile = (folder: string) => join(folder, 'box.key')

export function makeFolder(folder: string, random: Random): Identity {
  mkdirSync(folder, { recursive: true })
  const identity = makeIdentity(random)
  writeFileSync(keyFile(folder), identityText(identity))
  return identity
}

export const identityIn = (folder: string): Identity => parseIdentity(readFileSync(keyFile(folder), 'utf8'))
