import { peerPackage } from './peer.ts'

/** As much of PouchDB as is used here. */
export type PouchDatabase = {
  readonly bulkDocs: (docs: readonly object[]) => Promise<unknown>
  readonly info: () => Promise<{ readonly doc_count: number }>
  readonly close: () => Promise<void>
}

export type Pouch = {
  new (name: string): PouchDatabase
  readonly defaults: (options: { readonly prefix: string }) => Pouch
  readonly replicate: (
    from: PouchDatabase,
    to: string,
    options: { readonly batch_size: number },
  ) => Promise<unknown>
}

export const pouchIn = (folder: string): Pouch | undefined =>
  (peerPackage('pouchdb') as Pouch | undefined)?.defaults({ prefix: `${folder}/` })
