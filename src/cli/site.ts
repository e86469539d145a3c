import type { Texts } from '../doors/language.ts'
import { askProgram, dataFlags, demand, print } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { splitVerb } from './verb.ts'

const help: Texts = {
  en: `regie site add <site> [--name <name>] [--zone <zone>] [--exercise]

Begins a site that this box keeps: a race, a hall, a classroom. Its short name is small letters, digits
and dashes, and stays for ever. regie status shows the sites of a box.

  --name      what people call it                  the same
  --zone      its time zone, such as Europe/Paris  the machine's
  --exercise  nothing there is real, and every page says so, for ever
  --data      the data folder       REGIE_DATA     ./data
  --json      the answer as JSON
  --help      this text
`,
  fr: `regie site add <site> [--name <nom>] [--zone <fuseau>] [--exercise]

Commence un site que cette box tient : une course, une salle, une classe. Son nom court est fait de
minuscules, chiffres et tirets, et reste pour toujours. regie status montre les sites d’une box.

  --name      comment on l’appelle                 le même
  --zone      son fuseau, comme Europe/Paris       celui de la machine
  --exercise  rien n’y est réel, et chaque page le dit, pour toujours
  --data      le dossier de données  REGIE_DATA    ./data
  --json      la réponse en JSON
  --help      ce texte
`,
}

const flags = { ...dataFlags, name: 'string', zone: 'string', exercise: 'boolean' } as const

/** `regie site`. */
export async function site(args: readonly string[], context: Context): Promise<number> {
  const { what, rest } = splitVerb('site', ['add'], args)
  const given = readFlags('site', rest, flags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const name = demand(what, '<site>', 'site add')
  const done = await askProgram(context, given.data, 'site add', {
    site: name,
    name: given.name ?? name,
    zone: given.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    exercise: given.exercise ?? false,
  })
  const said = { en: `This box keeps ${name}.\n`, fr: `Cette box tient ${name}.\n` }
  print(given.json, done, said[context.language])
  return exit.done
}
