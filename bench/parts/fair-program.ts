import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundle } from '../../scripts/build.ts'

const root = resolve(import.meta.dirname, '../..')

const fairKnown = `
  import { know } from '../kernel/pack/kinds.ts'
  import { kernelPack } from '../kernel/site/kernel-pack.ts'
  import { fair } from '../world/fair/pack.ts'
  export const known = know(kernelPack, [fair])
`

/** Bundles the program as a release is, except that it knows the fair. Returns the file. */
export async function bundleFairProgram(folder: string): Promise<string> {
  const sources = join(folder, 'sources')
  mkdirSync(sources, { recursive: true })
  for (const part of ['bin', 'src', 'package.json'])
    cpSync(join(root, part), join(sources, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(sources, 'node_modules'))
  writeFileSync(join(sources, 'src/cli/known.ts'), fairKnown)
  const file = join(folder, 'regie.js')
  // Beside it as in a release: without it, Node would first read the file as what it is not.
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  await bundle(sources, file)
  return file
}
