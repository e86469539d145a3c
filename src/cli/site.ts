import type { Texts } from '../doors/language.ts'
import { askProgram, dataFlags, demand, print } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { splitVerb } from './verb.ts'

const help: Texts = {
  en: `regie site <what> <site> [...]

  add <site>         begins a site that this box keeps: a race, a hall, a classroom. Its short name is small
                     letters, digits and dashes, and stays for ever
  hand-over <site>   planned: this box, which keeps the site, stops, and the box --to goes on
  take-over <site>   the box that keeps the site is dead: this one goes on

regie status shows the sites of a box.

  --name      of add: what people call it                  the same
  --zone      of add: its time zone, such as Europe/Paris  the machine's
  --exercise  of add: nothing there is real, and every page says so, for ever
  --to        of hand-over: a box that follows the whole site
  --confirm   of take-over: what people call the site, typed by whoever decides this
  --data      the data folder       REGIE_DATA     ./data
  --json      the answer as JSON
  --help      this text
`,
  fr: `regie site <quoi> <site> [...]

  add <site>         commence un site que cette box tient : une course, une salle, une classe. Son nom court est
                     fait de minuscules, chiffres et tirets, et reste pour toujours
  hand-over <site>   prévu : cette box, qui tient le site, s’arrête, et la box --to continue
  take-over <site>   la box qui tient le site est morte : celle-ci continue

regie status montre les sites d’une box.

  --name      pour add : comment on l’appelle                 le même
  --zone      pour add : son fuseau, comme Europe/Paris       celui de la machine
  --exercise  pour add : rien n’y est réel, et chaque page le dit, pour toujours
  --to        pour hand-over : une box qui suit tout le site
  --confirm   pour take-over : comment on appelle le site, tapé par qui en décide
  --data      le dossier de données  REGIE_DATA    ./data
  --json      la réponse en JSON
  --help      ce texte
`,
}

const flags = {
  ...dataFlags,
  name: 'string',
  zone: 'string',
  exercise: 'boolean',
  to: 'string',
  confirm: 'string',
} as const

/** `regie site`. */
export async function site(args: readonly string[], context: Context): Promise<number> {
  const { verb, what, rest } = splitVerb('site', ['add', 'hand-over', 'take-over'], args)
  const given = readFlags('site', rest, flags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const name = demand(what, '<site>', `site ${verb}`)
  const ask = async (input: object, said: Texts) => {
    const done = await askProgram(context, given.data, `site ${verb}`, { site: name, ...input })
    print(given.json, done, said[context.language])
    return exit.done
  }
  const keeps = { en: `This box keeps ${name}.\n`, fr: `Cette box tient ${name}.\n` }
  switch (verb) {
    case 'add':
      return ask(
        {
          name: given.name ?? name,
          zone: given.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
          exercise: given.exercise ?? false,
        },
        keeps,
      )
    case 'hand-over': {
      const to = demand(given.to, '--to', 'site hand-over')
      return ask({ to }, { en: `Box ${to} keeps ${name}.\n`, fr: `La box ${to} tient ${name}.\n` })
    }
    case 'take-over':
      return ask({ confirm: demand(given.confirm, '--confirm', 'site take-over') }, keeps)
  }
}
