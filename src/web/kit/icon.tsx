import type { IconNode } from 'lucide'
import { h } from 'preact'

/** One of lucide's icons; only those that are named come into a page. It says nothing: words stand beside it. */
export function Icon({ of }: { readonly of: IconNode }) {
  return (
    <svg class='icon' viewBox='0 0 24 24' aria-hidden='true'>
      {of.map(([tag, attributes]) => h(tag, attributes as Record<string, string>))}
    </svg>
  )
}
