/** As much of the NATS client as is used here. */
export type Nats = {
  readonly connect: (options: { readonly servers: string }) => Promise<NatsConnection>
}

export type NatsConnection = {
  readonly jetstream: () => { readonly publish: (subject: string, body: string) => Promise<unknown> }
  readonly jetstreamManager: () => Promise<{ readonly streams: NatsStreams }>
  readonly close: () => Promise<void>
}

export type NatsStreams = {
  readonly add: (stream: NatsStream) => Promise<unknown>
  readonly info: (name: string) => Promise<{ readonly state: { readonly messages: number } }>
}

type NatsStream = {
  readonly name: string
  readonly storage: 'file'
  readonly subjects?: readonly string[]
  readonly mirror?: { readonly name: string; readonly domain: string }
}
