// Bundles the program into one file, dist/regie.js, with its pages beside it in dist/web. Worker threads are inside it: the sources say
// `new Worker(new URL('./name-worker.ts', import.meta.url))`, which Node runs as it is in development; here that
// URL becomes a data: URL that holds the worker's own bundle. Each thread so loads what it needs and no more:
// with the whole program in every thread, an idle box took 50 MB more. Nothing in src/ has to know.
import { chmodSync, existsSync, renameSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { buildWeb } from './build-web.ts'

/**
 * How the file starts itself. glibc would give each of its dozen threads an arena of its own, which keeps what was
 * freed: two arenas save 5 to 7 MB of an idle box, and cost nothing that we could measure.
 */
const firstLine = '#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node'

/**
 * What Fastify asks for only in uses that we do not have: JSON schemas, its log, requests out of thin air. A fifth of
 * the file. Every byte of it costs memory as long as the program runs, since V8 keeps and outlines the source.
 */
const leftOut = new Set([
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
  'pino',
])

/** What Fastify and ws load for TLS at once, and need where a link or a server speaks it: 9 MB. Loaded when first used. */
const loadedLate = /^(?:node:)?(https|http2|tls)$/

const workerUrl = /new URL\(\s*['"](\.[^'"]+-worker\.ts)['"]\s*,\s*import\.meta\.url\s*,?\s*\)/g

/** Whatever `bin/regie.ts` of `root` needs, its worker threads included, in one file. */
export async function bundle(root: string, outFile: string): Promise<void> {
  const bundler = await rolldown({
    cwd: root,
    input: join(root, 'bin/regie.ts'),
    platform: 'node',
    plugins: [releasePlugin, workerPlugin(root)],
  })
  const part = `${outFile}.${process.pid}.part`
  await bundler.write({ ...output, file: part, codeSplitting: false })
  await bundler.close()
  chmodSync(part, 0o755)
  renameSync(part, outFile)
}

/** One letter beyond ASCII would make V8 keep the text in two bytes a letter. */
const output = { format: 'esm', minify: true, charset: 'ascii' } as const

const releasePlugin: Plugin = {
  name: 'regie-release',
  transform: (code) => (code.startsWith('#!') ? code.replace(/^.*/, firstLine) : null),
  resolveId: (name) => {
    if (leftOut.has(name)) return `\0left out:${name}`
    const [, late] = loadedLate.exec(name) ?? []
    return late === undefined ? null : `\0late:${late}.cjs`
  },
  load: (id) => {
    const [, absent] = /^\0left out:(.*)$/.exec(id) ?? []
    if (absent !== undefined) return `throw new Error('The bundle has no ${absent}: see scripts/build.ts')`
    const [, late] = /^\0late:(.*)\.cjs$/.exec(id) ?? []
    if (late === undefined) return null
    return `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule('node:${late}')[name] })`
  },
}

function workerPlugin(root: string): Plugin {
  return {
    name: 'regie-workers',
    async transform(code, id) {
      if (!code.includes('-worker.ts')) return null
      let replaced = code
      for (const [text, path] of code.matchAll(workerUrl)) {
        const worker = resolve(dirname(id), String(path))
        if (!existsSync(worker)) {
          throw new Error(`${relative(root, id)} names a worker that is not there: ${relative(root, worker)}`)
        }
        const source = JSON.stringify(await workerText(root, worker))
        replaced = replaced.replace(
          text,
          () => `new URL('data:text/javascript,' + encodeURIComponent(${source}))`,
        )
      }
      return replaced
    },
  }
}

async function workerText(root: string, path: string): Promise<string> {
  const bundler = await rolldown({ cwd: root, input: path, platform: 'node' })
  const made = await bundler.generate({ ...output, codeSplitting: false })
  await bundler.close()
  return made.output[0].code
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  // The program last: it is younger than its pages, or it is made again.
  await buildWeb(root, join(root, 'dist/web'))
  await bundle(root, join(root, 'dist/regie.js'))
  console.log('dist/regie.js')
}
