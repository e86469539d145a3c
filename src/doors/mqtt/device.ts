import type { Visitor } from '../visitor.ts'

/** Whoever connects to the broker: he speaks for one site, and topics that name a device mean him by `id`. */
export type Device = Visitor & { readonly id: string; readonly site: string }

/** What is said of oneself at the door. */
export type Presented = {
  readonly clientId: string
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly address: string
}

/** Undefined: nobody that is known here. */
export type DeviceOf = (presented: Presented) => Promise<Device | undefined>
