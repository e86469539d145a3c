/** Acknowledgements leave in the order in which their messages came, whichever is durable first. */
export class Acks {
  readonly #write: (bytes: Uint8Array) => void
  readonly #waiting: { readonly id: number; bytes: Uint8Array | undefined }[] = []

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write
  }

  get size(): number {
    return this.#waiting.length
  }

  /** A message that is under way here already was sent again: it is acknowledged once. */
  has(id: number): boolean {
    return this.#waiting.some((each) => each.id === id)
  }

  /** Tells how to acknowledge it. */
  expect(id: number): (bytes: Uint8Array) => void {
    const waiting: { readonly id: number; bytes: Uint8Array | undefined } = { id, bytes: undefined }
    this.#waiting.push(waiting)
    return (bytes) => {
      waiting.bytes = bytes
      for (let [first] = this.#waiting; first?.bytes; [first] = this.#waiting) {
        this.#waiting.shift()
        this.#write(first.bytes)
      }
    }
  }
}
