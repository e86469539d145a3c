import { sayTrouble, Trouble } from '../doors/errors.ts'
import type { Language, Texts } from '../doors/language.ts'
import { languageOfTerminal } from '../doors/language.ts'
import type { Command, Context } from './command.ts'
import { exit } from './command.ts'
import type { Environment } from './settings.ts'
import { nearest } from '../kernel/suggest.ts'

const commands: Readonly<Record<string, Command>> = {
  start: {
    summary: { en: 'run this box', fr: 'faire tourner cette box' },
    load: async () => (await import('./start.ts')).start,
  },
  setup: {
    summary: { en: 'set up an organisation on this box', fr: 'configurer une organisation sur cette box' },
    load: async () => (await import('./setup.ts')).setup,
  },
  code: {
    summary: { en: 'show the code that sets this box up', fr: 'montrer le code qui configure cette box' },
    load: async () => (await import('./code.ts')).code,
  },
  site: {
    summary: { en: 'begin a site on this box', fr: 'commencer un site sur cette box' },
    load: async () => (await import('./site.ts')).site,
  },
  account: {
    summary: { en: 'look after people and what they may', fr: 's’occuper des personnes et de leurs droits' },
    load: async () => (await import('./account.ts')).account,
  },
  token: {
    summary: { en: 'let programs act for an account', fr: 'laisser des programmes agir pour un compte' },
    load: async () => (await import('./token.ts')).token,
  },
  status: {
    summary: { en: 'show what this box does', fr: 'montrer ce que fait cette box' },
    load: async () => (await import('./status.ts')).status,
  },
  doctor: {
    summary: { en: 'say what is not well, and what to do', fr: 'dire ce qui ne va pas, et que faire' },
    load: async () => (await import('./doctor.ts')).doctor,
  },
  log: {
    summary: { en: 'print the entries of a site', fr: 'afficher les entrées d’un site' },
    load: async () => (await import('./log.ts')).log,
  },
  journal: {
    summary: { en: 'show what waits to be sent', fr: 'montrer ce qui attend d’être envoyé' },
    load: async () => (await import('./journal.ts')).journal,
  },
  export: {
    summary: {
      en: 'write a whole site, readable without Regie',
      fr: 'écrire un site entier, lisible sans Regie',
    },
    load: async () => (await import('./export.ts')).exportCommand,
  },
  verify: {
    summary: { en: 'hold the views against the logs', fr: 'confronter les vues aux journaux' },
    load: async () => (await import('./verify.ts')).verify,
  },
  rebuild: {
    summary: { en: 'build the views again from the logs', fr: 'reconstruire les vues à partir des journaux' },
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
  simulate: {
    summary: {
      en: 'live days of simulated boxes and check what Regie promises',
      fr: 'vivre des jours de box simulées et vérifier les promesses de Regie',
    },
    load: async () => (await import('./simulate.ts')).simulate,
  },
}

/** Runs one command. Returns its exit code. */
export async function main(args: readonly string[], env: Environment, version: string): Promise<number> {
  // Whoever reads our output may be gone before us (`regie … | head`, a log daemon that restarts).
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('uncaughtException', (error) => process.exit(tellMistake(error)))
  const language = languageOfTerminal(env)
  try {
    return await runCommand(args, { env, language, version })
  } catch (error) {
    if (!(error instanceof Trouble)) return tellMistake(error)
    tellTrouble(error, language, args.includes('--json'))
    return error.status === 400 ? exit.usage : exit.failed
  }
}

function tellMistake(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exit.broken
}

async function runCommand([name, ...rest]: readonly string[], context: Context): Promise<number> {
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${context.version}\n`)
    return exit.done
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const out = name === undefined ? process.stderr : process.stdout
    out.write(overview(context.language))
    return name === undefined ? exit.usage : exit.done
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const suggestion = nearest(name, Object.keys(commands)) ?? '--help'
    throw Trouble.of('command_unknown', { command: name, suggestion })
  }
  const run = await command.load()
  return run(rest, context)
}

const frame: { readonly usage: Texts; readonly more: Texts } = {
  usage: { en: 'regie <command> [--help]', fr: 'regie <commande> [--help]' },
  more: {
    en: 'Exit codes: 0 done, 1 could not be done, 2 wrong command line or setting, 3 no box runs, 70 a mistake in Regie.',
    fr: 'Codes de sortie : 0 fait, 1 impossible, 2 commande ou réglage faux, 3 aucune box ne tourne, 70 une erreur de Regie.',
  },
}

function overview(language: Language): string {
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(10)} ${summary[language]}`,
  )
  return `${frame.usage[language]}\n\n${lines.join('\n')}\n\n${frame.more[language]}\n`
}

function tellTrouble(trouble: Trouble, language: Language, json: boolean): void {
  const { what, doThis } = sayTrouble(trouble, language)
  if (json) process.stdout.write(`${JSON.stringify({ event: 'error', code: trouble.code, what, doThis })}\n`)
  process.stderr.write(`${what}\n${doThis}\n`)
}
