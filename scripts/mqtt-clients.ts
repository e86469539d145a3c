// What tests of MQTT need: Debian's clients, paho, and a broker that a site may have already. Installed where missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { aptCommand, aptInstall } from './apt.ts'

const packages = ['mosquitto', 'mosquitto-clients', 'python3', 'python3-paho-mqtt'] as const

export const mosquittoBroker = '/usr/sbin/mosquitto'

/** Packages of the system are seen by its own Python, and by no other. */
export const systemPython = '/usr/bin/python3'

export const mqttClientsCommand = aptCommand(packages)

export function hasMqttClients(): boolean {
  const commands = ['mosquitto_pub', 'mosquitto_sub', 'mosquitto_rr'].map((name) => `/usr/bin/${name}`)
  return (
    [...commands, mosquittoBroker, systemPython].every((path) => existsSync(path)) &&
    spawnSync(systemPython, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' }).status === 0
  )
}

/** Whether they are there now. */
export function readyMqttClients(): boolean {
  if (hasMqttClients()) return true
  console.log('Clients of MQTT, or its broker, are missing; they are installed for the tests of devices.')
  if (aptInstall(packages) && hasMqttClients()) return true
  console.error(
    `The tests of devices need real clients and a real broker. Install them, and try again:\n\n    ${mqttClientsCommand}\n`,
  )
  return false
}
