import { Trouble } from '../doors/errors.ts'
import type { Texts } from '../doors/language.ts'
import { doLocal } from '../doors/local.ts'
import { renderUnicodeCompact } from 'uqr'
import { dataFlags, print } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { readSettings } from './settings.ts'

const help: Texts = {
  en: `regie code [--data <folder>] [--json]

Shows the code with which a browser sets this box up, and where. The box runs meanwhile: each start makes
another code, which counts for a day.

  --data   the data folder       REGIE_DATA     ./data
  --json   the answer as JSON
  --help   this text
`,
  fr: `regie code [--data <dossier>] [--json]

Montre le code avec lequel un navigateur configure cette box, et où. La box tourne pendant ce temps :
chaque démarrage fait un autre code, qui vaut un jour.

  --data   le dossier de données  REGIE_DATA    ./data
  --json   la réponse en JSON
  --help   ce texte
`,
}

/** `regie code`. */
export async function code(args: readonly string[], context: Context): Promise<number> {
  const given = readFlags('code', args, dataFlags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const { data } = readSettings(context.env, { data: given.data })
  const told = await doLocal(data, 'code', {})
  // A code is of the program that runs: one that was started for this alone would take it along.
  if (!told) throw Trouble.of('no_program', { folder: data })
  const made = told.done as { readonly code: string; readonly address: string }
  const picture = process.stdout.isTTY ? `\n${renderUnicodeCompact(made.address)}\n` : ''
  print(given.json, made, `${made.code}\n${made.address}\n${picture}`)
  return exit.done
}
