import { ArrowDown, ArrowUp } from 'lucide'
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'
import { isNarrow } from './narrow.ts'
import { say } from './say.ts'
import { visibleRows } from './visible-rows.ts'
import { words } from './words.ts'

export type Column<Row> = {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ComponentChildren
  /** A track of CSS grid. */
  readonly width?: string
  readonly end?: boolean
  /** By what it can be sorted. */
  readonly by?: (row: Row) => string | number
  /** Where it stands on a phone. Absent: nowhere. */
  readonly phone?: 'main' | 'under' | 'side'
}

type TableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly href?: ((row: Row) => string) | undefined
  readonly onOpen?: (row: Row) => void
  /** By which column it is sorted at first; `-` before it turns it round. */
  readonly sortedBy?: string
  /** Instead of a table without rows. */
  readonly empty: VNode
}

/** From so many rows on, only those in sight are in the page. */
const mostWhole = 120

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, empty } = props
  const [sort, setSort] = useState(props.sortedBy ?? '')
  const body = useRef<HTMLDivElement>(null)
  const narrow = isNarrow.value
  const sorted = sortRows(rows, columns, sort)
  const isWindowed = sorted.length > mostWhole
  const { from, to, rowHeight } = useVisible(body, sorted.length, isWindowed)
  if (rows.length === 0) return empty
  const shown = isWindowed ? sorted.slice(from, to) : sorted
  return (
    <div
      class={narrow ? 'table narrow' : 'table'}
      role='table'
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      style={{ '--columns': columns.map(({ width = 'minmax(0, 1fr)' }) => width).join(' ') }}
      onKeyDown={moveByKey}
    >
      {!narrow && <Head columns={columns} sort={sort} onSort={setSort} />}
      <div
        ref={body}
        role='rowgroup'
        class={isWindowed ? 'body windowed' : 'body'}
        style={isWindowed ? { height: `${sorted.length * rowHeight}px` } : undefined}
      >
        {shown.map((row, i) => (
          <TableRow
            key={props.rowKey(row)}
            row={row}
            table={props}
            narrow={narrow}
            index={(isWindowed ? from : 0) + i}
            top={isWindowed ? (from + i) * rowHeight : undefined}
          />
        ))}
      </div>
    </div>
  )
}

type HeadProps<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly sort: string
  readonly onSort: (sort: string) => void
}

function Head<Row>({ columns, sort, onSort }: HeadProps<Row>) {
  return (
    <div role='rowgroup' class='head-group'>
      <div class='head' role='row' aria-rowindex={1}>
        {columns.map(({ key, title, by, end }) => {
          const order = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : undefined
          return (
            <div key={key} role='columnheader' aria-sort={order} class={end ? 'cell end' : 'cell'}>
              {by ? (
                <button
                  type='button'
                  title={say(words.sortBy, { title })}
                  onClick={() => onSort(order === 'ascending' ? `-${key}` : key)}
                >
                  {title}
                  {order && <Icon of={order === 'ascending' ? ArrowUp : ArrowDown} />}
                </button>
              ) : (
                title
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

type RowProps<Row> = {
  readonly row: Row
  readonly table: TableProps<Row>
  readonly narrow: boolean
  readonly index: number
  readonly top: number | undefined
}

function TableRow<Row>({ row, table, narrow, index, top }: RowProps<Row>) {
  const { columns, href, onOpen } = table
  const opens = href !== undefined || onOpen !== undefined
  return (
    <div
      role='row'
      class={opens ? 'row opens' : 'row'}
      aria-rowindex={index + 2}
      style={top === undefined ? undefined : { top: `${top}px` }}
    >
      {narrow ? phoneCells(table, row) : columns.map((column) => cellOf(table, column, row))}
    </div>
  )
}

const isMain = <Row,>({ columns }: TableProps<Row>, column: Column<Row>) =>
  column.phone === 'main' || (column === columns[0] && !columns.some(({ phone }) => phone === 'main'))

function cellOf<Row>(table: TableProps<Row>, column: Column<Row>, row: Row) {
  const { key, cell, end } = column
  const main = isMain(table, column)
  return (
    <div key={key} role='cell' class={['cell', end && 'end', main && 'main'].filter(Boolean).join(' ')}>
      {main ? <Opens table={table} row={row} of={cell(row)} /> : cell(row)}
    </div>
  )
}

type OpensProps<Row> = {
  readonly table: TableProps<Row>
  readonly row: Row
  readonly of: ComponentChildren
}

/** What the row is called leads into it, and is as large as the row. */
function Opens<Row>({ table: { href, onOpen }, row, of }: OpensProps<Row>) {
  if (href)
    return (
      <a class='open' href={href(row)}>
        {of}
      </a>
    )
  if (onOpen)
    return (
      <button type='button' class='open' onClick={() => onOpen(row)}>
        {of}
      </button>
    )
  return <>{of}</>
}

/** Two lines: what it is, and what else is known of it; its state at the side. */
function phoneCells<Row>(table: TableProps<Row>, row: Row) {
  const { columns } = table
  const at = (place: Column<Row>['phone']) => columns.filter(({ phone }) => phone === place)
  const under = at('under').flatMap(({ key, cell }, i) => [
    i === 0 ? '' : ' · ',
    <span key={key}>{cell(row)}</span>,
  ])
  return [
    <div key='main' role='cell' class='cell main'>
      <Opens
        table={table}
        row={row}
        of={columns.filter((column) => isMain(table, column)).map(({ cell }) => cell(row))}
      />
    </div>,
    <div key='side' role='cell' class='cell side'>
      {at('side').map(({ cell }) => cell(row))}
    </div>,
    <div key='under' role='cell' class='cell under'>
      {under}
    </div>,
  ]
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string,
): readonly Row[] {
  const isTurned = sort.startsWith('-')
  const by = columns.find(({ key }) => key === sort.replace(/^-/, ''))?.by
  if (!by) return rows
  const turn = isTurned ? -1 : 1
  return rows.toSorted((a, b) => turn * compare(by(a), by(b)))
}

const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const compare = (a: string | number, b: string | number) =>
  typeof a === 'number' && typeof b === 'number' ? a - b : inOrder.compare(String(a), String(b))

/** Which rows are in sight, as the page is scrolled. */
function useVisible(body: { readonly current: HTMLElement | null }, count: number, isWindowed: boolean) {
  const [visible, setVisible] = useState({ from: 0, to: mostWhole, rowHeight: 36 })
  useEffect(() => {
    if (!isWindowed) return undefined
    const look = () => {
      const element = body.current
      if (!element) return
      const row = element.querySelector<HTMLElement>('.row')
      const rowHeight = row?.offsetHeight || 36
      const top = -element.getBoundingClientRect().top
      setVisible((now) => {
        const next = { ...visibleRows(top, innerHeight, rowHeight, count), rowHeight }
        const isSame = now.from === next.from && now.to === next.to && now.rowHeight === rowHeight
        return isSame ? now : next
      })
    }
    look()
    addEventListener('scroll', look, { passive: true, capture: true })
    addEventListener('resize', look)
    return () => {
      removeEventListener('scroll', look, { capture: true })
      removeEventListener('resize', look)
    }
  }, [count, isWindowed])
  return visible
}

/** Arrows go from row to row. */
function moveByKey(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = event.target instanceof HTMLElement ? event.target.closest('.row') : null
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  const target = next?.querySelector<HTMLElement>('.open')
  if (!target) return
  event.preventDefault()
  target.focus()
}
