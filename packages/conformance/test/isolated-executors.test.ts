import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createWasmBackend } from '@rtfs/bytecode-backend'
import { lower } from '@rtfs/ir'
import { createInlineExecutor, createProcessExecutor, createThreadExecutor } from '@rtfs/isolation'
import { parse } from '@rtfs/parser'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { type IsolatedModule, isolatedExecutorSuite } from '../src/suites/index.js'

const backend = createWasmBackend()
const runner = { test, expect }

function compile(source: string): IsolatedModule {
  const { program, diagnostics } = parse(source)
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  const { bytes, imports, exports, debug } = backend.compile(lower(program).unit, { exports: ['f'] })
  return {
    bytes,
    prepare: { imports, exports: exports.map(each => each.exportName), debug },
    exportName: exports.find(each => each.name === 'f')!.exportName,
  }
}

// Node cannot load TypeScript in a worker, and tests need nothing built: the workers' code is bundled for the run.
const outdir = mkdtempSync(join(tmpdir(), 'rtfs-isolation-'))
await build({
  entryPoints: ['@rtfs/isolation/thread-entry', '@rtfs/isolation/process-entry'].map(name => ({
    in: name,
    out: name.slice(name.lastIndexOf('/') + 1),
  })),
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@rtfs/source'],
  outExtension: { '.js': '.mjs' },
  outdir,
  logLevel: 'error',
})
const entryOf = (name: string) => ({ entry: pathToFileURL(join(outdir, `${name}-entry.mjs`)) })

describe('inline', () => isolatedExecutorSuite(runner, () => createInlineExecutor(), compile))
describe('thread', () =>
  isolatedExecutorSuite(runner, () => createThreadExecutor(entryOf('thread')), compile))
describe('process', () =>
  isolatedExecutorSuite(runner, () => createProcessExecutor(entryOf('process')), compile))
