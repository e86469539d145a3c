/** When somebody did something, as well as this page knows. */
export type Done = {
  /** Milliseconds since 1970: of the box as it was measured, `within` so much; else of this device, and nobody knows. */
  readonly ms: number
  readonly within: number | null
  /** The clock of the page, which is worth something while that page lives. */
  readonly mono: number
  /** The clock of the device: what two of its pages have in common. */
  readonly wall: number
  readonly page: string
}

/** What a person asked for, as it stands on this device until the box has answered and the person has seen it. */
export type Ask = {
  readonly key: string
  /** Its place in the queue of this device. */
  readonly seq: number
  readonly who: string
  readonly site: string | null
  readonly action: string
  readonly input: unknown
  /** It may wait for the box, by its declaration. */
  readonly mayWait: boolean
  readonly done: Done
  readonly state: AskState
}

export type AskState =
  /** It has surely not been done: it waits here, and can be dropped. `why`: the box would not hear it just now. */
  | { readonly is: 'waiting'; readonly why: Problem | null }
  /** It is on its way; nobody knows yet. */
  | { readonly is: 'sent' }
  /** It was sent, and no answer came: it is asked for again with the same key. */
  | { readonly is: 'unknown'; readonly why: string }
  /** The box keeps it on its disk for the keeper, and will say how it ended. */
  | { readonly is: 'held' }
  | Ended

/** The last word. */
export type Ended =
  | {
      readonly is: 'answered'
      readonly n: number
      readonly answer: unknown
      readonly copies: number
      readonly again: boolean
    }
  | ({ readonly is: 'refused' } & Problem)

/** What the box says when it does not do it: a code, a sentence, and what can be done. */
export type Problem = {
  readonly code: string
  readonly title: string
  readonly doThis: string
  readonly field: string | null
}

export const hasEnded = (state: AskState): state is Ended => state.is === 'answered' || state.is === 'refused'
