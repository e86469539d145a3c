import { spawnSync } from 'node:child_process'

const tools = [
  // Where a container forbids tracing, it starts and fails.
  { command: 'strace', probe: ['-f', '-o', '/dev/null', 'true'], packages: ['strace'] },
  { command: 'cc', probe: ['--version'], packages: ['gcc', 'libc6-dev'] },
] as const

type Tool = (typeof tools)[number]

const works = ({ command, probe }: Tool) => spawnSync(command, probe).status === 0

/** Puts what is missing on the machine where that is allowed; otherwise throws with the one command to type. */
export function needTools(): void {
  const missing = tools.filter((tool) => !works(tool)).flatMap(({ packages }) => packages)
  if (missing.length === 0) return
  const install = ['apt-get', 'install', '--yes', ...missing] as const
  if (process.getuid?.() === 0) {
    console.log(`Installing ${missing.join(' and ')}, once.`)
    spawnSync('apt-get', ['update'], { stdio: 'ignore' })
    if (spawnSync(install[0], install.slice(1), { stdio: 'ignore' }).status === 0) return
  }
  throw new Error(`The torture needs ${missing.join(' and ')}. Type: sudo ${install.join(' ')}`)
}
