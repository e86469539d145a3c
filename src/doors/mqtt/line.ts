import type { Device } from './device.ts'
import type { Agreed } from './greeting.ts'
import type { Session } from './session.ts'
import type { Version } from './wire/incoming.ts'
import type { Reason } from './wire/reasons.ts'

/** A client that was let in. */
export type Open = {
  readonly version: Version
  readonly device: Device
  readonly session: Session
  readonly agreed: Agreed
  /** The name under which its will is kept. */
  readonly will: string | undefined
}

/** What the parts of a connection may do with its line. */
export type Line = {
  readonly write: (bytes: Uint8Array) => void
  /** Bytes that were written and have not left. */
  readonly waiting: () => number
  readonly isOver: () => boolean
  /** Sends the client away; MQTT 5 is told why. */
  readonly end: (code: Reason, why: string) => void
  /** Cuts it. */
  readonly drop: (why: string) => void
  readonly complain: (text: string) => void
}
