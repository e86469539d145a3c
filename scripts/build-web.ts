// Builds the pages into dist/web: hashed files, each also compressed, and pages.json, which says what the box serves.
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { paths } from '../src/web/entries/paths.ts'

/** So small that compressing it gains nothing. */
const leastBytes = 600
const compressed = /\.(?:css|html|js|svg)$/

/** The pages of `root` in `outFolder`, whole or not at all. */
export async function buildWeb(root: string, outFolder: string): Promise<void> {
  const entries = join(root, 'src/web/entries')
  const part = `${outFolder}.${process.pid}.part`
  const input = Object.fromEntries(Object.keys(paths).map((name) => [name, join(entries, `${name}.html`)]))
  await build({
    root: entries,
    base: '/',
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: { '@fontsource-variable': join(root, 'node_modules/@fontsource-variable') } },
    build: {
      outDir: part,
      emptyOutDir: true,
      // Nothing is inlined: the pages allow no script, style or font that is not a file of the box.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2022',
      rolldownOptions: { input },
    },
  })
  const files = globSync('**/*', { cwd: part }).filter((name) => statSync(join(part, name)).isFile())
  const listed = files.map((name) => ({
    path: `/${name.replaceAll('\\', '/')}`,
    ...compress(join(part, name)),
  }))
  const pages = Object.entries(paths).flatMap(([name, each]) => each.map((path) => [path, `/${name}.html`]))
  const list = { pages: Object.fromEntries(pages) as unknown, files: listed }
  writeFileSync(join(part, 'pages.json'), JSON.stringify(list, null, 1))
  rmSync(outFolder, { recursive: true, force: true })
  mkdirSync(join(outFolder, '..'), { recursive: true })
  renameSync(part, outFolder)
}

function compress(file: string) {
  const bytes = readFileSync(file)
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 16)
  const isWorth = compressed.test(file) && bytes.length >= leastBytes
  if (isWorth) {
    // Browsers take nothing better on http:// by address.
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
  }
  return { hash, bytes: bytes.length, gz: isWorth }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  const folder = join(root, 'dist/web')
  await buildWeb(root, folder)
  console.log(relative(root, folder))
}
