import type { Texts } from '../doors/language.ts'
import { askProgram, dataFlags, demand, listOf, print } from './ask-program.ts'
import type { Context } from './command.ts'
import { exit } from './command.ts'
import { readFlags } from './flags.ts'
import { readCount } from './settings.ts'
import { splitVerb } from './verb.ts'

const help: Texts = {
  en: `regie token <what> [...]

Tokens let a program act for an account: what it may is listed, and never more than the account may.

  add <login> --name <name> --allow <actions and queries> [--sites <sites>] [--days <n>]
                 prints the token, once; send it as Authorization: Bearer …
  list           all of them, without their secrets
  revoke <id>    from now on it opens nothing

  --name    what the token is for
  --allow   full names, with commas between them: fair.pay,fair.books
  --sites   where                                all where the account may
  --days    how long, at most 365                90
  --data    the data folder       REGIE_DATA     ./data
  --json    the answer as JSON
  --help    this text
`,
  fr: `regie token <quoi> [...]

Un jeton laisse un programme agir pour un compte : ce qu’il peut est listé, et jamais plus que le compte.

  add <identifiant> --name <nom> --allow <actions et questions> [--sites <sites>] [--days <n>]
                 affiche le jeton, une fois ; envoyez-le par Authorization: Bearer …
  list           tous, sans leurs secrets
  revoke <id>    dès lors il n’ouvre plus rien

  --name    à quoi sert le jeton
  --allow   noms entiers, séparés par des virgules : fair.pay,fair.books
  --sites   où                                   partout où le compte peut
  --days    combien de temps, au plus 365        90
  --data    le dossier de données  REGIE_DATA    ./data
  --json    la réponse en JSON
  --help    ce texte
`,
}

const flags = { ...dataFlags, name: 'string', allow: 'string', sites: 'string', days: 'string' } as const

/** `regie token`. */
export async function token(args: readonly string[], context: Context): Promise<number> {
  const { verb, what, rest } = splitVerb('token', ['add', 'list', 'revoke'], args)
  const given = readFlags('token', rest, flags)
  if (given.help) {
    process.stdout.write(help[context.language])
    return exit.done
  }
  const act = (input: unknown) => askProgram(context, given.data, `token ${verb}`, input)
  switch (verb) {
    case 'add': {
      const made = (await act({
        login: demand(what, '<login>', 'token add'),
        name: demand(given.name, '--name', 'token add'),
        allow: listOf(demand(given.allow, '--allow', 'token add')),
        sites: given.sites === undefined ? null : listOf(given.sites),
        days: readCount('--days', given.days),
      })) as { readonly token: string }
      print(given.json, made, `${made.token}\n`)
      return exit.done
    }
    case 'list': {
      const rows = (await act({})) as readonly Row[]
      print(given.json, rows, rows.map(line).join(''))
      return exit.done
    }
    case 'revoke': {
      const id = demand(what, '<id>', 'token revoke')
      await act({ token: id })
      print(given.json, { token: id }, `${id}\n`)
      return exit.done
    }
  }
}

type Row = {
  readonly token: string
  readonly name: string
  readonly allow: readonly string[]
  readonly until: number
  readonly revoked: boolean
}

const line = ({ token: id, name, allow, until, revoked }: Row): string =>
  `${id}  ${name}  ${allow.join(',')}  ${revoked ? '×' : new Date(until).toISOString().slice(0, 10)}\n`
