import type { MessagePort } from 'node:worker_threads'
import { packError, type WireError } from './truth-wire.ts'

/** What a resting thread is sent. Without an ask: close. */
export type RestingMessage<Ask> = { readonly id: number; readonly ask: Ask | undefined }

export type RestingAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError }
  /** Something that people should know. */
  | { readonly said: string }

type Inside<Ask> = { readonly answer: (ask: Ask) => unknown; readonly close: () => void }

/** The inside of a resting thread: one ask after the other, until it is closed. */
export function serveAsks<Ask>(port: MessagePort, begin: (say: (text: string) => void) => Inside<Ask>): void {
  const tell = (answer: RestingAnswer) => port.postMessage(answer)
  const inside = begin((said) => tell({ said }))
  port.on('message', ({ id, ask }: RestingMessage<Ask>) => {
    try {
      tell({ id, value: ask === undefined ? inside.close() : inside.answer(ask) })
    } catch (error) {
      tell({ id, error: packError(error) })
    }
    if (ask === undefined) port.close()
  })
}
