import { openSqlite } from '../../store/sqlite.ts'
import { kernelPack } from '../site/kernel-pack.ts'
import { SiteViews } from '../site/views.ts'
import { know } from './kinds.ts'
import type { Pack } from './pack.ts'
import type { RowsOf, Tables } from './table.ts'

/** Empty tables of a pack, for the tests of its apply and its queries. */
export function rowsInMemory<All extends Tables>(pack: Pack): RowsOf<All> {
  const views = new SiteViews(openSqlite(':memory:', { durable: false }), know(kernelPack, [pack]))
  return views.rows(pack) as unknown as RowsOf<All>
}
