// The clients for tests of MQTT: Debian's mosquitto-clients and paho, installed where they are missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { aptCommand, aptInstall } from './apt.ts'

const packages = ['mosquitto-clients', 'python3', 'python3-paho-mqtt'] as const

/** Packages of the system are seen by its own Python, and by no other. */
export const systemPython = '/usr/bin/python3'

export const mqttClientsCommand = aptCommand(packages)

export function hasMqttClients(): boolean {
  const commands = ['mosquitto_pub', 'mosquitto_sub', 'mosquitto_rr'].map((name) => `/usr/bin/${name}`)
  return (
    [...commands, systemPython].every((path) => existsSync(path)) &&
    spawnSync(systemPython, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' }).status === 0
  )
}

/** Whether they are there now. */
export function readyMqttClients(): boolean {
  if (hasMqttClients()) return true
  console.log('Clients of MQTT are missing; they are installed for the tests of devices.')
  if (aptInstall(packages) && hasMqttClients()) return true
  console.error(
    `The tests of devices need real clients. Install them, and try again:\n\n    ${mqttClientsCommand}\n`,
  )
  return false
}
