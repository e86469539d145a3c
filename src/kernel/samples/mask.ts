/** What must not be read in a log line, whoever wrote it there. Each leaves enough to recognise it again (SAMPLE-6). */
const masks: readonly (readonly [what: RegExp, shown: (...found: readonly string[]) => string])[] = [
  // password=…, "token": "…", Authorization: Bearer …
  [
    /\b(pass(?:word|phrase|wd)?|token|secret|api[-_]?key|private[-_]?key|authorization|pin|code)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|regie)\s+)?[^\s"',;&}]+/gi,
    (_, name = '', between = '') => `${name}${between}…`,
  ],
  // user:password@host
  [/(\w+:\/\/[^\s:/@]+:)[^\s@/]+(@)/g, (_, before = '', after = '') => `${before}…${after}`],
  // Keys, tokens and hashes: the first letters tell two of them apart.
  [
    /(?<![A-Za-z0-9_+-])(?=[A-Za-z0-9_+-]*\d)(?=[A-Za-z0-9_+-]*[A-Za-z])[A-Za-z0-9_+-]{32,}={0,2}/g,
    (found = '') => `${found.slice(0, 6)}…`,
  ],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (found = '') => `${found.slice(0, 1)}…@…`],
  // +33 6 12 34 56 78, 06.12.34.56.78, (555) 123-4567: as people write telephone numbers, and no address or count.
  [
    /(?<![\w.:-])(?:\+\d[\d .-]{7,16}\d|0\d(?:[ .-]?\d{2}){4}|\(?\d{3}\)?[ -]\d{3}[ -]\d{4})(?![\w:-])/g,
    (found = '') => `…${found.slice(-2)}`,
  ],
]

/** The line without secrets, addresses and telephone numbers. Names of persons nobody can tell: they are not logged. */
export function mask(text: string): string {
  return masks.reduce((masked, [what, shown]) => masked.replace(what, shown), text)
}
