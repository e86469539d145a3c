import type { Above, BoxStatus } from '../../src/kernel/box/contract.ts'
import type { Ask } from '../../src/kernel/site/writer.ts'

/** What a box process is told, a JSON line each, and what it answers: the value, or why there is none. */
export type Order =
  | {
      readonly do: 'record'
      readonly site: string
      readonly facts: readonly { readonly kind: string; readonly body: unknown }[]
    }
  | { readonly do: 'act'; readonly site: string; readonly ask: Ask }
  | { readonly do: 'found'; readonly site: string }
  | { readonly do: 'serve'; readonly site: string; readonly above: Above }
  | { readonly do: 'assign'; readonly site: string; readonly box: string; readonly publicKey: string }
  | { readonly do: 'takeOver'; readonly site: string }
  | { readonly do: 'status' }
  | { readonly do: 'devices' }
  | { readonly do: 'hash'; readonly site: string }
  | { readonly do: 'stop' }

export type OrderLine = Order & { readonly id: number }

/** The first line of a process that is ready has id 0. */
export type ReplyLine = { readonly id: number; readonly value?: unknown; readonly error?: string | undefined }

export type { BoxStatus }
