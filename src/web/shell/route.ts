import { signal } from '@preact/signals'

/** Where the page is. Links of the console change it without a new page from the box. */
export const path = signal('/')
export const search = signal('')

const here = () => {
  path.value = location.pathname
  search.value = location.search
}

export function go(href: string): void {
  if (href !== location.pathname + location.search) history.pushState(null, '', href)
  here()
  scrollTo(0, 0)
}

/** `isOurs`: the address is a page of this console. */
export function followLinks(isOurs: (path: string) => boolean): void {
  here()
  addEventListener('popstate', here)
  document.addEventListener('click', (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!isPlain || event.defaultPrevented || !link || link.target !== '' || link.hasAttribute('download'))
      return
    const { origin, pathname, search: query } = new URL(link.href)
    if (origin !== location.origin || !isOurs(pathname)) return
    event.preventDefault()
    go(pathname + query)
  })
}
