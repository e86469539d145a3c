import type { MessagePort } from 'node:worker_threads'
import type { MailWrite } from './mailbox.ts'
import { MailboxFile } from './mailbox-file.ts'
import { packError, type WireError } from './truth-wire.ts'

/** What the thread of the mailbox is asked. */
export type MailAsk =
  | { readonly do: 'commit'; readonly writes: readonly MailWrite[] }
  | { readonly do: 'load' }
  | { readonly do: 'close' }

export type MailMessage = MailAsk & { readonly id: number }
export type MailAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: WireError }
)
export type MailThreadData = { readonly regie: 'mailbox'; readonly path: string }

/** The inside of the thread: one file, opened when it is first needed, one ask after the other. */
export function serveMailbox(port: MessagePort, { path }: MailThreadData): void {
  let file: MailboxFile | undefined
  const carryOut = (ask: MailAsk): unknown => {
    if (ask.do === 'close') return file?.close()
    file ??= new MailboxFile(path)
    return ask.do === 'load' ? file.load() : file.commit(ask.writes)
  }
  port.on('message', ({ id, ...ask }: MailMessage) => {
    try {
      port.postMessage({ id, value: carryOut(ask) } satisfies MailAnswer)
    } catch (error) {
      port.postMessage({ id, error: packError(error) } satisfies MailAnswer)
    }
    if (ask.do === 'close') port.close()
  })
}
