import { rolldown } from 'rolldown'

export type Bundled = { readonly code: string; readonly modules: readonly string[] }

/** A page's script with all that it needs, as a browser takes it. */
export async function bundlePage(input: string): Promise<Bundled> {
  const bundler = await rolldown({ input, platform: 'browser' })
  const { output } = await bundler.generate({ format: 'esm', minify: true, codeSplitting: false })
  await bundler.close()
  const [chunk] = output
  return { code: chunk.code, modules: chunk.moduleIds }
}
