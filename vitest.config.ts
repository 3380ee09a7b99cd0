import { defineConfig } from 'vitest/config'

// The source condition makes every @rtfs package resolve to its TypeScript, so that tests need no build.
const conditions = ['@rtfs/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
