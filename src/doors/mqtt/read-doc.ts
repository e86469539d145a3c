import type { z } from 'zod'

/** A document of the mailbox; undefined where it is not as it was written: the disk has changed it. */
export function readDoc<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const read = schema.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
