import { defineConfig } from 'vitest/config'

/** Whole worlds: longer than what stands beside the code. */
const worlds = ['src/world/world.test.ts', 'src/world/arenas.test.ts']
/** Pages in a real browser. */
const pages = ['test/browser/**/*.test.ts']
/** A test that hangs must end; how fast a busy machine is, is no test's business. */
const patience = 60_000

export default defineConfig({
  test: {
    coverage: { include: ['src/**/*.ts'], exclude: ['**/*.test.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: [...worlds],
          testTimeout: patience,
          pool: 'threads',
          // One module graph for all files: 200 files take about a second instead of 15 to 30.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'world', include: [...worlds], pool: 'threads', testTimeout: 5 * patience },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...pages],
          pool: 'forks',
          testTimeout: patience,
          hookTimeout: patience,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [...pages],
          pool: 'forks',
          testTimeout: patience,
          hookTimeout: patience,
        },
      },
    ],
  },
})
