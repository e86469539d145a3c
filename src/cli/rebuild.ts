import { rmSync } from 'node:fs'
import type { Texts } from '../doors/language.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import { readFlags } from './flags.ts'
import { realMachine } from './machine.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie rebuild [--data <folder>]

Forgets the views of all sites, so that the next start builds them again from the logs. Nothing else
is touched. The box must not be running.

  --data   the data folder               REGIE_DATA   ./data
  --help   this text
`,
  fr: `regie rebuild [--data <dossier>]

Oublie les vues de tous les sites ; le prochain démarrage les reconstruit à partir des journaux. Rien
d’autre n’est touché. La box ne doit pas tourner.

  --data   le dossier de données           REGIE_DATA   ./data
  --help   ce texte
`,
}

/** `regie rebuild`. */
export async function rebuild(args: readonly string[], context: Context): Promise<number> {
  const { help: isHelp, ...given } = readFlags('rebuild', args, { data: 'string', help: 'boolean' })
  if (isHelp) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const folder = openDataFolder(readSettings(context.env, given).data, realMachine().random)
  try {
    rmSync(folder.views, { recursive: true, force: true })
  } finally {
    folder.close()
  }
  process.stdout.write(
    context.language === 'fr'
      ? 'Les vues seront reconstruites au prochain démarrage.\n'
      : 'The views are built again at the next start.\n',
  )
  return exit.done
}
