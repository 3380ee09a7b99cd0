import { createHash } from 'node:crypto'
import { createWasmBackend } from '@rtfs/bytecode-backend'
import { isRtfsError } from '@rtfs/core'
import { lower } from '@rtfs/ir'
import { hasErrors } from '@rtfs/parser'
import { parseProgram } from '@rtfs/runtime'
import { type CorpusFile, parseCorpus } from '../src/index.js'

const backend = createWasmBackend()

/** What the programs of the corpus are compiled to; `every`: only each so-manieth. */
export function* modulesOf(
  files: readonly CorpusFile[],
  every = 1,
): Generator<{ readonly source: string; readonly bytes: Uint8Array; readonly debug: Uint8Array }> {
  let index = 0
  for (const file of files) {
    for (const { source } of parseCorpus(file)) {
      if (index++ % every !== 0) continue
      const parsed = parseProgram(source)
      if (hasErrors(parsed)) continue
      try {
        const { unit } = lower(parsed.program)
        yield { source, ...backend.compile(unit, { program: true, linked: true }) }
      } catch (error) {
        // Nested deeper than IR may be.
        if (!isRtfsError(error, 'UnsupportedError')) throw error
      }
    }
  }
}

/** One digest of all of them. */
export function digestOfModules(files: readonly CorpusFile[], every: number): string {
  const hash = createHash('sha256')
  for (const { bytes, debug } of modulesOf(files, every)) hash.update(bytes).update(debug)
  return hash.digest('hex')
}
