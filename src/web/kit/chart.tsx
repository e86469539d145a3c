import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { clock, language } from './say.ts'

export type Line = {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** A colour of the tokens. */
  readonly color?: 'accent' | 'good' | 'watch' | 'bad' | 'off'
}

type ChartProps = {
  readonly label: string
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly height?: number
  readonly unit?: string
}

const colorOf = (element: Element, name: string) => getComputedStyle(element).getPropertyValue(name).trim()

/** Values over time. uPlot comes when the first chart is drawn. */
export function Chart({ label, times, lines, height = 180, unit = '' }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const names = lines.map((line) => line.label).join('\n')
  const data = [[...times], ...lines.map(({ values }) => [...values])] as unknown as uPlot.AlignedData

  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    let isGone = false
    const watch = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    void import('uplot').then(({ default: Plot }) => {
      if (isGone) return
      const soft = colorOf(element, '--soft')
      const grid = { stroke: colorOf(element, '--line'), width: 1 }
      const axis = { stroke: soft, grid, ticks: grid, font: '12px Inter Variable' }
      const drawn: uPlot.Options = {
        width: element.clientWidth,
        height,
        cursor: { drag: { setScale: false } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => clock(tick * 1000)) },
          { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick}${unit}`) },
        ],
        series: [
          { value: (_, at) => (at === null ? '–' : clock(at * 1000)) },
          ...lines.map(({ label: name, color = 'accent' }) => ({
            label: name,
            stroke: colorOf(element, `--${color}`),
            width: 2,
            points: { show: false },
          })),
        ],
      }
      plot.current = new Plot(drawn, data, element)
      watch.observe(element)
    })
    return () => {
      isGone = true
      watch.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [names, height, unit, language.value])

  useEffect(() => {
    plot.current?.setData(data)
  }, [data])

  return (
    <figure class='chart' aria-label={label}>
      <div ref={place} style={{ minHeight: `${height}px` }} />
    </figure>
  )
}
