import type { Meter } from '@rtfs/core'
import { forEachChild, type LambdaNode, type Node, type ParamNode, type VariableRefNode } from '@rtfs/ir'
import { IrClosure } from '../closure.js'
import type { Code, Frame, FunctionCode } from '../code.js'
import type { Scope } from '../scope.js'
import { buildFunction, type InputTypes } from './build.js'
import type { Numeric } from './form.js'
import {
  type Input,
  loadInputs,
  numberOf,
  numericOf,
  outerInputs,
  readInput,
  type TypedInput,
  variableInputs,
} from './inputs.js'
import { instantiate, maxInputs, type WasmKernel } from './wasm/instance.js'
import { emitModule } from './wasm/module.js'

/*
 * A function of numbers that calls itself, or has a loop, runs as WebAssembly once it is hot, for the types that its
 * arguments have at that moment. Its body is replaced by one that enters the kernel; what the kernel cannot do to its
 * end (an error, an Integer that gets large, fuel or depth that runs out) it drops as a whole, and the closures run
 * that call from its start. They alone raise errors.
 */

/** Sets of types that one function gets kernels for. */
const maxVersions = 4
/** Dropped calls in a row, after which the function is left to the closures. */
const maxDrops = 16

interface Version {
  readonly inputs: readonly TypedInput[]
  /** The types of all inputs. */
  readonly types: readonly (Numeric | undefined)[]
  readonly kernel: WasmKernel
  readonly result: Numeric
}

/** A definition of another function would make other calls of what were calls of itself. */
interface Guard {
  readonly cell: { readonly value: unknown }
}

class FunctionKernel {
  readonly #code: FunctionCode
  readonly #scope: Scope
  /** The parameters, then what else the body reads. */
  readonly #inputs: readonly Input[]
  /** Cells through which the function calls itself. */
  readonly #guards: readonly Guard[]
  readonly #versions: Version[] = []
  #current: Version | undefined
  #drops = 0
  /** While this meter has more fuel than that, the closures run what was dropped. */
  #pausing: Meter | undefined
  #pausedUntil = 0
  /** False when the function is left to the closures. */
  alive = true

  constructor(code: FunctionCode, inputs: readonly Input[], guards: readonly Guard[], scope: Scope) {
    this.#code = code
    this.#inputs = inputs
    this.#guards = guards
    this.#scope = scope
  }

  /** The value of the call whose arguments are in the frame; `undefined` when the closures have to run it. */
  call(frame: Frame): number | boolean | object | undefined {
    const { meter } = this.#scope.machine
    if (this.#pausing !== undefined) {
      if (this.#pausing === meter && meter.fuel > this.#pausedUntil) return undefined
      this.#pausing = undefined
    }
    if (this.#code.delegates || !this.#callsItself(frame)) return undefined
    let version = this.#current
    if (version === undefined || !load(version, frame)) {
      version = this.#current = this.#versionFor(frame)
      if (version === undefined || !load(version, frame)) return undefined
    }
    const { kernel } = version
    const spent = kernel.run(meter)
    if (spent < 0) {
      this.#dropped(meter, -1 - spent)
      return undefined
    }
    this.#drops = 0
    return numberOf(kernel.slots[kernel.first]!, version.result)
  }

  /** The closures spend as much as was spent in vain before the next try: nothing is done more than twice. */
  #dropped(meter: Meter, spent: number): void {
    if (++this.#drops > maxDrops) this.alive = false
    this.#pausing = meter
    this.#pausedUntil = meter.fuel - Math.max(this.#scope.machine.kernels.pause, spent)
  }

  #callsItself(frame: Frame): boolean {
    for (const { cell } of this.#guards) {
      const callee = cell.value
      if (!(callee instanceof IrClosure) || callee.code !== this.#code || callee.captures !== frame[0])
        return false
    }
    return true
  }

  #versionFor(frame: Frame): Version | undefined {
    const types = this.#inputs.map(input => numericOf(readInput(input, frame)))
    const known = this.#versions.find(version => version.types.every((type, i) => type === types[i]))
    if (known !== undefined) return known
    const version = this.#versions.length < maxVersions ? this.#make(types) : undefined
    if (version === undefined) this.alive = false
    else this.#versions.push(version)
    return version
  }

  #make(types: readonly (Numeric | undefined)[]): Version | undefined {
    const { node } = this.#code
    if (types.slice(0, node.params.length).includes(undefined)) return undefined
    const inputs = this.#inputs.flatMap((input, i) => {
      const type = types[i]
      return type === undefined ? [] : [{ input, type }]
    })
    if (inputs.length > maxInputs) return undefined
    const named: InputTypes = new Map(inputs.map(({ input, type }) => [input.key, type]))
    const made = buildFunction(node, named, {
      isSelf: callee => isSelf(callee, node, this.#guards.length > 0),
    })
    if (made === undefined || made.result === 'none') return undefined
    const kernel = instantiate(emitModule(made))
    return kernel && { inputs, types, kernel, result: made.result }
  }
}

function load({ inputs, kernel }: Version, frame: Frame): boolean {
  return loadInputs(inputs, frame, kernel.slots, kernel.first)
}

/** Through the name that the function itself has, or through the unit's. */
function isSelf(callee: VariableRefNode, node: LambdaNode, isGlobal: boolean): boolean {
  if (callee.scope === 'local') return callee.variable === node.self?.id
  return isGlobal && callee.scope !== 'builtin' && callee.name === node.name
}

/**
 * Makes a function run as a kernel when it comes to be hot, if it is one that may. To be called when its parameters
 * have their slots and those of its body do not yet; gives what makes the body of the closures' body.
 */
export function functionKernel(code: FunctionCode, scope: Scope): ((body: Code) => Code) | undefined {
  const { node } = code
  const { engine, calls } = scope.machine.kernels
  if (engine !== 'wasm' || node.rest !== undefined || node.declares.length > 0 || node.body.length !== 1)
    return undefined
  const params: number[] = []
  for (const param of node.params) {
    if (param.pattern.kind !== 'bind' || param.pattern.variable.cell || !isPlain(param)) return undefined
    params.push(param.pattern.variable.id)
  }
  if (!node.body.some(form => repeats(form, node))) return undefined
  const inputs = [...variableInputs(params, scope), ...outerInputs(node.body, params, scope)]
  const own = inputs.find(({ key }) => key === node.name)?.cell
  const guards = own === undefined ? [] : [{ cell: own }]
  const kernel = new FunctionKernel(code, inputs, guards, scope)
  return body => {
    let heat = 0
    return frame => {
      if (heat < calls) {
        heat++
        return body(frame)
      }
      const value = kernel.call(frame)
      if (value !== undefined) return value as ReturnType<Code>
      if (!kernel.alive) code.body = body
      return body(frame)
    }
  }
}

/** True when an argument of the parameter's type needs no check that costs anything or may fail. */
function isPlain({ annotation }: ParamNode): boolean {
  return annotation === undefined || (annotation.kind === 'primitive' && numbers.has(annotation.name))
}

const numbers: ReadonlySet<string> = new Set(['int', 'float', 'bool', 'any'])

/** True when the function has a loop, or goes back to its own start. */
function repeats(form: Node, node: LambdaNode): boolean {
  if (form.kind === 'loop' || (form.kind === 'recur' && form.target === node.id)) return true
  if (form.kind === 'lambda') return false
  if (form.kind === 'apply' && form.callee.kind === 'ref' && isSelf(form.callee, node, true)) return true
  let found = false
  forEachChild(form, child => {
    found ||= repeats(child, node)
  })
  return found
}
