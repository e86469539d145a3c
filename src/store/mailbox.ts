/**
 * What clients of the message broker are owed: their sessions, the messages that wait for them, retained messages, and
 * what is to be said when they are gone. It is no truth of any site: it is kept so that what was acknowledged arrives.
 */
export interface Mailbox {
  /** Atomic, in order, and on disk when it resolves. Calls that come meanwhile share the next fsync. */
  commit(writes: readonly MailWrite[]): Promise<void>
  /** All that is there. */
  load(): Promise<Mail>
  /**
   * `tell` hears that what was there could not be read any more, and is set aside. Found while it is loaded, it is lost.
   * Found later, what is `owed` to everybody is written into the new one, before what was to be written just then.
   */
  onAnew(owed: () => readonly MailWrite[], tell: (why: string) => void): void
  close(): Promise<void>
}

/** Documents are JSON texts of the door's. */
export type MailWrite =
  | { readonly do: 'session'; readonly session: string; readonly doc: string }
  /** With all that waits for it. */
  | { readonly do: 'endSession'; readonly session: string }
  | {
      readonly do: 'message'
      readonly message: number
      readonly doc: string
      readonly payload: Uint8Array
      readonly to: readonly Place[]
    }
  /** A session has it, or will not. A message that nobody waits for is gone. */
  | { readonly do: 'got'; readonly session: string; readonly seq: number }
  | {
      readonly do: 'retain'
      readonly site: string
      readonly topic: string
      readonly doc: string
      readonly payload: Uint8Array
    }
  | { readonly do: 'forget'; readonly site: string; readonly topic: string }
  | { readonly do: 'will'; readonly session: string; readonly doc: string; readonly payload: Uint8Array }
  | { readonly do: 'unwill'; readonly session: string }

/** Where a message waits. */
export type Place = { readonly session: string; readonly seq: number }

export type Mail = {
  readonly sessions: readonly { readonly session: string; readonly doc: string }[]
  /** By session, then in the order in which they wait. */
  readonly waiting: readonly (Place & { readonly message: number })[]
  readonly messages: readonly {
    readonly message: number
    readonly doc: string
    readonly payload: Uint8Array
  }[]
  readonly retained: readonly {
    readonly site: string
    readonly topic: string
    readonly doc: string
    readonly payload: Uint8Array
  }[]
  readonly wills: readonly { readonly session: string; readonly doc: string; readonly payload: Uint8Array }[]
}
