/** What devices say: records of gates, or messages that are passed on. */
export type Kind = 'records' | 'messages'

export type ToDevices =
  | { readonly do: 'connect'; readonly port: number; readonly count: number }
  /** A session that goes away, subscribed to the messages that are passed on. */
  | { readonly do: 'leave'; readonly port: number }
  | { readonly do: 'publish'; readonly kind: Kind; readonly window: number; readonly ms: number }

export type FromDevices =
  | { readonly is: 'done' }
  /** Messages a second while it went on; how many there were, with those that were acknowledged afterwards. */
  | { readonly is: 'published'; readonly rate: number; readonly messages: number; readonly p99: number }
