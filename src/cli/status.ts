import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language, Texts } from '../doors/language.ts'
import { askLocal } from '../doors/local.ts'
import type { SiteBrokerStatus } from '../doors/mqtt/site-broker/options.ts'
import type { Showing } from '../doors/readiness.ts'
import { gradeOfBroker, gradeOfRunning, gradeOfSite, signs } from '../doors/status-grade.ts'
import { brokerWords, roleWords, storeWords, words } from '../doors/status-words.ts'
import type { SiteStatus } from '../kernel/box/contract.ts'
import { parseIdentity } from '../kernel/link/identity.ts'
import type { SiteRow } from '../store/truth.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { readFolder } from './read-folder.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie status [--data <folder>] [--json]

Shows what the box on this machine does: its sites, its store, its links. Where it does not run, what
its folder holds.

  --data   the data folder               REGIE_DATA   ./data
  --json   the same as JSON
  --help   this text

Ends with 0 when the box runs and all is well, 1 when something needs a person, 3 when it does not run.
`,
  fr: `regie status [--data <dossier>] [--json]

Montre ce que fait la box de cette machine : ses sites, ses données, ses liens. Si elle ne tourne pas,
ce que contient son dossier.

  --data   le dossier de données           REGIE_DATA   ./data
  --json   la même chose en JSON
  --help   ce texte

Finit par 0 si la box tourne et que tout va bien, 1 si quelque chose attend une personne, 3 si elle ne
tourne pas.
`,
}

/** `regie status`. */
export async function status(args: readonly string[], context: Context): Promise<number> {
  const flags = { data: 'string', json: 'boolean', help: 'boolean' } as const
  const { help: isHelp, json = false, ...given } = readFlags('status', args, flags)
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const { data } = readSettings(context.env, given)
  const showing = (await askLocal(data, 'status')) as Showing | undefined
  if (!showing) return tellFolder(data, json, context.language)
  if (showing.is !== 'running') {
    process.stdout.write(json ? `${JSON.stringify(showing)}\n` : `${words[showing.is][context.language]}\n`)
    return exit.failed
  }
  process.stdout.write(json ? `${JSON.stringify(showing)}\n` : boxWords(showing, context.language))
  return gradeOfRunning(showing) === 'bad' ? exit.failed : exit.done
}

function tellFolder(data: string, json: boolean, language: Language): number {
  using reading = readFolder(data)
  const { box } = parseIdentity(readFileSync(join(data, 'identity'), 'utf8'))
  const sites = reading.truth.sites()
  process.stdout.write(
    json
      ? `${JSON.stringify({ is: 'not running', box, sites: sites.map(({ site, n, chain }) => ({ site, n, chain })) })}\n`
      : folderWords(box, sites, language),
  )
  return exit.away
}

function folderWords(box: string, sites: readonly SiteRow[], language: Language): string {
  const say = texts[language]
  const lines = sites.map(({ site, n }) => `  ${site}: ${say.entries(n)}`)
  return `${say.notRunning(box)}\n${lines.length === 0 ? `  ${words.noSite[language]}` : lines.join('\n')}\n`
}

function boxWords(showing: Showing & { readonly is: 'running' }, language: Language): string {
  const { status: box, siteBroker } = showing
  const grade = gradeOfRunning(showing)
  const links = box.links.map(({ box: other }) => other).join(', ') || words.noLinks[language]
  return [
    `${signs[grade]} ${words.box[language]} ${box.box}: ${words[grade][language]}`,
    ...box.sites.flatMap((site) => siteWords(site, language)),
    ...(box.sites.length === 0 ? [`  ${words.noSite[language]}`] : []),
    `  ${words.store[language]}: ${storeWords[box.store.state][language]} ${box.store.detail}`.trimEnd(),
    `  ${words.links[language]}: ${links}`,
    ...(siteBroker ? [brokerLine(siteBroker, language)] : []),
    '',
  ].join('\n')
}

function brokerLine(broker: SiteBrokerStatus, language: Language): string {
  const why = broker.why === '' ? '' : ` (${broker.why})`
  const how = `${brokerWords[broker.is][language]}${why}`
  return `  ${signs[gradeOfBroker(broker)]} ${words.siteBroker[language]} ${broker.address}: ${how}`
}

function siteWords(site: SiteStatus, language: Language): readonly string[] {
  const number = new Intl.NumberFormat(language)
  const count = (label: Texts, value: number) =>
    value === 0 ? [] : [`${label[language].toLowerCase()} ${number.format(value)}`]
  const alone = site.role === 'keeping' && site.copies < 2
  const parts = [
    roleWords[site.role][language],
    `${words.head[language].toLowerCase()} ${number.format(site.n)}`,
    ...count(words.unsent, site.unsent),
    ...count(words.viewLag, site.viewLag),
    ...(alone ? [words.oneCopy[language].toLowerCase()] : []),
    ...count(words.orphans, site.orphans),
    ...count(words.quarantine, site.quarantine),
    ...count(words.clones, site.clones),
  ]
  const why = site.why === '' ? [] : [`    ${site.why}`]
  return [`  ${signs[gradeOfSite(site)]} ${site.site}: ${parts.join(' · ')}`, ...why]
}

const texts = {
  en: {
    notRunning: (box: string) => `Box ${box} does not run. Its folder holds:`,
    entries: (n: number) => `${n} entries`,
  },
  fr: {
    notRunning: (box: string) => `La box ${box} ne tourne pas. Son dossier contient :`,
    entries: (n: number) => `${n} entrées`,
  },
}
