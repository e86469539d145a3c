import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Above } from '../../src/kernel/box/contract.ts'
import type { FromFollower, ToFollower } from './follower-words.ts'

type Said<Is extends FromFollower['is']> = Extract<FromFollower, { readonly is: Is }>

const program = fileURLToPath(new URL('./follower-process.ts', import.meta.url))

/** A box in a process of its own that follows a keeper, seen from the keeper's process. */
export class Follower implements AsyncDisposable {
  readonly box: string
  readonly publicKey: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, { box, publicKey }: Said<'ready'>) {
    this.#child = child
    this.box = box
    this.publicKey = publicKey
  }

  static async start(folder: string): Promise<Follower> {
    const child = fork(program, [folder])
    return new Follower(child, await heard(child, 'ready'))
  }

  /** Follows the box above, up to entry n at least. */
  async follow(above: Above, n: number): Promise<Said<'followed'>> {
    this.#tell({ do: 'follow', above, n })
    return heard(this.#child, 'followed')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#tell({ do: 'stop' })
    await ended
  }

  #tell(words: ToFollower): void {
    this.#child.send(words)
  }
}

async function heard<Is extends FromFollower['is']>(child: ChildProcess, is: Is): Promise<Said<Is>> {
  const ended = new AbortController()
  const { signal } = ended
  try {
    const exit = once(child, 'exit', { signal }).then(() => {
      throw new Error('the follower ended before it answered')
    })
    const [words] = (await Promise.race([once(child, 'message', { signal }), exit])) as [FromFollower]
    if (words.is !== is) throw new Error(`the follower said ${words.is}, not ${is}`)
    return words as Said<Is>
  } finally {
    // The race's other side ends with an AbortError that nobody waits for.
    ended.abort()
  }
}
