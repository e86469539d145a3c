#!/usr/bin/env node
// The regie command of a checkout, on whatever Node is there. A release starts dist/regie.js instead.
import { runPinned } from '../scripts/pinned-node.mjs'

runPinned('bin/regie.ts', process.argv.slice(2))
