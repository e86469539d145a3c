import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'

/** What the build of the pages says of them: see scripts/build-web.ts. */
const list = z.object({
  pages: z.record(z.string(), z.string()),
  files: z.array(z.object({ path: z.string(), hash: z.string(), bytes: z.int(), gz: z.boolean() })),
})

export type WebFiles = z.infer<typeof list> & { readonly folder: string }

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** The pages in the first of these folders that has some; none where they were not built. */
export function findWebFiles(folders: readonly string[]): WebFiles | undefined {
  const folder = folders.find((each) => existsSync(join(each, 'pages.json')))
  if (folder === undefined) return undefined
  return { ...list.parse(JSON.parse(readFileSync(join(folder, 'pages.json'), 'utf8'))), folder }
}

/** Each page at its address, each file at its own: nothing is looked for by what somebody asks. */
export function addWebFiles(server: FastifyInstance, { pages, files, folder }: WebFiles): void {
  const config = { permission: 'public' } as const
  const byPath = new Map(files.map((file) => [file.path, file]))
  const add = (path: string, file: WebFiles['files'][number], isForEver: boolean) => {
    const cache = isForEver ? 'public, max-age=31536000, immutable' : 'no-cache'
    server.get(path, { config }, (request, reply) => give(request, reply, folder, file, cache))
  }
  for (const [path, page] of Object.entries(pages)) {
    const file = byPath.get(page)
    if (!file) throw new Error(`pages.json names ${page}, which is not among its files`)
    add(path, file, false)
  }
  // Their names change with what is in them.
  for (const file of files) if (file.path.startsWith('/assets/')) add(file.path, file, true)
}

async function give(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  { path, hash, gz }: WebFiles['files'][number],
  cache: string,
): Promise<FastifyReply> {
  const tag = `"${hash}"`
  reply.header('cache-control', cache).header('etag', tag).header('vary', 'accept-encoding')
  if (headers['if-none-match'] === tag) return reply.code(304).send()
  const isZipped = gz && /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  if (isZipped) reply.header('content-encoding', 'gzip')
  reply.type(types[extname(path)] ?? 'application/octet-stream')
  return reply.send(await readFile(join(folder, isZipped ? `${path}.gz` : path)))
}
