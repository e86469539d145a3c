import type { z } from 'zod'
import type { Answer } from '../box/contract.ts'
import type { BodyOf, FactKinds } from './fact.ts'

/** A payload that is not JSON: at most so many bytes, given as they came. */
export type Raw = { readonly bytes: number }
export const raw = (bytes: number): Raw => ({ bytes })

/** A message as a pack sees it. */
export type Message<Payload, Level extends string> = {
  readonly payload: Payload
  /** What stands where the filter has names in braces. */
  readonly levels: Readonly<Record<Level, string>>
  /** The device that sent it, as topics name it. */
  readonly device: string
  /** The device says that it may have sent it before. */
  readonly again: boolean
}

/** The names in braces: `gates/{gate}/read` has `gate`. */
export type LevelsOf<Filter extends string> = Filter extends `${string}{${infer Name}}${infer Rest}`
  ? Name | LevelsOf<Rest>
  : never

type PayloadOf<P extends z.ZodType | Raw> = P extends z.ZodType ? z.infer<P> : Uint8Array
type From<Filter extends string, P extends z.ZodType | Raw, Out> = (
  message: Message<PayloadOf<P>, LevelsOf<Filter>>,
) => Out

type Said<Kinds extends FactKinds> = {
  readonly [Kind in keyof Kinds & string]: { readonly kind: Kind; readonly body: BodyOf<Kinds[Kind]> }
}[keyof Kinds & string]

/**
 * A topic of devices. Its filter names each level or gives it a name in braces: `{device}` is the one that
 * sends, and `{site}` its site; nobody sends for another. What no pack declares is refused.
 */
type Common<Filter extends string> = {
  readonly filter: Filter
  /** A payload is at most so long; 4 KiB where nothing is said. */
  readonly most?: number | undefined
}

/** What came is a record of this pack. */
export type RecordTopic<Kinds extends FactKinds, Filter extends string, P extends z.ZodType | Raw> = {
  readonly payload: P
  /** Roles that may send it. */
  readonly publish: readonly string[]
  readonly facts: From<Filter, P, readonly Said<Kinds>[]>
  /** What tells this message from all others of its device, if it says so. With it, one that comes twice counts once. */
  readonly id?: From<Filter, P, string | undefined> | undefined
  /** Roles that may read the message as well: it is then carried on, too. */
  readonly subscribe?: readonly string[] | undefined
}

/** What came asks for an action of this pack. */
export type ActTopic<Filter extends string, P extends z.ZodType | Raw> = {
  readonly payload: P
  readonly publish: readonly string[]
  /** By its short name. */
  readonly action: string
  /** The payload itself where nothing is said. */
  readonly input?: From<Filter, P, unknown> | undefined
  /** The device's key for it. Where nothing is said, or none is in the payload: the correlation data of MQTT 5. */
  readonly key?: From<Filter, P, string | undefined> | undefined
  /** Where the answer goes, with the names of the filter; a response topic of MQTT 5 goes before it. */
  readonly reply?: string | undefined
  /** The answer as the device wants it. */
  readonly answer?:
    | ((answer: Answer, message: Message<PayloadOf<P>, LevelsOf<Filter>>) => unknown)
    | undefined
}

/** What came goes on to who reads it, and is in no log. */
export type PassTopic<P extends z.ZodType | Raw> = {
  readonly payload: P
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  /** The last one may be kept for who comes later. */
  readonly retain?: boolean | undefined
  /** Only the device that `{device}` names may read it, whatever its roles. */
  readonly own?: boolean | undefined
}

/** Rows of a query of this pack, each on a topic of its own: who subscribes hears how they are and what they become. */
export type TellTopic = {
  readonly subscribe: readonly string[]
  /** By its short name. */
  readonly query: string
  readonly input: unknown
  /** What is said of a row; the row itself where nothing is said. Levels of the filter are fields of the row. */
  readonly payload?: ((row: Readonly<Record<string, unknown>>) => unknown) | undefined
}

/** Binds a pack's facts, so that each topic infers the rest from its own filter and schema. */
export function topicsOf<Kinds extends FactKinds>() {
  return {
    record: <const Filter extends string, P extends z.ZodType | Raw>(
      filter: Filter,
      declared: RecordTopic<Kinds, Filter, P> & Omit<Common<Filter>, 'filter'>,
    ): TopicAny => ({ is: 'record', filter, ...declared }) as unknown as TopicAny,
    act: <const Filter extends string, P extends z.ZodType | Raw>(
      filter: Filter,
      declared: ActTopic<Filter, P> & Omit<Common<Filter>, 'filter'>,
    ): TopicAny => ({ is: 'act', filter, ...declared }) as unknown as TopicAny,
    pass: <const Filter extends string, P extends z.ZodType | Raw>(
      filter: Filter,
      declared: PassTopic<P> & Omit<Common<Filter>, 'filter'>,
    ): TopicAny => ({ is: 'pass', filter, ...declared }) as unknown as TopicAny,
    tell: <const Filter extends string>(filter: Filter, declared: TellTopic): TopicAny => ({
      is: 'tell',
      filter,
      ...declared,
    }),
  }
}

// The kernel and the doors know topics without their types: each is checked where it is declared.
export type MessageAny = Message<unknown, string>
type Payload = { readonly payload: z.ZodType | Raw; readonly most?: number | undefined }
type Fact = { readonly kind: string; readonly body: unknown }
export type TopicAny = { readonly filter: string } & (
  | ({
      readonly is: 'record'
      readonly publish: readonly string[]
      readonly subscribe?: readonly string[] | undefined
      readonly facts: (message: MessageAny) => readonly Fact[]
      readonly id?: ((message: MessageAny) => string | undefined) | undefined
    } & Payload)
  | ({
      readonly is: 'act'
      readonly publish: readonly string[]
      readonly action: string
      readonly input?: ((message: MessageAny) => unknown) | undefined
      readonly key?: ((message: MessageAny) => string | undefined) | undefined
      readonly reply?: string | undefined
      readonly answer?: ((answer: Answer, message: MessageAny) => unknown) | undefined
    } & Payload)
  | ({
      readonly is: 'pass'
      readonly publish: readonly string[]
      readonly subscribe: readonly string[]
      readonly retain?: boolean | undefined
      readonly own?: boolean | undefined
    } & Payload)
  | ({ readonly is: 'tell' } & TellTopic)
)
