import { argon2, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../kernel/machine.ts'

/** What one try costs: 19 MiB and two passes, which a Pi does in half a second. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const tagLength = 32
const nonceBytes = 16
/** So many are computed at a time: whoever tries passwords must not take the machine. */
const atOnce = 2

export const shortestPassword = 12
export const longestPassword = 200

/** The usual text of argon2id: its cost, its salt, what comes out. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const nonce = Buffer.from(random.bytes(nonceBytes))
  const tag = await derive(password, nonce, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`
}

const form =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,})\$([A-Za-z0-9+/]{22,})$/

export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = form.exec(hashed) ?? []
  if (nonce === undefined || tag === undefined) return false
  const given = await derive(password, Buffer.from(nonce, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  const wanted = Buffer.from(tag, 'base64')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** As long as a real try: whoever asks for an account that is not there learns nothing from the time it takes. */
export async function isNobodysPassword(password: string): Promise<false> {
  await derive(password, Buffer.alloc(nonceBytes), cost)
  return false
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

let running = 0
const waiting: (() => void)[] = []

async function derive(
  password: string,
  nonce: Buffer,
  how: { readonly memory: number; readonly passes: number; readonly parallelism: number },
): Promise<Buffer> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await new Promise((resolve, reject) => {
      const message = password.normalize('NFKC')
      argon2('argon2id', { message, nonce, tagLength, ...how }, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}
