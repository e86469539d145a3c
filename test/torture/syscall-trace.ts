/** One call to the system that ended well, as strace saw it. `from` and `to` are lines of the trace: its order. */
export type SysCall = {
  readonly tid: number
  readonly name: string
  /** The file, where strace could name it. */
  readonly path: string
  readonly fd: number
  readonly data: string
  readonly from: number
  readonly to: number
}

export const tracedCalls = ['write', 'pwrite64', 'fsync', 'fdatasync'] as const

/** What strace is asked for: whole pages, the names of files, all threads and children. */
export const straceArgs = (output: string): readonly string[] =>
  ['-f', '-qq', '-y', '-s', '8192', '--seccomp-bpf', '-e', 'signal=none'].concat([
    '-e',
    `trace=${tracedCalls.join(',')}`,
    '-o',
    output,
  ])

const unfinished = ' <unfinished ...>'
const resumed = /^<\.\.\. (\w+) resumed>(.*)$/

/** Puts the two halves of calls together that another thread's lines have split. */
export function* readTrace(lines: Iterable<string>): Generator<SysCall> {
  const open = new Map<number, { readonly text: string; readonly from: number }>()
  let at = 0
  for (const line of lines) {
    at += 1
    const space = line.indexOf(' ')
    const tid = Number(line.slice(0, space))
    const text = line.slice(space).trimStart()
    if (text.endsWith(unfinished)) {
      open.set(tid, { text: text.slice(0, -unfinished.length), from: at })
      continue
    }
    const rest = resumed.exec(text)
    const begun = rest ? open.get(tid) : { text: '', from: at }
    if (rest) open.delete(tid)
    const call = begun && parseCall(rest ? begun.text + (rest[2] ?? '') : text)
    if (call) yield { ...call, tid, from: begun.from, to: at }
  }
}

const callShape = /^(\w+)\((\d+)(?:<([^>]*)>)?(?:, "((?:[^"\\]|\\.)*)")?.*\)\s+= (\d+)$/

function parseCall(text: string): Pick<SysCall, 'name' | 'fd' | 'path' | 'data'> | undefined {
  const match = callShape.exec(text)
  if (!match) return undefined
  const [, name = '', fd, path = '', data = ''] = match
  return { name, fd: Number(fd), path, data: unescape(data) }
}

const short: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

/** As in C: one character a byte. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{1,3}|.)/g, (_all, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (short[code] ?? code),
  )
}
