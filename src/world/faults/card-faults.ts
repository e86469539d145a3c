import { Gate } from '../gate.ts'
import type { WorldBox } from '../world-box.ts'
import { minutes, seconds, type Fault, type Stage } from './fault.ts'

/** Boxes whose logs another running box has too, at least as a beginning: nobody begins a site again from nothing. */
function replaceable({ world, dice, lead }: Stage, wanted: (box: WorldBox) => boolean): WorldBox | undefined {
  const boxes = world.running().filter((box) => {
    const plans = [...world.sites.values()].filter(({ members }) => members.includes(box.id))
    return wanted(box) && plans.every((plan) => lead.heirs(plan).some((heir) => heir !== box))
  })
  return boxes.length > 0 ? dice.pick(boxes) : undefined
}

const isHub = ({ world }: Stage, box: WorldBox) => [...world.sites.values()].some(({ hub }) => hub === box.id)

/** Puts a box back to what its card once held, or to nothing. */
function putBack(stage: Stage, box: WorldBox, how: 'image' | 'blank'): readonly string[] | undefined {
  const { world, dice, images } = stage
  const image = how === 'image' ? images.get(box.id) : undefined
  if (how === 'image' && !image) return undefined
  box.unplug()
  world.witness.loses(box.card, image)
  box.swapCard(image)
  const ms = dice.int(seconds(20), minutes(10))
  world.time.after(ms, () => box.plugIn())
  world.trouble(ms + seconds(60), box.id)
  return [box.id]
}

export const cardFaults: Readonly<Record<string, Fault>> = {
  'card re-imaged': (stage) => {
    const box = replaceable(stage, (each) => !isHub(stage, each))
    return box && putBack(stage, box, 'blank')
  },
  'card rewound': (stage) => {
    const box = replaceable(stage, (each) => !isHub(stage, each) && stage.images.has(each.id))
    return box && putBack(stage, box, 'image')
  },
  'card cloned': (stage) => {
    const { world, dice } = stage
    const box = replaceable(stage, () => true)
    if (!box || world.twins.some((twin) => !twin.isDestroyed)) return undefined
    const twin = world.addTwin(box)
    for (const plan of world.sites.values()) {
      if (plan.members.includes(box.id)) new Gate(world, twin, plan.site, seconds(60))
    }
    const ms = dice.int(minutes(1), minutes(10))
    world.time.after(ms, () => world.removeTwin(twin))
    world.trouble(ms + minutes(2), ...world.boxes.keys())
    return [box.id]
  },
  'hub restored': (stage) => {
    const box = replaceable(stage, (each) => isHub(stage, each) && stage.images.has(each.id))
    return box && putBack(stage, box, 'image')
  },
}
