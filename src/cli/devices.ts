import type { DeviceOf } from '../doors/mqtt/device.ts'
import type { MqttDoor } from '../doors/mqtt/door.ts'
import type { SiteBrokerOptions } from '../doors/mqtt/site-broker/options.ts'
import { Trouble } from '../doors/errors.ts'
import type { Box } from '../kernel/box/contract.ts'
import type { Machine } from '../kernel/machine.ts'
import type { Reports } from '../kernel/drivers/reports.ts'
import type { Known } from '../kernel/pack/kinds.ts'
import type { Metrics } from '../kernel/samples/metrics.ts'
import { MailboxThread } from '../store/mailbox-thread.ts'
import { StoreError } from '../store/truth.ts'
import { everyAddress } from './address.ts'
import { reportingMailbox, reportPorts, reportShut } from './broker-reports.ts'
import type { Settings } from './settings.ts'
import type { ShownCertificate } from './shown-certificate.ts'

type Parts = {
  readonly box: Box
  readonly known: Known
  readonly machine: Machine
  readonly metrics: Metrics
  readonly mailbox: string
  /** Says how the broker is. */
  readonly reports: Reports
  readonly deviceOf: DeviceOf
  /** Undefined: no door here has TLS. */
  readonly shown: ShownCertificate | undefined
  readonly siteBroker: SiteBrokerOptions | undefined
}

/**
 * The broker for devices, and the line to the one that the site has already, if there is anything that they could say: a box whose packs declare no topic opens no
 * port, and does not load what it would need.
 */
export async function openDevices(settings: Settings, parts: Parts): Promise<MqttDoor | undefined> {
  const { mqttPort, mqttWsPort, mqttTlsPort, host } = settings
  const { known, machine, metrics, reports, shown, siteBroker } = parts
  const isAsked = siteBroker !== undefined || mqttPort + mqttWsPort + mqttTlsPort > 0
  if (known.topics.length === 0 || !isAsked) return undefined
  const { openMqtt } = await import('../doors/mqtt/door.ts')
  try {
    const door = await openMqtt({
      ...parts,
      mailbox: reportingMailbox(new MailboxThread(parts.mailbox, machine.timers), machine.timers, reports),
      host: host ?? everyAddress(),
      port: mqttPort === 0 ? undefined : mqttPort,
      wsPort: mqttWsPort === 0 ? undefined : mqttWsPort,
      secure: shown && mqttTlsPort > 0 ? { port: mqttTlsPort, certificate: shown.now } : undefined,
    })
    const forget = shown?.onChange((now) => door.renew(now))
    reportPorts(reports, door)
    metrics.add('mqttClients', () => door.status().clients)
    metrics.add('mqttQueued', () => door.status().queued)
    metrics.add('mqttBegunAnew', () => door.status().begunAnew)
    if (siteBroker) metrics.add('siteBroker', () => (door.status().siteBroker?.is === 'connected' ? 1 : 0))
    return {
      ...door,
      close: async () => {
        forget?.()
        await door.close()
      },
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw asTrouble(error, settings)
    // A box without devices still keeps its sites.
    reportShut(reports)
    machine.log('error', `no device can connect until the next start: ${error.message}`)
    return undefined
  }
}

function asTrouble(error: unknown, { mqttWsPort, mqttTlsPort }: Settings): unknown {
  if (!(error instanceof Error) || !('port' in error) || !('code' in error)) return error
  const port = Number(error.port)
  const setting =
    port === mqttWsPort
      ? 'REGIE_MQTT_WS_PORT'
      : port === mqttTlsPort
        ? 'REGIE_MQTT_TLS_PORT'
        : 'REGIE_MQTT_PORT'
  return Trouble.of('device_port', { port, setting, reason: String(error.code) }, error)
}
