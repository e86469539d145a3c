/** What one client, and all of them, may cost the box. */
export type MqttLimits = {
  /** Connections at a time, and those of one device. */
  readonly clients: number
  readonly clientsOfOne: number
  /** The largest packet; the one that opens a connection, before anybody is known, is smaller. */
  readonly packetBytes: number
  readonly connectBytes: number
  readonly connectMs: number
  /** Messages of one client that are being written at a time. More wait in its socket. */
  readonly inflight: number
  /** Messages to one client that it has not acknowledged. */
  readonly window: number
  readonly messagesPerSecond: number
  readonly keepAliveSeconds: number
  readonly subscriptions: number
  /** What may wait for one session, and how long a session without a client is kept. */
  readonly queuedMessages: number
  readonly queuedBytes: number
  readonly sessions: number
  /** Of more, the oldest without a line ends: a client that takes a new name each time keeps nobody else out. */
  readonly sessionsOfOne: number
  readonly sessionSeconds: number
  /** What a socket may hold before messages of QoS 0 pass a slow client by. */
  readonly socketBytes: number
  readonly retained: number
  readonly retainedBytes: number
  /** After a start, so long is waited for clients that the box itself has lost, before their wills are done. */
  readonly willGraceMs: number
}

export const usualMqtt: MqttLimits = {
  clients: 500,
  clientsOfOne: 4,
  packetBytes: 256 * 1024,
  connectBytes: 16 * 1024,
  connectMs: 10_000,
  inflight: 64,
  window: 32,
  messagesPerSecond: 2_000,
  keepAliveSeconds: 600,
  subscriptions: 100,
  queuedMessages: 2_000,
  queuedBytes: 1024 * 1024,
  sessions: 2_000,
  sessionsOfOne: 16,
  sessionSeconds: 7 * 24 * 3600,
  socketBytes: 256 * 1024,
  retained: 5_000,
  retainedBytes: 4 * 1024 * 1024,
  willGraceMs: 30_000,
}
