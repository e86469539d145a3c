import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    coverage: { include: ['src/**/*.ts'], exclude: ['**/*.test.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: ['src/world/world.test.ts'],
          pool: 'threads',
          // One module graph for all files: 200 files take about a second instead of 15 to 30.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'world', include: ['src/world/world.test.ts'], pool: 'threads' },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
