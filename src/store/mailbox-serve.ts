import type { MessagePort } from 'node:worker_threads'
import { toMailWrites, type MailColumns } from './mail-columns.ts'
import { MailboxKeeper } from './mailbox-keeper.ts'
import { serveAsks } from './resting-serve.ts'

/** What the thread of the mailbox is asked. */
export type MailAsk = { readonly do: 'commit'; readonly writes: MailColumns } | { readonly do: 'load' }

export type MailThreadData = { readonly regie: 'mailbox'; readonly path: string }

/** The inside of the thread: one file. */
export function serveMailbox(port: MessagePort, { path }: MailThreadData): void {
  serveAsks<MailAsk>(port, (say) => {
    const keeper = new MailboxKeeper(path, say)
    return {
      answer: (ask) => (ask.do === 'load' ? keeper.load() : keeper.commit(toMailWrites(ask.writes))),
      close: () => keeper.close(),
    }
  })
}
