import type { Texts } from '../doors/language.ts'
import { askProgram, dataFlags, demand, print, readPassword } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'

const help: Texts = {
  en: `regie setup --organisation <name> --owner <login> --site <name> (--password-stdin | --password-file <file>)

Makes this box the first of an organisation: its name, its first owner, its first site. Once only; cut
short, it goes on where it was when it is run again.

  --organisation    what the organisation is called
  --owner           what the first owner types to sign in
  --name            the owner's name                     the login
  --password-stdin  the password is the first line of the standard input, 12 characters at least
  --password-file   or of a file
  --site            the first site: small letters, digits, dashes
  --site-name       what it is called                    the same
  --zone            its time zone, such as Europe/Paris  the machine's
  --language        fr or en, of the owner               the terminal's
  --data            the data folder      REGIE_DATA      ./data
  --json            the answer as JSON
  --help            this text
`,
  fr: `regie setup --organisation <nom> --owner <identifiant> --site <nom> (--password-stdin | --password-file <fichier>)

Fait de cette box la première d’une organisation : son nom, son premier propriétaire, son premier site.
Une seule fois ; interrompue, elle reprend où elle en était quand on la relance.

  --organisation    le nom de l’organisation
  --owner           ce que tape le premier propriétaire pour se connecter
  --name            son nom                              l’identifiant
  --password-stdin  le mot de passe est la première ligne de l’entrée standard, 12 caractères au moins
  --password-file   ou d’un fichier
  --site            le premier site : minuscules, chiffres, tirets
  --site-name       comment il s’appelle                 le même
  --zone            son fuseau, comme Europe/Paris       celui de la machine
  --language        fr ou en, du propriétaire            celle du terminal
  --data            le dossier de données  REGIE_DATA    ./data
  --json            la réponse en JSON
  --help            ce texte
`,
}

const flags = {
  ...dataFlags,
  organisation: 'string',
  owner: 'string',
  name: 'string',
  site: 'string',
  'site-name': 'string',
  zone: 'string',
  language: 'string',
  'password-stdin': 'boolean',
  'password-file': 'string',
} as const

/** `regie setup`. */
export async function setup(args: readonly string[], context: Context): Promise<number> {
  const given = readFlags('setup', args, flags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const owner = demand(given.owner, '--owner', 'setup')
  const organisation = demand(given.organisation, '--organisation', 'setup')
  const site = demand(given.site, '--site', 'setup')
  const password = await readPassword(given['password-stdin'], given['password-file'])
  const done = await askProgram(context, given.data, 'setup', {
    organisation,
    login: owner,
    name: given.name ?? owner,
    language: given.language ?? context.language,
    zone: given.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    site,
    siteName: given['site-name'] ?? site,
    password: demand(password, '--password-stdin', 'setup'),
  })
  print(given.json, done, said[context.language](organisation, owner, site))
  return exit.done
}

const said = {
  en: (organisation: string, owner: string, site: string) =>
    `${organisation} is set up. ${owner} is its owner, and this box keeps ${site}.\n`,
  fr: (organisation: string, owner: string, site: string) =>
    `${organisation} est configurée. ${owner} en est propriétaire, et cette box tient ${site}.\n`,
}
