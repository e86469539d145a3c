import type { z } from 'zod'

/** A kind of fact: the schema of its body, who says it, and whether a person in it can be erased. */
export type FactKind<Body extends z.ZodType = z.ZodType> = {
  readonly body: Body
  /** `record`: any box saw it. `decision`: only the keeper says it, as the result of an action. */
  readonly said: 'record' | 'decision'
  /** Holds a person. Its body can be erased, and no other fact's apply may read it. */
  readonly erasable: boolean
}

export type FactKinds = Readonly<Record<string, FactKind>>

export type BodyOf<Kind extends FactKind> = z.infer<Kind['body']>

export function record<Body extends z.ZodType>(body: Body): FactKind<Body> {
  return { body, said: 'record', erasable: false }
}

export function decision<Body extends z.ZodType>(body: Body): FactKind<Body> {
  return { body, said: 'decision', erasable: false }
}

/** Marks a kind as holding a person: `erasable(record(…))`. */
export function erasable<Body extends z.ZodType>(kind: FactKind<Body>): FactKind<Body> {
  return { ...kind, erasable: true }
}
