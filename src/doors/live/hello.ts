import { z } from 'zod'

const hello = z.object({ t: z.literal('hello'), token: z.string().min(1).max(1000) })

/** The token of a `hello`; undefined for any other message. */
export function helloToken(bytes: Uint8Array): string | undefined {
  if (bytes.length > 2000) return undefined
  try {
    return hello.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).token
  } catch {
    return undefined
  }
}
