// Bundles the program into one file, dist/regie.js. Worker threads are inside it: the sources say
// `new Worker(new URL('./name-worker.ts', import.meta.url))`, which Node runs as it is in development; here that
// URL becomes a data: URL that holds the worker's own bundle. Each thread so loads what it needs and no more:
// with the whole program in every thread, an idle box took 50 MB more. Nothing in src/ has to know.
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'

const workerUrl = /new URL\(\s*['"](\.[^'"]+-worker\.ts)['"]\s*,\s*import\.meta\.url\s*,?\s*\)/g

/** Whatever `bin/regie.ts` of `root` needs, its worker threads included, in one file. */
export async function bundle(root: string, outFile: string): Promise<void> {
  const bundler = await rolldown({
    cwd: root,
    input: join(root, 'bin/regie.ts'),
    platform: 'node',
    plugins: [workerPlugin(root)],
  })
  await bundler.write({ file: outFile, format: 'esm', codeSplitting: false, minify: true })
  await bundler.close()
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
  const { output } = await bundler.generate({ format: 'esm', codeSplitting: false, minify: true })
  await bundler.close()
  return output[0].code
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  await bundle(root, join(root, 'dist/regie.js'))
  console.log('dist/regie.js')
}
