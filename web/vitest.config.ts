import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['client/test/**/*.test.ts', 'app/test/**/*.test.ts'], environment: 'node', retry: 1 } },
      { test: { name: 'screens', include: ['test/screens.shot.ts'], environment: 'node', fileParallelism: false } },
      { test: { name: 'speed', include: ['test/*-speed.test.ts'], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 30_000, expect: { poll: { timeout: 10_000 } } } },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.test.ts'],
          exclude: ['test/*-speed.test.ts'], // what depends on the machine's load is measured by `npm run speed`
          environment: 'node',
          fileParallelism: false, // one Chromium at a time
          testTimeout: 90_000, // a step that hangs is named by its own limit of 25 s (chromium.ts) before the test's
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          retry: 1, // browsers on shared machines; ./test says how many passed only then
        },
      },
    ],
  },
})
