import { fastify } from 'fastify'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { apiDoor } from '../../src/doors/api/door.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { linkDoor } from '../../src/doors/link.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import type { Visitor } from '../../src/doors/visitor.ts'
import { actions } from '../../src/world/fair/actions.ts'
import { FairBox } from './fair-box.ts'
import { known } from './known.ts'

/** As a process of its own: a box with its web door, and a bare Fastify that judges the same input. Ends with its input. */
const [folder = ''] = process.argv.slice(2)
const fair = await FairBox.keeper(folder)
const machine = realMachine(standardError('error'))
const readiness = new Readiness(machine.clock.mono)
const showing = () => ({ is: 'running', status: fair.box.status() }) as const
const vitals = () => ({ disk: undefined, above: [], drivers: [], broker: [], measured: {} })
const api = apiDoor({ known, machine, watched: { showing, readiness, vitals } })
let asked = 0
/** Each request is another person's: one of them may not ask so often. */
const somebody = (): Visitor => ({ kind: 'person', who: `bench ${(asked += 1)}`, may: () => true })
const server = httpDoor({
  log: machine.log,
  showing,
  readiness,
  link: linkDoor(),
  blobs: blobDoor(machine),
  api,
  visitorOf: somebody,
})
api.open(fair.box)

const bare = fastify()
bare.post('/grant', (request, reply) => {
  const { success, data } = actions.grant.input.safeParse(request.body)
  return success ? { granted: data.cents } : reply.code(400).send({})
})

const here = { port: 0, host: '127.0.0.1' }
const urls = { ours: `${await server.listen(here)}/api/fair/grant`, bare: `${await bare.listen(here)}/grant` }
process.stdout.write(`${JSON.stringify(urls)}\n`)
process.stdin.on('end', () => process.exit(0)).resume()
