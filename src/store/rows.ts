import type { Row } from './database.ts'

/** What a column holds, or an error that names it: a wrong column is our mistake, never the data's. */
export function textIn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new TypeError(`column ${column} holds no text`)
}

export function numberIn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw new TypeError(`column ${column} holds no number`)
}
