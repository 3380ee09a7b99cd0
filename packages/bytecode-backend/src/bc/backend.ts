import { unsupported } from '@rtfs/core'
import type { BytecodeBackend } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { isStackOverflow } from '../wasm/stack-overflow.js'
import { compileUnit } from './compile.js'
import { abiVersion, targetId } from './format.js'

const id = 'rtfs-bc'
const version = '1'

/**
 * Makes the backend of the target `rtfs-bc`: compact byte code with an interpreter, for places without WebAssembly. It
 * covers functions of the top level that call one another and library functions that do not call back, with `let`, `if`,
 * `loop`, `recur`, annotations, vectors, maps, `throw` and bundled modules. Functions as values, destructuring, `match`,
 * `try`, values of the top level and effects are an UnsupportedError.
 */
export function createByteCodeBackend(): BytecodeBackend<Unit> {
  return {
    targetId,
    abiVersion,
    id,
    version,
    compile(unit, options) {
      try {
        return { targetId, abiVersion, backend: { id, version }, ...compileUnit(unit, options) }
      } catch (error) {
        throw isStackOverflow(error) ? unsupported(targetId, 'a program nested this deeply') : error
      }
    },
  }
}
