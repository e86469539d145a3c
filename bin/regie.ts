#!/usr/bin/env node
// The regie command. Everything is loaded after the check below, which an older Node must live to make.
import packageFile from '../package.json' with { type: 'json' }
import { sayTrouble, Trouble } from '../src/doors/errors.ts'
import { languageOfTerminal } from '../src/doors/language.ts'

const wanted = 26

if (Number.parseInt(process.versions.node) < wanted) {
  const trouble = Trouble.of('node_too_old', { wanted, found: process.versions.node })
  const { what, doThis } = sayTrouble(trouble, languageOfTerminal(process.env))
  process.stderr.write(`${what}\n${doThis}\n`)
  process.exitCode = 1
} else {
  const { main } = await import('../src/cli/main.ts')
  process.exitCode = await main(process.argv.slice(2), process.env, packageFile.version)
}
