// node scripts/run.mjs <script> [arguments]: any script of this project on the pinned Node, set up if need be.
import { runPinned } from './pinned-node.mjs'

const [script = '', ...args] = process.argv.slice(2)
runPinned(script, args)
