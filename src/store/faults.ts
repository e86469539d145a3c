/** For tests: the cells of the array that a test shares with `faulty-worker.ts`. */
export const fault = { stall: 0, die: 1, pages: 2 } as const
