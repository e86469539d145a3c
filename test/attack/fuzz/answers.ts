/** One answer of HTTP/1.1, as it stood on the line. */
export type Answer = { readonly status: number; readonly head: string; readonly body: string }

/** Reads whole answers from the front of what came. Throws where it is no HTTP. */
export function answersIn(bytes: Buffer): { readonly answers: readonly Answer[]; readonly rest: Buffer } {
  const answers: Answer[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return { answers, rest }
    const head = rest.subarray(0, end).toString('latin1')
    const [, code] = /^HTTP\/1\.1 (\d{3}) /.exec(head) ?? []
    if (code === undefined) throw new Error(`no answer of HTTP: ${head.slice(0, 100)}`)
    const status = Number(code)
    const found = bodyIn(head, status, rest.subarray(end + 4))
    if (!found) return { answers, rest }
    // What says "go on" is no answer yet.
    if (status >= 200) answers.push({ status, head, body: found.body.toString('utf8') })
    rest = found.rest
  }
}

export const headerIn = ({ head }: Answer, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim()

function bodyIn(head: string, status: number, from: Buffer) {
  if (status < 200 || status === 204 || status === 304) return { body: Buffer.alloc(0), rest: from }
  if (/^transfer-encoding: *chunked/im.test(head)) return chunksIn(from)
  const [, length = '0'] = /^content-length: *(\d+)/im.exec(head) ?? []
  const size = Number(length)
  return from.length < size ? undefined : { body: from.subarray(0, size), rest: from.subarray(size) }
}

function chunksIn(from: Buffer) {
  const parts: Buffer[] = []
  let rest = from
  for (;;) {
    const end = rest.indexOf('\r\n')
    if (end < 0) return undefined
    const size = Number.parseInt(rest.subarray(0, end).toString('latin1'), 16)
    if (rest.length < end + 2 + size + 2) return undefined
    parts.push(rest.subarray(end + 2, end + 2 + size))
    rest = rest.subarray(end + 2 + size + 2)
    if (size === 0) return { body: Buffer.concat(parts), rest }
  }
}
