import type { Database, Row, Value } from '../store/database.ts'

/** The whole of a database at one moment, in memory: what a card reader would copy. */
export type Image = {
  readonly format: number
  readonly schema: readonly string[]
  readonly tables: ReadonlyMap<string, readonly Row[]>
}

export function takeImage(database: Database): Image {
  const schema = database
    .prepare(
      `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index', name`,
    )
    .all()
  const tables = new Map<string, readonly Row[]>()
  for (const name of tableNames(database)) tables.set(name, database.prepare(`SELECT * FROM "${name}"`).all())
  const format = database.prepare('SELECT user_version AS format FROM pragma_user_version').get()?.['format']
  return { format: Number(format), schema: schema.map(({ sql }) => String(sql)), tables }
}

/** Makes an empty database hold what the image holds. */
export function putImage(database: Database, image: Image): void {
  database.exec('BEGIN IMMEDIATE')
  for (const sql of image.schema) database.exec(sql)
  for (const [name, rows] of image.tables) {
    const [first] = rows
    if (!first) continue
    const columns = Object.keys(first)
    const insert = database.prepare(
      `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(', ')})
       VALUES (${columns.map(() => '?').join(', ')})`,
    )
    for (const row of rows) insert.run(...columns.map((column) => row[column] as Value))
  }
  database.exec(`PRAGMA user_version = ${image.format}; COMMIT`)
}

export function tableNames(database: Database): readonly string[] {
  return database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .all()
    .map(({ name }) => String(name))
}

/** False while somebody has begun to write: what one reads then is nothing yet. */
export function isAtRest(database: Database): boolean {
  try {
    database.exec('BEGIN')
    database.exec('ROLLBACK')
    return true
  } catch {
    return false
  }
}
