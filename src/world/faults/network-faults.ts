import { allLinks } from '../installer.ts'
import { lan, narrow, type Weather } from '../path.ts'
import { minutes, seconds, type Fault, type Stage } from './fault.ts'

function pair({ world, dice }: Stage): readonly [string, string] | undefined {
  const links = allLinks(world)
  if (links.length === 0) return undefined
  const [a, b] = dice.pick(links)
  return dice.chance(0.5) ? [a, b] : [b, a]
}

/** For a while, what travels between two boxes meets other weather. */
function weather(made: (stage: Stage) => Partial<Weather>, [from, to]: readonly [number, number]): Fault {
  return (stage) => {
    const link = pair(stage)
    if (!link) return undefined
    const ms = stage.dice.int(minutes(from), minutes(to))
    stage.world.network.setWeather(...link, made(stage))
    stage.world.time.after(ms, () => stage.world.network.setWeather(...link, lan))
    stage.world.trouble(ms + seconds(30), ...link)
    return link
  }
}

function cut(how: 'both' | 'forth', [from, to]: readonly [number, number]): Fault {
  return (stage) => {
    const link = pair(stage)
    if (!link || !stage.world.network.isUp(...link)) return undefined
    const ms = stage.dice.int(seconds(from), seconds(to))
    stage.world.network.cut(...link, how)
    stage.world.time.after(ms, () => stage.world.network.heal(...link))
    stage.world.trouble(ms, ...link)
    return link
  }
}

function forget(how: 'both' | 'forth'): Fault {
  return (stage) => {
    const link = pair(stage)
    if (!link || stage.world.network.forget(...link, how) === 0) return undefined
    stage.world.trouble(seconds(30), ...link)
    return link
  }
}

export const networkFaults: Readonly<Record<string, Fault>> = {
  loss: weather(({ dice }) => ({ loss: 0.02 + dice.part() * 0.3 }), [1, 20]),
  late: weather(({ dice }) => ({ latencyMs: dice.int(100, 3000), jitterMs: dice.int(100, 4000) }), [1, 15]),
  'dropped messages': weather(() => ({ hostile: 'drop', hostility: 0.03 }), [1, 10]),
  'duplicated messages': weather(() => ({ hostile: 'double', hostility: 0.03 }), [1, 10]),
  'reordered messages': weather(() => ({ hostile: 'swap', hostility: 0.03 }), [1, 10]),
  '64 kbit/s': weather(() => narrow, [5, 60]),
  cut: cut('both', [5, 2400]),
  'one-way link': cut('forth', [5, 900]),
  'half-open link': forget('both'),
  'half-open, one way': forget('forth'),
}
