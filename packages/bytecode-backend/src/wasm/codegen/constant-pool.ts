import type { Value } from '@rtfs/core'
import { ByteWriter } from '../encoder/byte-writer.js'
import type { ModuleBuilder } from '../encoder/module-builder.js'
import { type Constant, writeConstant } from '../metadata/constants.js'

/** The constants of a module; equal ones share one global. */
export class ConstantPool {
  readonly constants: Constant[] = []
  /** Global of each constant, by its number. */
  readonly globals: number[] = []
  readonly #builder: ModuleBuilder
  readonly #known = new Map<string, number>()
  /** Constants by the very value, which saves writing them to compare. */
  readonly #values = new Map<Value, number>()

  constructor(builder: ModuleBuilder) {
    this.#builder = builder
  }

  /** The global that holds the constant once the module is set up. */
  global(constant: Constant): number {
    if (constant.kind !== 'value') return this.globals[this.#indexOf(constant)]!
    let index = this.#values.get(constant.value)
    if (index === undefined) this.#values.set(constant.value, (index = this.#indexOf(constant)))
    return this.globals[index]!
  }

  #indexOf(constant: Constant): number {
    const out = new ByteWriter()
    writeConstant(out, constant)
    const key = out.toKey()
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.constants.length
      this.constants.push(constant)
      this.globals.push(this.#builder.global('externref'))
      this.#known.set(key, index)
    }
    return index
  }
}
