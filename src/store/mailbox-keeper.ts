import type { Mail, MailWrite } from './mailbox.ts'
import { MailboxFile } from './mailbox-file.ts'
import { isDamaged, setAside } from './set-aside.ts'
import { StoreError } from './truth.ts'

/** `anew`: the file was damaged and is set aside. Nothing was written; the next commit begins a new one. */
export type Committed = 'done' | 'anew'

/** A file of mail that is begun anew when it is damaged (MQTT-21). Opened when it is first needed. */
export class MailboxKeeper {
  readonly #path: string
  readonly #say: (text: string) => void
  #file: MailboxFile | undefined

  constructor(path: string, say: (text: string) => void) {
    this.#path = path
    this.#say = say
  }

  commit(writes: readonly MailWrite[]): Committed {
    try {
      this.#opened().commit(writes)
      return 'done'
    } catch (error) {
      if (!isDamaged(error)) throw error
      this.#setAside(error)
      return 'anew'
    }
  }

  load(): Mail {
    try {
      return this.#opened().load()
    } catch (error) {
      // What is no refusal of the disk says that the file does not hold what was written into it.
      if (error instanceof StoreError && !isDamaged(error)) throw error
      this.#setAside(error)
      return this.#opened().load()
    }
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  #opened(): MailboxFile {
    return (this.#file ??= new MailboxFile(this.#path))
  }

  #setAside(cause: unknown): void {
    try {
      this.close()
    } catch {
      // It could not even be closed.
      this.#file = undefined
    }
    const why = cause instanceof Error ? cause.message : String(cause)
    this.#say(`the mailbox of devices begins anew, the old one is in ${setAside(this.#path)}: ${why}`)
  }
}
