import { setTimeout as wait } from 'node:timers/promises'
import type { Texts } from '../doors/language.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { entryJson, entryWords } from './entry-words.ts'
import type { EntryJson } from './entry-words.ts'
import { readFlags } from './flags.ts'
import type { Reading } from './read-folder.ts'
import { readFolder, siteIn } from './read-folder.ts'
import { readCount, readSettings } from './settings.ts'
import { listenForStop } from './signals.ts'

const help: Texts = {
  en: `regie log [--site <name>] [--last <count>] [--after <entry>] [--kind <text>] [--follow] [--json]

Prints the entries of a site's log, oldest first. The box may run meanwhile.

  --site     which site; may be left out where the box has one
  --last     only so many, counted from the end       20
  --after    all entries after this one, instead
  --kind     only entries with a fact whose kind begins so
  --follow   goes on with what comes, until Ctrl-C
  --data     the data folder               REGIE_DATA   ./data
  --json     an entry a line, as JSON
  --help     this text
`,
  fr: `regie log [--site <nom>] [--last <nombre>] [--after <entrée>] [--kind <texte>] [--follow] [--json]

Affiche les entrées du journal d’un site, de la plus ancienne à la plus récente. La box peut tourner
pendant ce temps.

  --site     quel site ; inutile si la box n’en a qu’un
  --last     seulement autant, depuis la fin          20
  --after    toutes les entrées après celle-ci, à la place
  --kind     seulement les entrées dont un fait est d’un genre qui commence ainsi
  --follow   continue avec ce qui arrive, jusqu’à Ctrl-C
  --data     le dossier de données           REGIE_DATA   ./data
  --json     une entrée par ligne, en JSON
  --help     ce texte
`,
}

const flags = {
  site: 'string',
  last: 'string',
  after: 'string',
  kind: 'string',
  follow: 'boolean',
  data: 'string',
  json: 'boolean',
  help: 'boolean',
} as const

const readBytes = 256 * 1024
const lookEveryMs = 250

/** `regie log`. */
export async function log(args: readonly string[], context: Context): Promise<number> {
  const { help: isHelp, json = false, follow = false, ...given } = readFlags('log', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const { site: name, kind = '', last, after, ...settings } = given
  const count = readCount('--last', last) ?? 20
  const from = readCount('--after', after)
  using reading = readFolder(readSettings(context.env, settings).data)
  const { site, n } = siteIn(reading, name)
  const show = (entry: EntryJson) => {
    if (!entry.facts.some((fact) => fact.kind.startsWith(kind))) return
    process.stdout.write(`${json ? JSON.stringify(entry) : entryWords(entry)}\n`)
  }
  let at = print(reading, site, from ?? Math.max(0, n - count), show)
  if (!follow) return exit.done
  const stop = listenForStop()
  let stopped = false
  void stop.asked.then(() => (stopped = true))
  while (!stopped) {
    at = print(reading, site, at, show)
    await Promise.race([stop.asked, wait(lookEveryMs)])
  }
  stop.forget()
  return exit.done
}

function print({ truth }: Reading, site: string, after: number, show: (entry: EntryJson) => void): number {
  let at = after
  for (;;) {
    const rows = truth.entries(site, at, readBytes)
    const last = rows.at(-1)
    if (!last) return at
    for (const row of rows) show(entryJson(row))
    at = last.n
  }
}
