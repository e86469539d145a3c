import type { Ask } from './ask.ts'

/** Where a device keeps what was asked for: shared by all pages of the box that it shows, in one order. */
export type AskStore = {
  /** It survives a reload, and the browser. */
  readonly isDurable: boolean
  /** At the end of the queue; resolves when it is kept. Where its key is there, with what that stands for. */
  readonly add: (ask: Omit<Ask, 'seq'>) => Promise<Ask>
  /** In their order. */
  readonly all: () => Promise<readonly Ask[]>
  /**
   * Changes one as it stands at that moment, in one step: to what is returned, to nothing for null, not at all for
   * undefined. Resolves with what stands there then.
   */
  readonly change: (seq: number, change: (ask: Ask) => Ask | null | undefined) => Promise<Ask | undefined>
  /** The same for a small note under a name. */
  readonly note: (name: string, change: (before: unknown) => unknown) => Promise<unknown>
  /** Tells when any page has changed something. */
  readonly onChange: (tell: () => void) => () => void
  readonly close: () => void
}
