import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { peerPackage } from './peer.ts'
import type { Pouch } from './pouch-api.ts'
import { pouchIn } from './pouch-api.ts'

/** express-pouchdb in a process of its own: `pouch-server.ts <folder>`. Says its port. */
type App = RequestListener & { readonly use: (handler: unknown) => void }
type Options = { readonly mode: string; readonly inMemoryConfig: boolean }

const folder = process.argv[2] ?? ''
mkdirSync(folder, { recursive: true })
// It writes a log file to where it runs.
process.chdir(folder)
const express = peerPackage('express') as () => App
const expressPouch = peerPackage('express-pouchdb') as (pouch: Pouch | undefined, options: Options) => unknown
const app = express()
app.use(expressPouch(pouchIn(folder), { mode: 'minimumForPouchDB', inMemoryConfig: true }))
const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())
