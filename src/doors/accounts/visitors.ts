import { sha256 } from '../../kernel/digest.ts'
import { mayWith } from '../../kernel/pack/roles.ts'
import type { Visitor } from '../visitor.ts'
import { nobody } from '../visitor.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { Directory, Whose } from './directory.ts'
import type { Sessions } from './sessions.ts'
import { bearerOf, sessionOf } from './credentials.ts'

/** What a request says of who sends it. */
export type Credentials = {
  readonly cookie?: string | undefined
  readonly authorization?: string | undefined
}

type Parts = {
  readonly directory: Pick<Directory, 'token' | 'roles'>
  readonly sessions: Pick<Sessions, 'whose' | 'howOf'>
  /** Milliseconds since 1970 in a site's time; null while nobody knows it. */
  readonly epoch: (site: string) => number | null
}

/** Nothing in a request says who sends it. */
export const isNobody = ({ cookie, authorization }: Credentials): boolean =>
  bearerOf(authorization) === undefined && sessionOf(cookie) === undefined

/**
 * Who sent a request: by its token, else by its session. Whoever was told of stays what the logs say he is: what is
 * taken from him, is taken from the visitor that a door holds.
 */
export function visitorOf({ cookie, authorization }: Credentials, parts: Parts): Visitor {
  const secret = bearerOf(authorization)
  if (secret !== undefined) return tokenVisitor(secret, parts)
  const session = sessionOf(cookie)
  return session === undefined ? nobody : personVisitor(sha256(session), parts)
}

function personVisitor(session: string, { sessions, directory }: Parts): Visitor {
  const [first] = sessions.whose(session)
  if (first === undefined) return nobody
  const who = whoOf(first)
  // He has not chosen a password yet: until then he may what anybody may.
  if (sessions.howOf(session) === 'reset')
    return { kind: 'person', who, mustChange: true, may: ({ allow }) => mayWith([], allow) }
  // Where he was lent to several sites, each says what he is there, and no more.
  const rolesAt = (site: string) =>
    sessions
      .whose(session)
      .filter((whose) => whoOf(whose) === who)
      .flatMap((whose) => directory.roles(whose, site))
  return { kind: 'person', who, may: ({ allow }, site) => mayWith(rolesAt(site), allow) }
}

/**
 * As facts name him. An account of a site's own log is told from the organisation's of the same name, and so is one
 * that a site let in by itself, without the hub.
 */
export function whoOf({ site, account, lending }: Whose): string {
  if (lending !== undefined) return `${account} lent`
  return site === hubSite ? account : `${account} of ${site}`
}

/** A token may what its list says, at its sites, and never more than the account that it acts for. */
function tokenVisitor(secret: string, { directory, epoch }: Parts): Visitor {
  const hashed = sha256(secret)
  const valid = () => {
    const token = directory.token(hashed)
    if (!token) return undefined
    const now = epoch(token.site)
    return now !== null && now > token.until ? undefined : token
  }
  const token = valid()
  if (!token) return nobody
  return {
    kind: 'token',
    who: `${whoOf(token)} token ${token.token}`,
    may: ({ name, allow }, site) => {
      const now = valid()
      if (!now?.allow.includes(name) || (now.sites !== null && !now.sites.includes(site)))
        return mayWith([], allow)
      return mayWith(directory.roles(now, site), allow)
    },
  }
}
