/** What is asked of a giver: its manifest, by the name of the blob, or bytes. */
export type BlobAsk = { readonly sha256: string; readonly from: number; readonly to: number } | string

const pieceBytes = 300

/** As they travel. */
export function* cut(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
