// Bundles the program into one file, dist/regie.js. Worker threads come from the same file: the sources say
// `new Worker(new URL('./name-worker.ts', import.meta.url))`, which Node runs as it is in development; here that
// URL becomes a data: module that imports the bundle again with `?worker=<path>`, and the entry below looks at
// its own address to know which of the modules inside it should be. (A plain `regie.js?worker=…` URL would not do:
// Node drops the query of a file: URL given to Worker.) Nothing in src/ has to know.
import { globSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'

const entryId = 'virtual:regie'

/** Whatever `bin/regie.ts` and the `*-worker.ts` files under `src/` of `root` need, in one file. */
export async function bundle(root: string, outFile: string): Promise<void> {
  const workers = globSync('src/**/*-worker.ts', { cwd: root }).toSorted()
  const bundler = await rolldown({
    cwd: root,
    input: entryId,
    platform: 'node',
    plugins: [entryPlugin(root, workers), workerUrlPlugin(root, workers)],
  })
  await bundler.write({
    file: outFile,
    format: 'esm',
    codeSplitting: false,
    banner: '#!/usr/bin/env node',
  })
  await bundler.close()
}

function entryPlugin(root: string, workers: readonly string[]): Plugin {
  const load = (path: string) => `() => import(${JSON.stringify(join(root, path))})`
  const code = `
    const workers = { ${workers.map((path) => `${JSON.stringify(path)}: ${load(path)}`).join(', ')} }
    const worker = new URL(import.meta.url).searchParams.get('worker')
    await (worker === null ? ${load('bin/regie.ts')} : workers[worker])()
  `
  return {
    name: 'regie-entry',
    resolveId: (id) => (id === entryId ? id : null),
    load: (id) => (id === entryId ? code : null),
  }
}

function workerUrlPlugin(root: string, workers: readonly string[]): Plugin {
  return {
    name: 'regie-worker-urls',
    transform(code, id) {
      if (!code.includes('-worker.ts')) return null
      return code.replaceAll(
        /new URL\(\s*['"](\.[^'"]+-worker\.ts)['"]\s*,\s*import\.meta\.url\s*,?\s*\)/g,
        (_, path) => {
          const worker = relative(root, resolve(dirname(id), String(path)))
          if (!workers.includes(worker))
            throw new Error(`${relative(root, id)} names a worker that is not in src/: ${worker}`)
          const query = `?worker=${encodeURIComponent(worker)}`
          const bundleUrl = `import.meta.url.split('?')[0] + '${query}'`
          return `new URL('data:text/javascript,' + encodeURIComponent(\`import(\${JSON.stringify(${bundleUrl})})\`))`
        },
      )
    },
  }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  await bundle(root, join(root, 'dist/regie.js'))
  console.log('dist/regie.js')
}
