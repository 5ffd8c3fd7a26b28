import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);

/**
 * The suffix of a file says what is asked of it. `.test` stands beside its subject and is quick; the others boot
 * processes and stand in test/. Benchmarks (`.bench`) are run by `npm run bench` and judged by a person.
 */
if (process.env.SEED === undefined) {
  process.env.SEED = String(Math.floor(Math.random() * 2 ** 31));
  console.log(`SEED=${process.env.SEED} (set it to repeat this run)`);
}

const second = 1_000;
const suites = {
  test: { testTimeout: 60 * second, hookTimeout: 120 * second },
  audit: { testTimeout: 120 * second, hookTimeout: 120 * second },
  e2e: { testTimeout: 120 * second, hookTimeout: 180 * second },
  faults: { testTimeout: 180 * second, hookTimeout: 180 * second },
  browser: { testTimeout: 120 * second, hookTimeout: 180 * second },
} as const;

export default defineConfig({
  resolve: {
    // One copy of graphql: Vite would take its ES build and Node gives libraries the CommonJS one, which then refuse
    // each other's schemas.
    alias: [{ find: /^graphql$/, replacement: resolve('graphql') }],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: Object.entries(suites).map(([name, timeouts], groupOrder) => ({
      extends: true as const,
      test: {
        name,
        include: [`**/*.${name}.ts`],
        exclude: ['**/node_modules/**', '**/generated/**'],
        setupFiles: ['test/tidy/seed.ts'],
        // One suite after another. What breaks, stops and measures things has the machine to itself; what mostly waits
        // for processes it asked does so two at a time.
        ...(name === 'test' || name === 'e2e' ? {} : { fileParallelism: false }),
        sequence: { groupOrder },
        ...timeouts,
      },
    })),
  },
});
