import { sha256 } from '../../kernel/digest.ts'
import type { Random } from '../../kernel/machine.ts'
import { base32 } from './totp.ts'

const howMany = 10

/** For whoever lost the phone: each works once. Shown once; kept as hashes. */
export function newCodes(random: Random): readonly string[] {
  return Array.from({ length: howMany }, () => base32(random.bytes(5)).replace(/^(.{4})/, '$1-'))
}

/** As it was typed, whatever became of its dash and its capitals. */
export const codeText = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z2-7]/g, '')

export const codeList = (codes: readonly string[]): string =>
  JSON.stringify(codes.map((code) => sha256(codeText(code))))
