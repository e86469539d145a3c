/**
 * A box that may have a blob, whatever the way to it. Its bytes are never believed: whatever it sends, and however
 * slowly or long, the reader decides what it was and when it has had enough.
 */
export interface BlobSource {
  /** The box, or what else a person calls it. */
  readonly name: string
  /** The text of the blob's manifest. Throws a SourceError. */
  manifest(sha256: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Bytes `from` up to, and without, `to`. Throws a SourceError. */
  read(sha256: string, from: number, to: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/**
 * Why a source gives nothing more. `absent`: it does not have the blob. `away`: it cannot be reached, or broke off.
 * `silent`: it took too long. `short`: it ended too early. `wrong`: what it sent is not what it should be.
 * `denied`: it does not let this box in.
 */
export type SourceTrouble = 'absent' | 'away' | 'silent' | 'short' | 'wrong' | 'denied'

export class SourceError extends Error {
  readonly trouble: SourceTrouble
  constructor(trouble: SourceTrouble, detail: string) {
    super(detail)
    this.name = 'SourceError'
    this.trouble = trouble
  }
}
