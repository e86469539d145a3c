import type { Reports } from '../kernel/drivers/reports.ts'
import type { Timers } from '../kernel/machine.ts'
import type { Mailbox } from '../store/mailbox.ts'
import { StoreError } from '../store/truth.ts'

/** A disk that has not taken anything for so long keeps devices waiting. */
const slowMs = 10_000

const words = {
  good: { en: 'What waits for devices is kept.', fr: 'Ce qui attend des appareils est gardé.' },
  slow: {
    en: 'The disk takes long to keep what waits for devices.',
    fr: 'Le disque met longtemps à garder ce qui attend des appareils.',
  },
  full: {
    en: 'The disk is full: nothing more can wait for devices.',
    fr: 'Le disque est plein : plus rien ne peut attendre des appareils.',
  },
  broken: {
    en: 'What waits for devices cannot be kept. The log of the box says why.',
    fr: 'Ce qui attend des appareils ne peut être gardé. Le journal de la box dit pourquoi.',
  },
  anew: {
    en: 'What waited for devices was damaged: it was set aside as mqtt.db.damaged, and begun anew.',
    fr: 'Ce qui attendait des appareils était abîmé : mis de côté sous mqtt.db.damaged, et recommencé.',
  },
  shut: {
    en: 'No device can connect until the next start. The log of the box says why.',
    fr: 'Aucun appareil ne peut se connecter avant le prochain démarrage. Le journal de la box dit pourquoi.',
  },
} as const

/** The same mailbox, which says how it is. */
export function reportingMailbox(mailbox: Mailbox, timers: Timers, reports: Reports): Mailbox {
  let [pending, ended] = [0, 0]
  let cancel: (() => void) | undefined
  const look = () => {
    const before = ended
    cancel = timers.after(slowMs, () => {
      cancel = undefined
      if (pending === 0) return
      if (ended === before) reports.say('mailbox', 'degraded', words.slow)
      look()
    })
  }
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    pending += 1
    if (!cancel) look()
    try {
      const done = await work
      reports.say('mailbox', 'ok', words.good)
      return done
    } catch (error) {
      const reason = error instanceof StoreError ? error.reason : 'io'
      if (reason !== 'closed')
        reports.say('mailbox', 'failing', reason === 'full' ? words.full : words.broken)
      throw error
    } finally {
      pending -= 1
      ended += 1
    }
  }
  return {
    // Said under a name of its own: the next thing that is kept does not take it back (MQTT-21).
    onAnew: (owed, tell) =>
      mailbox.onAnew(owed, (why) => {
        reports.say('mailbox file', 'degraded', words.anew)
        tell(why)
      }),
    commit: (writes) => watched(mailbox.commit(writes)),
    load: () => watched(mailbox.load()),
    close: async () => {
      await mailbox.close()
      cancel?.()
    },
  }
}

/** The ports on which devices are heard; undefined: not that way. */
export function reportPorts(
  reports: Reports,
  ports: { readonly port: number | undefined; readonly wsPort: number | undefined },
): void {
  const say = (name: string, port: number | undefined) => {
    if (port === undefined) return
    const heard = {
      en: `Devices are heard on port ${port}.`,
      fr: `Les appareils sont écoutés au port ${port}.`,
    }
    reports.say(name, 'ok', heard)
  }
  say('mqtt', ports.port)
  say('mqtt over websocket', ports.wsPort)
}

export function reportShut(reports: Reports): void {
  reports.say('mailbox', 'failing', words.shut)
}
