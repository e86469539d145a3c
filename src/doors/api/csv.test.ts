import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each([
  [['a', 1, -2.5, true, null, undefined], 'a;1;-2.5;true;;\r\n'],
  [['=1+1', '+33', '-5', '@x', '\tx'], "'=1+1;'+33;'-5;'@x;'\tx\r\n"],
  [['a;b', 'say "no"', 'two\nlines', '\nx'], '"a;b";"say ""no""";"two\nlines";"\'\nx"\r\n'],
  [[{ a: 1 }, ['b']], '"{""a"":1}";"[""b""]"\r\n'],
])('HTTP-11 cells %j', (cells, line) => expect(csvLine(cells)).toBe(line))

/** As a spreadsheet reads it. */
function read(line: string): string[] {
  const cells: string[] = []
  let [cell, isQuoted] = ['', false]
  for (let i = 0; i < line.length; i += 1) {
    const letter = line[i]
    if (isQuoted && letter === '"' && line[i + 1] === '"') i += 1
    else if (letter === '"') {
      isQuoted = !isQuoted
      continue
    } else if (!isQuoted && (letter === ';' || line.startsWith('\r\n', i))) {
      cells.push(cell)
      cell = ''
      if (letter === '\r') i += 1
      continue
    }
    cell += letter
  }
  return cells
}

test('HTTP-11 whatever texts there are, they are read as they were, and none as a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
      const cells = read(csvLine(texts))
      expect(cells.filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([])
      expect(cells.map((cell, at) => (cell === texts[at] ? cell : cell.slice(1)))).toEqual(texts)
    }),
  )
})
