import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { facts, take } from '../parts/facts.ts'
import { seconds, sleep, until } from '../parts/time.ts'
import type { Nats, NatsConnection, NatsStreams } from './nats-api.ts'
import type { Peer } from './peer.ts'
import { missingPeer, peerPackage } from './peer.ts'

const name = 'NATS JetStream mirror, not fsynced'
const atOnce = 1_000
const stream = 'FACTS'

/**
 * A NATS server whose file-backed stream has the same bodies, and a second one behind a leaf node that mirrors it:
 * seconds until the mirror has them all.
 */
export async function natsCatchUp(folder: string, count: number): Promise<Peer> {
  const nats = peerPackage('nats') as Nats | undefined
  if (!nats) return missingPeer(name)
  const { status, stdout } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' })
  if (status !== 0) return missingPeer(name, 'apt-get install nats-server')
  const [hub, gate, leaf] = [await freePort(), await freePort(), await freePort()]
  const servers = [
    startServer(join(folder, 'hub'), hub, 'hub', `listen: "127.0.0.1:${gate}"`),
    startServer(join(folder, 'leaf'), leaf, 'leaf', `remotes: [{ url: "nats-leaf://127.0.0.1:${gate}" }]`),
  ]
  const [above, below] = [await connect(nats, hub), await connect(nats, leaf)]
  const streams = (await above.jetstreamManager()).streams
  await streams.add({ name: stream, subjects: [stream], storage: 'file' })
  await publish(above, count)
  const measured: number[] = []
  return {
    name: name.replace('JetStream', `JetStream ${stdout.replace(/[^\d.]/g, '')}`),
    seconds: measured,
    round: async () => {
      const mirrors = (await below.jetstreamManager()).streams
      measured.push(await seconds(() => mirror(mirrors, `MIRROR${measured.length}`, count)))
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([above.close(), below.close()])
      await Promise.all(servers.map(stopServer))
    },
  }
}

async function publish(connection: NatsConnection, count: number): Promise<void> {
  const jetstream = connection.jetstream()
  const source = facts('catch-up')
  for (let done = 0; done < count; done += atOnce) {
    await Promise.all(take(source, atOnce).map(({ body }) => jetstream.publish(stream, JSON.stringify(body))))
  }
}

async function mirror(streams: NatsStreams, name: string, count: number): Promise<void> {
  await streams.add({ name, storage: 'file', mirror: { name: stream, domain: 'hub' } })
  await until('the mirror is complete', async () => (await streams.info(name)).state.messages >= count)
}

function startServer(folder: string, port: number, name: string, leafnodes: string): ChildProcess {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'nats.conf')
  writeFileSync(
    file,
    `server_name: ${name}
listen: "127.0.0.1:${port}"
jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))}, domain: ${name} }
leafnodes { ${leafnodes} }
`,
  )
  return spawn('nats-server', ['--config', file], { stdio: 'ignore' })
}

async function stopServer(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit')
  server.kill()
  await ended
}

async function connect(nats: Nats, port: number): Promise<NatsConnection> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await nats.connect({ servers: `127.0.0.1:${port}` })
    } catch (error) {
      if (tries === 50) throw error
      await sleep(100)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
