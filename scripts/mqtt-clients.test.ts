import { expect, test } from 'vitest'
import { mqttClientsCommand } from './mqtt-clients.ts'

test('who may not install the clients of MQTT is told the one command', () => {
  expect(mqttClientsCommand).toBe(
    'sudo apt-get install -y --no-install-recommends mosquitto mosquitto-clients python3 python3-paho-mqtt',
  )
})
