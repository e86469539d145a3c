/** The broker that a site has already, and what may come through it. */
export type SiteBrokerOptions = {
  readonly host: string
  readonly port: number
  /** Over TLS; `ca` holds the certificates to trust, undefined those of the system. */
  readonly tls: { readonly ca: string | undefined } | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  /** Before every topic: empty, or it ends with a slash. */
  readonly prefix: string
  /** The token under which the broker itself is known here: it says at which site, and what may come and go. */
  readonly token: string
  /** The devices that may speak through it. Whatever another is said to have said is not taken. */
  readonly devices: readonly string[]
}

/** As people read it: `away` says why, and is tried again. */
export type SiteBrokerStatus = {
  readonly address: string
  readonly is: 'connecting' | 'connected' | 'away'
  readonly why: string
}

/** Where something else stands than what was asked for, as a sentence's end. Credentials are in none of them. */
export const addressOf = ({ host, port, tls }: SiteBrokerOptions): string =>
  `${tls ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${port}`
