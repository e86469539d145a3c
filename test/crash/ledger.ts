import type { Recorded } from '../../src/kernel/box/contract.ts'
import type { RealBox } from './real-box.ts'

/** Some facts that one caller asked a box to record in one call. Their names are in them, and nowhere twice. */
export type Batch = {
  readonly box: RealBox
  readonly names: readonly string[]
  /** Where they stand, once the caller was told that they are on disk. */
  recorded: Recorded | undefined
  /** Why none of them was kept, if the caller was told so. */
  refused: string | undefined
}

export type Move = { readonly account: string; readonly cents: number }

export type Answered = {
  readonly wish: Wish
  readonly n: number
  readonly answer: unknown
  readonly copies: number
  readonly again: boolean
}

/** One action that somebody asks for under one key, until it has an answer. */
export type Wish = {
  readonly key: string
  readonly moves: readonly Move[]
  readonly answers: Answered[]
  /** The last word, where it was a refusal. */
  refused: string | undefined
  /** How often nobody said what became of it. */
  unclear: number
}

/** What the callers were told, kept outside of every box. It knows nothing else. */
export class Ledger {
  readonly batches: Batch[] = []
  readonly wishes: Wish[] = []
  /** In the order in which the callers heard of it. */
  readonly acknowledged: Batch[] = []
  readonly answered: Answered[] = []

  batch(box: RealBox, names: readonly string[]): Batch {
    const batch: Batch = { box, names, recorded: undefined, refused: undefined }
    this.batches.push(batch)
    return batch
  }

  acknowledge(batch: Batch, recorded: Recorded): void {
    batch.recorded = recorded
    this.acknowledged.push(batch)
  }

  wish(key: string, moves: readonly Move[]): Wish {
    const wish: Wish = { key, moves, answers: [], refused: undefined, unclear: 0 }
    this.wishes.push(wish)
    return wish
  }

  answer(wish: Wish, heard: Omit<Answered, 'wish'>): void {
    const answered = { wish, ...heard }
    wish.answers.push(answered)
    wish.refused = undefined
    this.answered.push(answered)
  }

  get words(): string {
    const facts = (batches: readonly Batch[]) => batches.reduce((sum, { names }) => sum + names.length, 0)
    const open = this.batches.filter(({ recorded, refused }) => !recorded && refused === undefined)
    const keys = this.wishes.filter(({ answers }) => answers.length > 0).length
    const unclear = this.wishes.reduce((sum, wish) => sum + wish.unclear, 0)
    const records = `${facts(this.acknowledged)} records acknowledged, ${facts(open)} never answered`
    return `${records}; ${keys} keys answered, ${unclear} times nobody said what became of one`
  }
}
