/** The methods under which an address is answered, of routes such as `GET /api/fair/topUp/:key`. */
export function methodsAt(routes: readonly string[], url: string): readonly string[] {
  const asked = segmentsOf(url)
  const found = routes.flatMap((route) => {
    const [method = '', pattern = ''] = route.split(' ')
    return asked !== undefined && fits(pattern.split('/'), asked) ? [method] : []
  })
  return [...new Set(found)].toSorted()
}

function fits(pattern: readonly string[], asked: readonly string[]): boolean {
  return (
    pattern.length === asked.length &&
    pattern.every((each, at) => (each.startsWith(':') ? asked[at] !== '' : each === asked[at]))
  )
}

function segmentsOf(url: string): readonly string[] | undefined {
  try {
    return (url.split(/[?#]/, 1)[0] ?? '').split('/').map((each) => decodeURIComponent(each))
  } catch {
    return undefined
  }
}
