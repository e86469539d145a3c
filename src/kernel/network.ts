/** What a link runs over: whole messages, in order, until it closes. A WebSocket, or the simulator's. */
export type Channel = {
  readonly send: (message: Uint8Array) => void
  /** Bytes handed to `send` that have not left yet. */
  readonly waiting: () => number
  readonly close: (why: string) => void
}

export type ChannelEvents = {
  readonly message: (message: Uint8Array) => void
  /** Once, whoever closed. Nothing follows it. */
  readonly closed: (why: string) => void
}

/** Opens a channel to an address. Calls `opened` or, once, `closed`. */
export type Dial = (
  address: string,
  events: ChannelEvents & { readonly opened: (channel: Channel) => void },
) => void
