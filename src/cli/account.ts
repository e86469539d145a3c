import type { Language, Texts } from '../doors/language.ts'
import { askProgram, dataFlags, demand, print, readPassword } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { splitVerb } from './verb.ts'

const help: Texts = {
  en: `regie account <what> [<login>] [...]

Looks after the accounts of the organisation. Whoever may read the data folder may do all of it.

  list                      everybody, with roles
  add <login>               a new account, or a new name for one that is there
  grant, remove <login>     a role: --role lead --site trail-2026; without --site, everywhere
  reset <login>             a new password; no second factor; signed out everywhere
  totp <login>              a second factor: prints what the app is given and ten codes, once
  suspend, resume <login>   keeps somebody out at once, and lets him in again
  sign-out <login>          ends all sessions
  unlock <login>            may try again after too many wrong passwords

  --name            the person's name                    the login
  --language        fr or en                             the terminal's
  --role            owner, manager, installer, lead, volunteer, viewer, or a role of a trade
  --site            where the role counts                everywhere
  --password-stdin  the password is the first line of the standard input, 12 characters at least
  --password-file   or of a file
  --data            the data folder       REGIE_DATA     ./data
  --json            the answer as JSON
  --help            this text
`,
  fr: `regie account <quoi> [<identifiant>] [...]

S’occupe des comptes de l’organisation. Qui peut lire le dossier de données peut tout faire ici.

  list                      tout le monde, avec les rôles
  add <identifiant>         un nouveau compte, ou un autre nom pour un compte qui existe
  grant, remove <ident.>    un rôle : --role lead --site trail-2026 ; sans --site, partout
  reset <identifiant>       un nouveau mot de passe ; plus de second facteur ; déconnecté partout
  totp <identifiant>        un second facteur : affiche une fois ce que reçoit l’application, et dix codes
  suspend, resume <ident.>  met quelqu’un dehors aussitôt, et le laisse rentrer
  sign-out <identifiant>    termine toutes les sessions
  unlock <identifiant>      peut réessayer après trop de mots de passe erronés

  --name            le nom de la personne                l’identifiant
  --language        fr ou en                             celle du terminal
  --role            owner, manager, installer, lead, volunteer, viewer, ou un rôle d’un métier
  --site            où compte le rôle                    partout
  --password-stdin  le mot de passe est la première ligne de l’entrée standard, 12 caractères au moins
  --password-file   ou d’un fichier
  --data            le dossier de données  REGIE_DATA    ./data
  --json            la réponse en JSON
  --help            ce texte
`,
}

const verbs = [
  'list',
  'add',
  'grant',
  'remove',
  'reset',
  'totp',
  'suspend',
  'resume',
  'sign-out',
  'unlock',
] as const
const flags = {
  ...dataFlags,
  name: 'string',
  language: 'string',
  role: 'string',
  site: 'string',
  'password-stdin': 'boolean',
  'password-file': 'string',
} as const

/** `regie account`. */
export async function account(args: readonly string[], context: Context): Promise<number> {
  const { verb, what, rest } = splitVerb('account', verbs, args)
  const given = readFlags('account', rest, flags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const act = (input: unknown) => askProgram(context, given.data, `account ${verb}`, input)
  if (verb === 'list') {
    const rows = (await act({})) as readonly Row[]
    print(given.json, rows, rows.map((row) => line(row, context.language)).join(''))
    return exit.done
  }
  const login = demand(what, '<login>', `account ${verb}`)
  const { role } = given
  const site = given.site ?? null
  const password = await readPassword(given['password-stdin'], given['password-file'])
  switch (verb) {
    case 'add': {
      const about = { name: given.name ?? login, language: given.language ?? context.language }
      print(given.json, await act({ login, ...about, role, site, password }), `${login}\n`)
      return exit.done
    }
    case 'grant':
    case 'remove': {
      await act({ login, role: demand(role, '--role', `account ${verb}`), site })
      print(given.json, { login, role, site }, `${login}: ${role}\n`)
      return exit.done
    }
    case 'reset': {
      await act({ login, password: demand(password, '--password-stdin', 'account reset') })
      print(given.json, { login }, `${login}\n`)
      return exit.done
    }
    case 'totp': {
      const made = (await act({ login })) as { readonly address: string; readonly codes: readonly string[] }
      print(given.json, made, `${made.address}\n\n${made.codes.join('\n')}\n`)
      return exit.done
    }
    case 'suspend':
    case 'resume':
    case 'sign-out':
    case 'unlock': {
      await act({ login })
      print(given.json, { login }, `${login}\n`)
      return exit.done
    }
  }
}

type Row = {
  readonly login: string | null
  readonly name: string | null
  readonly suspended: boolean
  readonly roles: readonly { readonly role: string; readonly site: string | null }[]
}

function line({ login, name, suspended, roles }: Row, language: Language): string {
  const everywhere = { en: 'everywhere', fr: 'partout' }[language]
  const out = suspended ? { en: ' (suspended)', fr: ' (suspendu)' }[language] : ''
  const all = roles.map(({ role, site }) => `${role} ${site ?? everywhere}`).join(', ')
  return `${login ?? '–'}  ${name ?? ''}${out}  ${all}\n`
}
