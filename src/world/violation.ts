/** A promise that the kernel broke, as the witness saw it. */
export class Violation extends Error {
  readonly rule: string
  constructor(rule: string, text: string) {
    super(`${rule}: ${text}`)
    this.name = 'Violation'
    this.rule = rule
  }
}
