import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { defaultLimits, isRtfsError, Meter } from '@rtfs/core'
import { lower } from '@rtfs/ir'
import { parseProgram } from '@rtfs/runtime'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import wabt from 'wabt'
import { corpusFiles } from './files.js'
import { digestOfModules, modulesOf } from './modules-of-corpus.js'

const folder = mkdtempSync(join(tmpdir(), 'rtfs-modules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const features = {
  exceptions: true,
  multi_value: true,
  reference_types: true,
  sat_float_to_int: true,
  sign_extension: true,
  tail_call: true,
}

test('a second toolkit accepts every module of the corpus', async () => {
  const toolkit = await wabt()
  let count = 0
  for (const { source, bytes } of modulesOf(corpusFiles())) {
    const module = toolkit.readWasm(bytes, { ...features, readDebugNames: true, check: true } as never)
    try {
      module.validate()
    } catch (error) {
      throw new Error(`${source}: ${(error as Error).message}`)
    } finally {
      module.destroy()
    }
    count++
  }
  expect(count).toBeGreaterThan(3000)
}, 120_000)

test('the same IR gives the same bytes in another process', async () => {
  const outfile = join(folder, 'digest.mjs')
  const here = fileURLToPath(new URL('.', import.meta.url))
  await build({
    stdin: {
      contents: `
        import { corpusFiles } from './files.js'
        import { digestOfModules } from './modules-of-corpus.js'
        console.log(digestOfModules(corpusFiles(), 5))`,
      resolveDir: here,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@rtfs/source'],
    define: { 'import.meta.url': JSON.stringify(new URL('./files.ts', import.meta.url).href) },
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///')" },
  })
  const child = spawnSync(process.execPath, [outfile], { encoding: 'utf8' })
  expect(child.stderr).toBe('')
  expect(child.stdout.trim()).toBe(digestOfModules(corpusFiles(), 5))
}, 120_000)

test('runaway code is stopped a thousand times, and the process stays healthy', () => {
  const source = `
    (defn spin [n] (loop [i 0] (recur (inc i))))
    (defn call-on [n] (if (= n -1) 0 (call-on (dec n))))
    (defn grow [xs] (grow (conj xs 1)))
    (defn dig [n] (inc (dig n)))
    (defn square [x] (* x x))`
  const { bytes, imports, exports, debug } = createWasmBackend().compile(
    lower(parseProgram(source).program).unit,
  )
  const names = exports.map(({ exportName }) => exportName)
  const module = createWasmExecutor().prepare(bytes, { imports, exports: names, debug })
  const outcome = (name: string, arg: number | null): unknown => {
    const meter = new Meter({ ...defaultLimits, fuel: 10_000, depth: 1000 }, () => 0)
    try {
      return module.call(name, [arg], { meter, taskContext: null, perform: () => null, invoke: () => null })
    } catch (error) {
      if (!isRtfsError(error)) throw error
      return error.code
    }
  }
  for (let i = 0; i < 250; i++) {
    expect(outcome('spin', 1)).toBe('BudgetExhausted')
    expect(outcome('call-on', 1_000_000)).toBe('BudgetExhausted')
    expect(outcome('grow', null)).toBe('BudgetExhausted')
    expect(outcome('dig', 1)).toBe('StackOverflow')
    expect(outcome('square', 12)).toBe(144)
  }
})
