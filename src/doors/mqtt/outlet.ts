import type { Machine } from '../../kernel/machine.ts'
import type { Carried } from './carried.ts'
import { isOver, lifeLeft } from './carried.ts'
import type { MqttLimits } from './limits.ts'
import type { Line, Open } from './line.ts'
import type { Routes } from './routes.ts'
import type { Item, Outlet } from './session.ts'
import { publish } from './wire/outgoing.ts'
import { reason } from './wire/reasons.ts'

type Parts = { readonly machine: Machine; readonly limits: MqttLimits; readonly routes: Routes }

/** The way of messages to a client that is connected: what it may read, in packets that it takes. */
export function outletOf({ machine, limits, routes }: Parts, open: Open, line: Line): Outlet {
  const { version, device, session, agreed } = open
  const bytesOf = (carried: Carried, retain: boolean, numbers: readonly number[], item?: Item, id = 0) =>
    publish(version, {
      topic: carried.topic,
      payload: carried.payload,
      properties: {
        ...carried.properties,
        expiry: lifeLeft(carried, machine.clock.mono()),
        subscription: numbers,
      },
      id,
      retain,
      dup: item?.sent ?? false,
    })
  const takes = (carried: Carried): boolean =>
    !isOver(carried, machine.clock.mono()) &&
    carried.payload.length + carried.topic.length < agreed.maximumPacket &&
    routes.mayRead(device, carried.topic)
  const fits = (bytes: Uint8Array) => bytes.length <= agreed.maximumPacket
  return {
    window: agreed.window,
    takes,
    send: (item, id) => {
      const bytes = bytesOf(item.carried, item.retain, item.numbers, item, id)
      if (fits(bytes)) line.write(bytes)
      else queueMicrotask(() => session.acknowledged(id))
    },
    sendLoose: (carried, retain, numbers) => {
      if (!takes(carried) || line.waiting() > limits.socketBytes) return
      const bytes = bytesOf(carried, retain, numbers)
      if (fits(bytes)) line.write(bytes)
    },
    end: (why) => {
      if (why === 'taken over') line.end(reason.takenOver, 'another client has this name')
      else line.end(why === 'too slow' ? reason.quota : reason.ownReason, `the session is ${why}`)
    },
  }
}
