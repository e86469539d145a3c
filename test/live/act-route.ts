import type { FastifyInstance } from 'fastify'
import type { Box } from '../../src/kernel/box/contract.ts'

/** An action over HTTP as the client expects it, until the routes of packs are there. */
export function addActRoute(server: FastifyInstance, box: () => Pick<Box, 'act'>, heard: ActHeard[]): void {
  const config = { permission: 'public' } as const
  server.post('/api/:pack/:action', { config }, async (request, reply) => {
    const { pack, action } = request.params as { pack: string; action: string }
    const { site = '' } = request.query as { site?: string }
    const key = String(request.headers['idempotency-key'])
    const doneAt = request.headers['regie-done-at']
    const name = pack === 'fleet' ? action : `${pack}.${action}`
    heard.push({ key, name, site, doneAt: doneAt === undefined ? undefined : String(doneAt) })
    const answer = await box().act(site, { action: name, key, who: 'anna', input: request.body })
    switch (answer.is) {
      case 'answered': {
        const { n, answer: said, copies, again } = answer
        return reply.send({ n, answer: said, copies, again })
      }
      case 'waiting':
        return reply.code(202).send({ until: answer.until })
      case 'refused':
        return problem(409, answer.code, `Refused: ${answer.code}.`)
      case 'unknown':
        return problem(503, 'unknown', answer.why)
    }
    function problem(status: number, code: string, title: string) {
      const body = { type: `urn:regie:error:${code}`, title, status, code, doThis: 'Ask somebody.' }
      return reply.code(status).type('application/problem+json').send(JSON.stringify(body))
    }
  })
}

export type ActHeard = {
  readonly key: string
  readonly name: string
  readonly site: string
  readonly doneAt: string | undefined
}
