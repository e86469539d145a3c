import { createContext } from 'preact'
import { useContext, useEffect, useMemo, useReducer } from 'preact/hooks'
import type { LiveClient } from './client.ts'
import type { InputOf, QueriesOf, RowOf, Trades } from './declared.ts'
import type { Answer } from './holding.ts'
import type { Reading } from './readings.ts'

/** The box of this page, for all parts of the page. */
export const BoxContext = createContext<LiveClient<Trades> | undefined>(undefined)

/** The box, as the trades that a page names declare what may be asked of it. */
export function useBox<All extends Trades>(): LiveClient<All> {
  const box = useContext(BoxContext)
  if (!box) throw new Error('this part of the page stands outside of BoxContext')
  return box
}

type Name<Declared> = keyof Declared & string
type More<Site> = { readonly site?: Site; readonly everyMs?: number }

/** What packs declare, read live by a component for as long as it is in the page. */
export function useQueryOf<All extends Trades>() {
  return useQuery as <Query extends Name<QueriesOf<All>>, const Site extends string | undefined = undefined>(
    query: Query,
    input: InputOf<QueriesOf<All>[Query]>,
    more?: More<Site>,
  ) => Answer<RowOf<QueriesOf<All>[Query], Site>>
}

function useQuery(query: string, input: unknown, more: More<string | undefined> = {}): Answer<never> {
  const box = useBox<Trades>()
  const asked = JSON.stringify([query, input, more])
  const reading = useMemo(() => (box.query as AnyQuery)(query, input, more), [box, asked])
  return useReading(reading)
}

type AnyQuery = (query: string, input: unknown, more: More<string | undefined>) => Reading<never>

function useReading<Row>(reading: Reading<Row>): Answer<Row> {
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const stop = reading.subscribe(() => again(undefined))
    return () => {
      stop()
      reading.stop()
    }
  }, [reading])
  return reading.now()
}
