#!/usr/bin/env node
/**
 * Long differential runs, from the sources of this repository (nothing has to be built):
 *
 *   node scripts/differential.mjs --count 100000 --seed 7 [--tiers ast,ir,wasm] [--max 10] [--no-shrink]
 *
 * Prints each disagreement as a small program, then counts by tier. Exits with 1 when tiers disagree.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    tiers: { type: 'string' },
    max: { type: 'string', default: '10' },
    'no-shrink': { type: 'boolean', default: false },
  },
})

const number = name => {
  const value = Number(values[name])
  if (Number.isSafeInteger(value)) return value
  console.error(`--${name} needs an integer, not ${values[name]}`)
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'rtfs-differential-'))
try {
  const outfile = join(folder, 'run.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../test/differential-run.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@rtfs/source'],
    sourcemap: 'inline',
    logLevel: 'error',
    // Bundled CommonJS packages look for `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
  })
  const { longRun } = await import(pathToFileURL(outfile).href)
  const agreed = await longRun({
    count: number('count'),
    seed: number('seed'),
    tiers: values.tiers?.split(','),
    max: number('max'),
    shrink: !values['no-shrink'],
  })
  process.exitCode = agreed ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
