/** A text that a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r\n]/
const needsQuotes = /[";\r\n]/

/** One line, as French spreadsheets read it: `;` between cells. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cell).join(';')}\r\n`

/** So that a spreadsheet reads UTF-8. */
export const csvBegin = '\u{FEFF}'

/** A number stays one, so that columns can be summed; a text is never a formula. */
function cell(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(formula.test(value) ? `'${value}` : value)
    case 'number':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? '' : quoted(JSON.stringify(value))
    default:
      return ''
  }
}

const quoted = (text: string): string => (needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
