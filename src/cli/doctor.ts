import { existsSync, statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Texts } from '../doors/language.ts'
import { fill } from '../doors/language.ts'
import { askLocal } from '../doors/local.ts'
import type { Showing } from '../doors/readiness.ts'
import { signs as marks, worstOf } from '../doors/status-grade.ts'
import { openSqlite } from '../store/sqlite.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import type { Finding, Signs, ViewSigns } from './doctor-checks.ts'
import { diagnose } from './doctor-checks.ts'
import { doctorWords } from './doctor-words.ts'
import { readFlags } from './flags.ts'
import { realMachine } from './machine.ts'
import { readFolder } from './read-folder.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie doctor [--data <folder>] [--json]

Looks at the box on this machine, its disk, its clock and its sites, and says what is not well and what
to do. Nothing is changed; the box may run or not.

  --data   the data folder               REGIE_DATA   ./data
  --json   the findings as JSON
  --help   this text

Ends with 0 when nothing is bad (there may be things to watch), 1 when something is.
`,
  fr: `regie doctor [--data <dossier>] [--json]

Examine la box de cette machine, son disque, son horloge et ses sites, et dit ce qui ne va pas et que
faire. Rien n’est modifié ; la box peut tourner ou non.

  --data   le dossier de données           REGIE_DATA   ./data
  --json   les constats en JSON
  --help   ce texte

Finit par 0 si rien n’est grave (il peut y avoir des points à surveiller), 1 sinon.
`,
}

/** `regie doctor`. */
export async function doctor(args: readonly string[], context: Context): Promise<number> {
  const flags = { data: 'string', json: 'boolean', help: 'boolean' } as const
  const { help: isHelp, json = false, ...given } = readFlags('doctor', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const findings = diagnose(await gather(readSettings(context.env, given).data))
  const said = findings.map((finding) => ({ ...finding, ...words(finding, context) }))
  if (json) process.stdout.write(`${JSON.stringify(said, null, 2)}\n`)
  else {
    for (const { grade, what, doThis } of said)
      process.stdout.write(`${marks[grade]} ${what}${doThis === '' ? '' : `\n  ${doThis}`}\n`)
  }
  return worstOf(findings.map(({ grade }) => grade)) === 'bad' ? exit.failed : exit.done
}

function words({ check, grade, values }: Finding, { language }: Context) {
  const said: { readonly what: Texts; readonly doThis?: Texts } = doctorWords[check]
  const doThis = grade === 'good' ? '' : (said.doThis?.[language] ?? '')
  return { what: fill(said.what[language], values), doThis: fill(doThis, values) }
}

async function gather(folder: string): Promise<Signs> {
  using reading = readFolder(folder)
  const { bavail, blocks, bsize } = statfsSync(folder)
  return {
    folder,
    showing: (await askLocal(folder, 'status')) as Showing | undefined,
    disk: { free: bavail * bsize, size: blocks * bsize },
    keyIsOpen: process.platform !== 'win32' && (statSync(join(folder, 'identity')).mode & 0o077) !== 0,
    clock: { written: lastWrite(folder), now: realMachine().clock.wall() },
    sites: reading.truth.sites().map(({ site }) => viewSigns(join(folder, 'views', `${site}.views`), site)),
  }
}

function lastWrite(folder: string): number {
  const times = ['truth.db', 'truth.db-wal'].map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.max(...times)
}

/** Views may be gone, or made by another version: then there is nothing to say of them. */
function viewSigns(path: string, site: string): ViewSigns {
  if (!existsSync(path)) return { site, skipped: 0, unknownKinds: [] }
  const views = openSqlite(path, { durable: false, readOnly: true })
  try {
    const skipped = Number(views.prepare('SELECT count(*) AS n FROM kernel_skipped').get()?.['n'] ?? 0)
    const kinds = views.prepare('SELECT kind FROM kernel_unknownKinds ORDER BY kind').all()
    return { site, skipped, unknownKinds: kinds.map(({ kind }) => String(kind)) }
  } catch {
    return { site, skipped: 0, unknownKinds: [] }
  } finally {
    views.close()
  }
}
