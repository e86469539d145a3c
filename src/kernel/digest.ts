import { hash } from 'node:crypto'

/** SHA-256 of a text, in base64url: 43 characters. The only hash that logs, answers and views use. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** JSON with sorted keys, so that equal documents have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
