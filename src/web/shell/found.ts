type Named = { readonly name: string; readonly also: string }

/** What is meant by a few letters: each word of them begins a word of it. Whole names come first, then beginnings. */
export function found<Target extends Named>(targets: readonly Target[], text: string): readonly Target[] {
  const wanted = plain(text).split(' ').filter(Boolean)
  if (wanted.length === 0) return targets
  return targets
    .map((target) => ({ target, rank: rankOf(target, wanted) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ target }) => target)
}

function rankOf({ name, also }: Named, wanted: readonly string[]): number {
  const whole = plain(name)
  if (whole === wanted.join(' ')) return 0
  const parts = plain(`${name} ${also}`).split(' ')
  if (!wanted.every((each) => parts.some((part) => part.startsWith(each)))) return -1
  return whole.startsWith(wanted[0] ?? '') ? 1 : 2
}

/** Without accents, capitals and signs: nobody types them in a hurry. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
