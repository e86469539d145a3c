import type { Random } from '../../kernel/machine.ts'

/** Sixteen and four letters that nobody takes for others, read aloud or on paper. */
const consonants = 'bdfghjklmnprstvz'
const vowels = 'aeiu'
const words = 4
const syllables = 2

/** Four words of two syllables, 48 bits: enough for a week, behind argon2id and lock-outs. */
export function oneTimePassword(random: Random): string {
  const bytes = random.bytes(words * syllables)
  const word = (at: number) =>
    Array.from({ length: syllables }, (_, i) => syllable(bytes[at * syllables + i] ?? 0)).join('')
  return Array.from({ length: words }, (_, at) => word(at)).join('-')
}

const syllable = (byte: number): string => `${consonants[byte & 15]}${vowels[(byte >> 4) & 3]}`
