// node scripts/ready.mjs: installs what is missing, bundles the program where its sources are newer, and prints the
// folder of the pinned Node. Plain JavaScript for the Node that the machine happens to have.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { isCurrent } from './is-current.mjs'
import { readyNode, root } from './pinned-node.mjs'

const node = readyNode()
if (!isCurrent(root)) {
  const { status } = spawnSync(node, [join(root, 'scripts/build.ts')], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}
process.stdout.write(`${dirname(node)}\n`)
