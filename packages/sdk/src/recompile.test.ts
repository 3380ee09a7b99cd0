import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime } from '@rtfs/runtime'
import { afterAll, expect, test } from 'vitest'
import { publishProgram } from './publish.js'
import { recompile } from './recompile.js'
import { openEmbeddedStore } from './store.js'
import { type Bytecode, wasmBytecode } from './wasm.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-recompile-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The same code under the name of an older ABI. */
function older(): Bytecode {
  const { backend, executor } = wasmBytecode()
  const abiVersion = 'older'
  return {
    backend: {
      ...backend,
      compile: (unit, options) => ({ ...backend.compile(unit, options), abiVersion }),
    },
    executor: { ...executor, abiVersion, prepare: (bytes, options) => executor.prepare(bytes, options) },
  }
}

test('a module of an older ABI is compiled anew from its source, and both stay', async () => {
  const dir = join(home, 'store')
  const runtime = createRuntime()
  const old = await openEmbeddedStore({ dir, bytecode: older(), makeKey: true })
  const text = `(defn twice "Twice a number" ^{:examples [[[2] 4]]} [x :int] :int (* x 2))`
  const options = { name: 'double', only: 'twice', version: 3 }
  const [published] = await publishProgram({ runtime, bytecode: older(), cache: old.cache, text, options })
  expect(published).toMatchObject({ ok: true, answer: { record: { abi: 'older' } } })
  await old.close()

  const bytecode = wasmBytecode()
  const store = await openEmbeddedStore({ dir, bytecode })
  const { cache } = store
  const again = () => recompile({ runtime, bytecode, cache, namespace: undefined })
  const { compiled, existing, refused } = await again()
  expect([compiled.length, existing, refused]).toEqual([1, 0, []])
  const details = await cache.show(compiled[0]!)
  expect(details?.manifest).toMatchObject({ name: 'double', version: 3, description: 'Twice a number' })
  expect((await cache.load(compiled[0]!, {})).loaded).toBe(true)
  expect(await cache.list()).toHaveLength(2)
  expect(await again()).toMatchObject({ existing: 1, refused: [] })

  // What is not trusted is not compiled either.
  const [key] = await store.trust.list()
  await store.trust.revoke(key!.keyId)
  expect(await again()).toMatchObject({
    compiled: [],
    refused: [{ reason: expect.stringContaining('revoked') }],
  })
  await store.close()
})
