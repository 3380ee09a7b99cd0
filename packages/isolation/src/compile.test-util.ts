import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createWasmBackend } from '@rtfs/bytecode-backend'
import type { IsolatedCall } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import { build } from 'esbuild'

const backend = createWasmBackend()

/** The function `f` of a program, compiled. */
export function compile(source: string): Pick<IsolatedCall, 'bytes' | 'prepare' | 'exportName'> {
  const { program, diagnostics } = parse(source)
  const error = diagnostics.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new Error(`parse: ${error.message}`)
  const { bytes, imports, exports, debug } = backend.compile(lower(program).unit, { exports: ['f'] })
  return {
    bytes,
    prepare: { imports, exports: exports.map(each => each.exportName), debug },
    exportName: exports.find(each => each.name === 'f')!.exportName,
  }
}

/**
 * The workers' code as JavaScript, bundled from the sources: tests need nothing built, and Node cannot load
 * TypeScript in a worker.
 */
export async function bundledEntries(): Promise<{ readonly thread: URL; readonly process: URL }> {
  const outdir = mkdtempSync(join(tmpdir(), 'rtfs-isolation-'))
  await build({
    entryPoints: ['thread-entry', 'process-entry'].map(name =>
      fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
    ),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@rtfs/source'],
    outExtension: { '.js': '.mjs' },
    outdir,
    logLevel: 'error',
  })
  const url = (name: string) => pathToFileURL(join(outdir, `${name}.mjs`))
  return { thread: url('thread-entry'), process: url('process-entry') }
}
