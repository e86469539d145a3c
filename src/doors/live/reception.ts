import type { IncomingHttpHeaders } from 'node:http'
import type { Visitor } from '../visitor.ts'
import { nobody } from '../visitor.ts'

/** What somebody shows at a door. A token that was said in `hello` stands where a program would send it. */
export type Shown = { readonly headers: IncomingHttpHeaders; readonly ip: string }

/** Finds out who reads live, and notices when that changes. */
export type Reception = {
  /** By a cookie, or `authorization: Bearer …`. Nobody, where nothing is shown, or what is shown is over. */
  readonly visitorOf: (shown: Shown) => Visitor | Promise<Visitor>
  /**
   * Tells whenever `visitorOf` may say something else of the same: a session ended, a token was revoked, a role was
   * given or taken away. Telling too often is harmless. Returns how to stop.
   */
  readonly watch: (shown: Shown, tell: () => void) => () => void
}

/** Until people can sign in. */
export const signedOut: Reception = { visitorOf: () => nobody, watch: () => () => {} }
