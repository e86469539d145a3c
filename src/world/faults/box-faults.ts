import { boundaries, healthy, type DiskMood } from '../disk.ts'
import type { WorldBox } from '../world-box.ts'
import { minutes, seconds, type Fault, type Stage } from './fault.ts'

function someBox({ world, dice }: Stage): WorldBox | undefined {
  const running = world.running()
  return running.length > 0 ? dice.pick(running) : undefined
}

function onBox(strike: (box: WorldBox, stage: Stage) => number): Fault {
  return (stage) => {
    const box = someBox(stage)
    if (!box) return undefined
    stage.world.trouble(strike(box, stage), box.id)
    return [box.id]
  }
}

function mood(made: (stage: Stage) => Partial<DiskMood>, [from, to]: readonly [number, number]): Fault {
  return onBox((box, stage) => {
    const ms = stage.dice.int(minutes(from), minutes(to))
    box.disk.mood = { ...healthy, ...made(stage) }
    stage.world.time.after(ms, () => (box.disk.mood = healthy))
    return ms + seconds(15)
  })
}

const killsAtBoundaries = Object.fromEntries(
  boundaries.map((boundary): [string, Fault] => [
    `kill at ${boundary}`,
    onBox((box, { dice }) => {
      box.disk.killAt(boundary, dice.int(1, 6))
      return minutes(2)
    }),
  ]),
)

export const boxFaults: Readonly<Record<string, Fault>> = {
  ...killsAtBoundaries,
  'kill at any moment': onBox((box) => {
    box.kill('killed')
    return 0
  }),
  /** Somebody stops it as one should, and starts it again. */
  'restart in order': onBox((box, { world }) => {
    const { box: running, process } = box
    if (!running || !process) return 0
    void running.stop().then(() => process.end('stopped'))
    process.after(minutes(1), () => world.broken('STUCK', `box ${box.id} does not stop`))
    return seconds(60)
  }),
  'power cut': onBox((box) => {
    box.kill('unplugged')
    return 0
  }),
  'disk full': mood(() => ({ full: true }), [1, 20]),
  'disk error': mood(({ dice }) => ({ failing: 0.1 + dice.part() * 0.9 }), [1, 10]),
  'slow fsync': mood(({ dice }) => ({ fsyncMs: dice.int(200, 2000) }), [1, 20]),
  'stalled disk': onBox((box, { dice }) => {
    box.disk.stall(dice.int(seconds(2), seconds(10)))
    return seconds(20)
  }),
  'clock years off': onBox((box, { dice }) => {
    box.clock.step(dice.int(-20, 20) * 365 * 86_400_000)
    box.kill('unplugged')
    return 0
  }),
  'clock steps': onBox((box, { dice }) => {
    box.clock.step(dice.int(-minutes(90), minutes(90)))
    return 0
  }),
  'time lost': onBox((box, { dice }) => {
    box.clock.loseNetwork(dice.int(minutes(1), minutes(60)))
    return 0
  }),
  'views lost': onBox((box) => {
    box.kill('unplugged')
    for (const site of box.card.sites) box.card.dropViews(site)
    return 0
  }),
  'views behind': onBox((box, { images }) => {
    box.kill('unplugged')
    const old = images.get(box.id)
    for (const [site, image] of old?.views ?? []) box.card.putViews(site, image)
    return 0
  }),
}
