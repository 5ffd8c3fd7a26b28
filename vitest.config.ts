import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  resolve: {
    // One copy of graphql: Vite would take its ES build and Node gives libraries the CommonJS one, which then refuse
    // each other's schemas.
    alias: [{ find: /^graphql$/, replacement: resolve('graphql') }],
  },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
  },
});
