import type { Texts } from '../doors/language.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { entryWords, recordJson } from './entry-words.ts'
import { readFlags } from './flags.ts'
import type { Reading } from './read-folder.ts'
import { readFolder, siteIn } from './read-folder.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie journal [--site <name>] [--stream <id>] [--json]

Shows what this box has recorded for a site, or holds for others, and not let go of yet: its streams,
and what the log that stands lacks of a log that was given up (the salvage). The box may run meanwhile.

  --site     which site; may be left out where the box has one
  --stream   the records of this stream, one by one
  --data     the data folder               REGIE_DATA   ./data
  --json     a line of JSON each
  --help     this text
`,
  fr: `regie journal [--site <nom>] [--stream <id>] [--json]

Montre ce que cette box a enregistré pour un site, ou garde pour d’autres, et n’a pas encore lâché :
ses flux, et ce qui d’un journal abandonné manque à celui qui vaut (le sauvetage). La box peut tourner
pendant ce temps.

  --site     quel site ; inutile si la box n’en a qu’un
  --stream   les enregistrements de ce flux, un par un
  --data     le dossier de données           REGIE_DATA   ./data
  --json     une ligne de JSON pour chacun
  --help     ce texte
`,
}

const flags = { site: 'string', stream: 'string', data: 'string', json: 'boolean', help: 'boolean' } as const
const readBytes = 256 * 1024

/** `regie journal`. */
export async function journal(args: readonly string[], context: Context): Promise<number> {
  const { help: isHelp, json = false, site: name, stream, ...given } = readFlags('journal', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  using reading = readFolder(readSettings(context.env, given).data)
  const { site } = siteIn(reading, name)
  const lines =
    stream === undefined ? overview(reading, site, json, context) : records(reading, site, stream, json)
  for (const line of lines) process.stdout.write(`${line}\n`)
  return exit.done
}

function* overview({ truth }: Reading, site: string, json: boolean, { language }: Context): Iterable<string> {
  const say = texts[language]
  const streams = truth.streams(site)
  for (const { box, stream, first, last } of streams) {
    const held = last - first + 1
    yield json
      ? JSON.stringify({ is: 'stream', box, stream, first, last, held })
      : `${stream}  box ${box.padEnd(12)}  ${held === 0 ? say.sent(last) : say.held(held, first, last)}`
  }
  const salvage = Map.groupBy(truth.salvage(site, Number.MAX_SAFE_INTEGER), ({ term }) => term)
  for (const [term, rows] of salvage) {
    yield json
      ? JSON.stringify({ is: 'salvage', term, entries: rows.length, from: rows[0]?.n, to: rows.at(-1)?.n })
      : say.salvage(rows.length, term)
  }
  if (!json && streams.length === 0 && salvage.size === 0) yield say.empty
}

function* records({ truth }: Reading, site: string, stream: string, json: boolean): Iterable<string> {
  const found = truth.streams(site).find((each) => each.stream === stream)
  if (!found) return
  let at = found.first - 1
  for (;;) {
    const rows = truth.records(found, at, readBytes)
    const last = rows.at(-1)
    if (!last) return
    for (const row of rows) yield json ? JSON.stringify(recordJson(row)) : entryWords(recordJson(row))
    at = last.seq
  }
}

const texts = {
  en: {
    held: (count: number, first: number, last: number) => `${count} held (${first}–${last})`,
    sent: (last: number) => `none held; ${last} were recorded, and let go of once safe above`,
    salvage: (entries: number, term: string) =>
      `salvage: ${entries} entries of term ${term}, to be handed in`,
    empty: 'This box has recorded nothing for the site yet.',
  },
  fr: {
    held: (count: number, first: number, last: number) => `${count} gardés (${first}–${last})`,
    sent: (last: number) => `rien de gardé ; ${last} enregistrés, lâchés une fois en sûreté plus haut`,
    salvage: (entries: number, term: string) =>
      `sauvetage : ${entries} entrées du mandat ${term}, à remettre`,
    empty: 'Cette box n’a encore rien enregistré pour le site.',
  },
}
