import { join } from 'node:path'
import type { Texts } from '../doors/language.ts'
import type { Finding } from '../kernel/views/verify.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { known } from './known.ts'
import { truthIn } from './read-folder.ts'
import { readSettings } from './settings.ts'
import { verifyFolder } from './verify-folder.ts'
import type { SiteReport } from './verify-folder.ts'

const help: Texts = {
  en: `regie verify [--data <folder>] [--with <folder>] [--json]

Computes every log's running hash again, builds every site's views again from its log, and compares
them row by row with those in use. The box may run meanwhile.

  --data   the data folder               REGIE_DATA   ./data
  --with   another box's data folder: finds the first entry where the two logs part
  --json   the report as JSON
  --help   this text

Ends with 0 when all is as the logs say, 1 when something is not, 2 when the command line is wrong.
`,
  fr: `regie verify [--data <dossier>] [--with <dossier>] [--json]

Recalcule l’empreinte de chaque journal, reconstruit les vues de chaque site et les compare ligne
par ligne à celles qui servent. La box peut tourner pendant ce temps.

  --data   le dossier de données           REGIE_DATA   ./data
  --with   le dossier d’une autre box : trouve la première entrée où les deux journaux diffèrent
  --json   le rapport en JSON
  --help   ce texte

Finit par 0 si tout est conforme aux journaux, 1 sinon, 2 si la ligne de commande est fausse.
`,
}

/** `regie verify`. */
export async function verify(args: readonly string[], context: Context): Promise<number> {
  const flags = { data: 'string', with: 'string', json: 'boolean', help: 'boolean' } as const
  const { help: isHelp, json = false, with: other, ...given } = readFlags('verify', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const { data } = readSettings(context.env, given)
  const reports = verifyFolder(
    { truth: truthIn(data), views: join(data, 'views') },
    known,
    json || !process.stderr.isTTY ? () => {} : tellProgress,
    other === undefined ? undefined : truthIn(other),
  )
  if (json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`)
  else process.stdout.write(`${reports.map((report) => words(report, context)).join('\n')}\n`)
  const isWrong = ({ findings, parts }: SiteReport) => findings.length > 0 || parts !== undefined
  return reports.some(isWrong) ? exit.failed : exit.done
}

function tellProgress(site: string, done: number, all: number): void {
  process.stderr.write(`\r${site}: ${done} / ${all}${done === all ? '\n' : ''}`)
}

function words({ site, n, views, findings, unread, parts }: SiteReport, { language }: Context): string {
  const say = texts[language]
  const lines = findings.map((finding) => `  ${say.finding(finding)}`)
  if (unread) lines.push(`  ${say[unread]}`)
  if (parts !== undefined) lines.push(`  ${say.parts(parts)}`)
  const head = findings.length === 0 && parts === undefined ? say.fine(n, views) : say.wrong(n, views)
  return [`${site}: ${head}`, ...lines].join('\n')
}

const texts = {
  en: {
    fine: (n: number, views: number) => `as the log says (entries 1 to ${n}, views at ${views})`,
    wrong: (n: number, views: number) => `NOT as the log says (entries 1 to ${n}, views at ${views})`,
    parts: (n: number) => `the two logs part at entry ${n}`,
    missing: 'there are no views; they are built at the next start',
    'other rules': 'the views were made by another version; they are built again at its next start',
    finding: (finding: Finding) => {
      if (finding.is === 'altered entry')
        return `entry ${finding.n} was altered: its running hash is another. Restore this box from a follower`
      if (finding.is === 'gap') return `entry ${finding.n} is missing. Restore this box from a follower`
      const { table, key, have, want } = finding
      return `${table}, row ${key}: is ${have ?? 'missing'}, should be ${want ?? 'absent'}. Run regie rebuild`
    },
  },
  fr: {
    fine: (n: number, views: number) => `conforme au journal (entrées 1 à ${n}, vues à ${views})`,
    wrong: (n: number, views: number) => `NON conforme au journal (entrées 1 à ${n}, vues à ${views})`,
    parts: (n: number) => `les deux journaux diffèrent à partir de l’entrée ${n}`,
    missing: 'pas de vues ; elles seront construites au prochain démarrage',
    'other rules': 'vues faites par une autre version ; elles seront reconstruites à son prochain démarrage',
    finding: (finding: Finding) => {
      if (finding.is === 'altered entry')
        return `l’entrée ${finding.n} a été modifiée : son empreinte diffère. Restaurer cette box depuis une autre`
      if (finding.is === 'gap') return `l’entrée ${finding.n} manque. Restaurer cette box depuis une autre`
      const { table, key, have, want } = finding
      return `${table}, ligne ${key} : vaut ${have ?? 'rien'}, devrait valoir ${want ?? 'rien'}. Lancer regie rebuild`
    },
  },
}
