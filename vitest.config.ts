import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const isLong = process.env['TEST_LONG'] === '1'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: isLong ? [] : ['test/long/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // Each file has a database of its own, so files run side by side; processes keep one file's crash from the others.
    // Much of their time is waiting, so two run even where PostgreSQL, Redis and workerd beside them have but two cores.
    pool: 'forks',
    maxWorkers: Math.min(availableParallelism(), 4),
    testTimeout: isLong ? 300_000 : 20_000,
    hookTimeout: isLong ? 300_000 : 60_000,
    teardownTimeout: 30_000,
  },
})
