import { say, sayCount } from '../kit/say.ts'
import { words } from './words.ts'

/** How long the hub has not confirmed somebody whom a box let in without it; null: nobody knows. */
export function sayLent(days: number | null): string {
  if (days === null) return say(words.lentUnknown)
  if (days === 0) return say(words.lentToday)
  return sayCount({ one: words.lentDay, other: words.lentDays }, days)
}
