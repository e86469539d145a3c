/** So many callers that each wait for their answer before they ask again. Resolves with calls a second, without those answered `false`. */
export async function callsPerSecond(
  callers: number,
  forMs: number,
  call: (caller: number) => Promise<unknown>,
): Promise<number> {
  const from = performance.now()
  const end = from + forMs
  let calls = 0
  const caller = async (_: unknown, index: number) => {
    while (performance.now() < end) {
      if ((await call(index)) !== false) calls += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return (calls * 1000) / (performance.now() - from)
}
