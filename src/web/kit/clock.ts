import { effect, signal } from '@preact/signals'

const beats = signal(0)
let readers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Counts the seconds while anybody looks: one timer for all the ages of a page. */
export function eachSecond(run: () => void): () => void {
  readers += 1
  timer ??= setInterval(() => {
    beats.value += 1
  }, 1000)
  const stop = effect(() => {
    void beats.value
    run()
  })
  return () => {
    stop()
    readers -= 1
    if (readers > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
