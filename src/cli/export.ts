import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Trouble } from '../doors/errors.ts'
import type { Texts } from '../doors/language.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { Altered, exportSite } from './export-site.ts'
import type { Exported } from './export-site.ts'
import { readFlags } from './flags.ts'
import { known } from './known.ts'
import { readFolder, siteIn } from './read-folder.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie export [--site <name>] [--to <folder>] [--json]

Writes a whole site into a folder that can be read without Regie: the log, every table as CSV and
JSON, and sums to check a copy by. The box may run meanwhile; the export is of one moment.

  --site   which site; may be left out where the box has one
  --to     the folder to make                ./<site>-<entries>
  --data   the data folder               REGIE_DATA   ./data
  --json   what was written, as JSON
  --help   this text

Ends with 0 when the folder is whole, 1 when it could not be made (then it is not there), 2 when the
command line is wrong.
`,
  fr: `regie export [--site <nom>] [--to <dossier>] [--json]

Écrit un site entier dans un dossier lisible sans Regie : le journal, chaque table en CSV et en JSON,
et des sommes pour contrôler une copie. La box peut tourner ; l’export est celui d’un seul instant.

  --site   quel site ; inutile si la box n’en a qu’un
  --to     le dossier à créer                ./<site>-<entrées>
  --data   le dossier de données           REGIE_DATA   ./data
  --json   ce qui a été écrit, en JSON
  --help   ce texte

Finit par 0 si le dossier est complet, 1 s’il n’a pas pu être fait (alors il n’existe pas), 2 si la
ligne de commande est fausse.
`,
}

const flags = { site: 'string', to: 'string', data: 'string', json: 'boolean', help: 'boolean' } as const

/** `regie export`. */
export async function exportCommand(args: readonly string[], context: Context): Promise<number> {
  const { help: isHelp, json = false, site: name, to, ...given } = readFlags('export', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  using reading = readFolder(readSettings(context.env, given).data, 'frozen')
  const site = siteIn(reading, name)
  const target = resolve(to ?? `${site.site}-${site.n}`)
  const progress = json || !process.stderr.isTTY ? () => {} : tellProgress
  const written = inWords(reading.folder, target, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'regie-export-'))
    const part = `${target}.part`
    try {
      mkdirSync(part)
      const about = { regie: context.version, rules: known.rules }
      const parts = { truth: reading.truth, known, scratch: join(scratch, 'views'), about, readme, progress }
      const done = exportSite(parts, site, part)
      renameSync(part, target)
      return done
    } catch (error) {
      rmSync(part, { recursive: true, force: true })
      throw error
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  })
  process.stdout.write(
    json ? `${JSON.stringify({ ...written, folder: target })}\n` : words(written, target, context),
  )
  return exit.done
}

function inWords(folder: string, target: string, work: () => Exported): Exported {
  if (existsSync(target)) throw Trouble.of('target_exists', { target })
  try {
    return work()
  } catch (error) {
    if (error instanceof Altered) throw Trouble.of('store_damaged', { folder, detail: error.message }, error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST') throw Trouble.of('target_exists', { target: `${target}.part` }, error)
    if (/^E[A-Z]+$/.test(code)) throw Trouble.of('target_unwritable', { target, reason: code }, error)
    throw error
  }
}

function tellProgress(done: number, all: number): void {
  process.stderr.write(`\r${done} / ${all}${done === all ? '\n' : ''}`)
}

function words({ site, n, rows }: Exported, target: string, { language }: Context): string {
  return language === 'fr'
    ? `${site} : ${n} entrées et ${rows} lignes de tables dans ${target}\n`
    : `${site}: ${n} entries and ${rows} rows of tables in ${target}\n`
}

const readme = `One site of Regie, whole, at one moment. / Un site de Regie, entier, à un instant.

site.json      which site, how many entries, the running hash after the last one
log.jsonl      every entry, one JSON document a line, in their one order
tables/        every table that follows from the entries: CSV for spreadsheets, JSON lines exactly
entries.txt    the entries as they are hashed: a head line, then one line a fact
SHA256SUMS     check a copy with: sha256sum -c SHA256SUMS

The running hash after an entry is SHA-256, in base64url, of: the hash before it (empty before the
first), a line feed, the head line, a line feed, the fact lines joined by line feeds. A fact line that
begins with ^ counts as ~ and the base64url SHA-256 of that line; one that begins with ~ was erased.
In CSV, a text that begins with = + - or @ has an apostrophe before it.

site.json      quel site, combien d’entrées, l’empreinte courante après la dernière
log.jsonl      chaque entrée, un document JSON par ligne, dans leur ordre
tables/        chaque table déduite des entrées : CSV pour tableurs, lignes JSON exactes
entries.txt    les entrées telles qu’elles sont hachées : une ligne de tête, puis une par fait
SHA256SUMS     contrôler une copie par : sha256sum -c SHA256SUMS
`
