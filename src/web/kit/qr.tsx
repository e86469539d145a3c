import { encode } from 'uqr'

/** A code for a phone's camera. `label` says where it leads. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { data } = encode(text, { border: 2, ecc: 'M' })
  const size = data.length
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      class='qr'
      viewBox={`0 0 ${size} ${size}`}
      role='img'
      aria-label={label}
      shape-rendering='crispEdges'
    >
      <path d={path} fill='#000' />
    </svg>
  )
}
