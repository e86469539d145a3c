// What the doors do themselves, as programs and people read of it.
import { expect, test } from 'vitest'
import { accountDoor } from '../../src/doors/accounts/account-door.ts'
import { accountRoutes } from '../../src/doors/accounts/routes.ts'
import { exampleOf } from '../../src/doors/api/example.ts'
import { known } from '../../src/cli/known.ts'
import { realMachine } from '../../src/cli/machine.ts'
import { ConsoleBox } from './console-box.ts'

const machine = realMachine({ write: () => {}, isTTY: false, least: 'error' })
const routes = accountRoutes({ door: accountDoor(machine, known), known, machine, reach: () => [] })

type Item = Readonly<Record<string, unknown>>

test('DOOR-2 every route of the doors is described, in two languages, and every described one answers', async () => {
  await using box = await new ConsoleBox().start()
  for (const language of ['fr', 'en'] as const) {
    const url = `${box.origin}/api/openapi.json?language=${language}`
    const doc = (await (await fetch(url)).json()) as { paths: Readonly<Record<string, Item>> }
    const page = await (await fetch(`${box.origin}/api?language=${language}`)).text()
    for (const { name, method, path, about, permission } of routes) {
      const item = doc.paths[path.replace(/:([a-z]+)/, '{$1}')]?.[method.toLowerCase()]
      const allow = typeof permission === 'string' ? [permission] : permission
      expect(item).toMatchObject({ operationId: name, summary: about[language], 'x-regie-allow': allow })
      expect(page).toContain(`<details id="${name}">`)
      expect(box.program?.routes).toContain(`${method} ${path}`)
    }
    // A query of the same address keeps its own description.
    expect(doc.paths['/api/fleet/tokens']).toMatchObject({ get: { operationId: 'tokens' } })
  }
})

test.each(routes.filter(({ method }) => method !== 'GET').map((each) => ({ name: each.name, each })))(
  'DOOR-2 the example of $name fits',
  ({ each }) => expect(exampleOf(each)).toBeDefined(),
)
