import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

interface Manifest {
  readonly exports?: Record<string, string | Record<string, string>>
  readonly imports?: Record<string, unknown>
  readonly bin?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

/**
 * One configuration for every package: the entries are what its package.json promises (exports, imports, bin),
 * so the two cannot drift apart. Declarations come from `tsc -b`, which does all packages in one process.
 */
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const promised = JSON.stringify([manifest.exports, manifest.imports, manifest.bin])
const entries = new Set(
  Array.from(promised.matchAll(/"\.\/dist\/([^"]+)\.c?js"/g), match => `src/${match[1]}.ts`),
)

export default defineConfig({
  // A private app promises nothing; its scripts are its entries.
  entry: entries.size > 0 ? [...entries] : ['src/*.ts', '!src/*.test.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  sourcemap: true,
  clean: false,
  dts: false,
  silent: true,
  // `#…` stays an import, resolved by the conditions of whoever loads the package.
  // tsup leaves out `dependencies` by itself, optional ones not.
  external: [/^#/, /^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
  removeNodeProtocol: false,
  // esbuild's own process keeps the directory that it was started in; one build covers many packages.
  esbuildOptions(options) {
    options.absWorkingDir = process.cwd()
  },
})
