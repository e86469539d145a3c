import type { Certificate } from '../doors/tls/own-certificate.ts'
import type { Machine } from '../kernel/machine.ts'
import { certificateOf, stampOf } from './certificate-files.ts'
import type { TlsSettings } from './settings.ts'

const lookMs = 3_600_000

/** The one certificate of all doors with TLS. Looked at each hour: tools renew files, and our own one ends. */
export class ShownCertificate {
  readonly #folder: string
  readonly #tls: TlsSettings
  readonly #machine: Machine
  readonly #tellers = new Set<(now: Certificate) => void>()
  #now: Certificate
  #stamp: number
  #cancel: () => void = () => {}

  constructor(folder: string, tls: TlsSettings, machine: Machine) {
    this.#folder = folder
    this.#tls = tls
    this.#machine = machine
    this.#stamp = stampOf(tls)
    this.#now = certificateOf(folder, tls, machine)
    this.#lookLater()
  }

  get now(): Certificate {
    return this.#now
  }

  /** Returns how to stop. */
  onChange(tell: (now: Certificate) => void): () => void {
    this.#tellers.add(tell)
    return () => this.#tellers.delete(tell)
  }

  stop(): void {
    this.#cancel()
  }

  #lookLater(): void {
    this.#cancel = this.#machine.timers.after(lookMs, () => {
      this.#lookLater()
      this.#look()
    })
  }

  #look(): void {
    const stamp = stampOf(this.#tls)
    if (this.#tls.certificate !== undefined && stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      const { certificate } = this.#now
      this.#now = certificateOf(this.#folder, this.#tls, this.#machine)
      if (this.#now.certificate !== certificate) for (const tell of this.#tellers) tell(this.#now)
    } catch (error) {
      this.#machine.log('error', `the certificate stays as it was: ${String(error)}`)
    }
  }
}
