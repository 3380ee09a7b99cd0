import type { Span, Type, Value } from '@rtfs/core'
import {
  type ArgumentCount,
  familyType,
  type HostImportName,
  hostImports,
  hostModule,
  type ImportFamily,
  libraryImportType,
  libraryModule,
  type RaiseReason,
  raiseReasons,
} from '../abi.js'
import type { FunctionReference } from '../encoder/function-body.js'
import { ModuleBuilder } from '../encoder/module-builder.js'
import type { FunctionType, ValueType } from '../encoder/value-types.js'
import type { Charge, Site } from '../metadata/debug.js'
import type { FunctionMetadata, RaiseSite } from '../metadata/metadata.js'
import { type FunctionLimits, moduleLimits } from '../module-limits.js'
import { ConstantPool } from './constant-pool.js'
import type { Part } from './emit-parts.js'
import type { LambdaFacts, UnitFacts } from './facts.js'
import {
  emitBoxInt,
  emitCallHelper,
  emitChargeEach,
  emitMulOverflows,
  emitPackedCallHelper,
  emitUnboxInt,
} from './helpers.js'
import type { Inference } from './infer.js'
import { representation } from './kinds.js'
import { type PartSize, partSizes } from './split-plan.js'
import type { Version } from './versions.js'

/** When functions are split; tests split everything. */
export interface Splitting {
  readonly limits?: FunctionLimits
  readonly partSizes?: readonly PartSize[]
}

interface MutableFunctionMetadata extends FunctionMetadata {
  readonly adapters: [number, number][]
}

/** A closure entry whose code is still to be written. */
export interface ClosureEntry {
  readonly lambda: LambdaFacts
  /** The version that runs when the closure is called. */
  readonly version: Version
  readonly index: number
  readonly reference: FunctionReference
}

/** The parts of the module that functions share: imports, constants, sites, helper functions, the table. */
export class ModuleEmitter {
  readonly builder = new ModuleBuilder()
  readonly facts: UnitFacts
  readonly inference: Inference
  readonly constants = new ConstantPool(this.builder)
  readonly sites: Site[] = []
  readonly raises: RaiseSite[] = []
  readonly functions: MutableFunctionMetadata[] = []
  /** Versions and entries that code refers to and that are still to be written, in the order of first use. */
  readonly pendingVersions: Version[] = []
  readonly pendingEntries: ClosureEntry[] = []
  readonly pendingParts: Part[] = []
  /** What is too large to be one function, and how it is then divided. */
  readonly limits: FunctionLimits
  readonly partSizes: readonly PartSize[]
  /** Numbers of arguments of calls whose callee is not known. */
  readonly openCallCounts = new Set<number>()
  /** Names of frames that code reads, by frame and name. */
  readonly links = new Map<string, { readonly frame: number; readonly name: string; readonly slot: number }>()
  readonly #entries = new Map<Version, ClosureEntry>()
  /** Asked for at almost every instruction, so by name alone. */
  readonly #hosts = new Map<HostImportName, FunctionReference>()
  readonly #callHelpers = new Map<number, FunctionReference>()
  readonly #globalSlots = new Map<string, number>()
  #packedCallHelper: FunctionReference | undefined
  #boxInt: FunctionReference | undefined
  #linkMaker: FunctionReference | undefined
  #unboxInt: FunctionReference | undefined
  #mulOverflows: FunctionReference | undefined
  #chargeEach: FunctionReference | undefined

  constructor(facts: UnitFacts, inference: Inference, splitting: Splitting = {}) {
    this.facts = facts
    this.inference = inference
    this.limits = splitting.limits ?? moduleLimits
    this.partSizes = splitting.partSizes ?? partSizes
  }

  host(name: HostImportName): FunctionReference {
    let known = this.#hosts.get(name)
    if (known === undefined) {
      known = this.builder.importFunction(hostModule, name, hostImports[name])
      this.#hosts.set(name, known)
    }
    return known
  }

  family(family: ImportFamily, count: number): FunctionReference {
    return this.builder.importFunction(hostModule, `${family}/${count}`, familyType(family, count))
  }

  importLibrary(name: string, count: ArgumentCount, result: 'externref' | 'i32'): FunctionReference {
    return this.builder.importFunction(libraryModule, `${name}/${count}`, libraryImportType(count, result))
  }

  /** The global of a constant value. */
  value(value: Value): number {
    return this.constants.global({ kind: 'value', value })
  }

  /** `frame`: whose aliases it may name. */
  typeConstant(type: Type, frame: number): number {
    return this.constants.global({ kind: 'type', type, frame })
  }

  /** The global variable that holds the link to a name of a frame. */
  linkSlot(frame: number, name: string): number {
    const key = `${frame} ${name}`
    let link = this.links.get(key)
    if (link === undefined) {
      link = { frame, name, slot: this.builder.global('externref') }
      this.links.set(key, link)
    }
    return link.slot
  }

  /** A number for a place in the source, with the fuel that was spent on the way there and not subtracted yet. */
  site(span: Span, frame: number, charges: readonly Charge[] = [], callee = ''): number {
    this.sites.push({ span, frame, callee, charges: [...charges] })
    return this.sites.length - 1
  }

  /** A site that raises by itself. */
  raiseSite(reason: RaiseReason, span: Span, frame: number, charges: readonly Charge[]): number {
    const site = this.site(span, frame, charges)
    const pending = charges.reduce((total, { units }) => total + units, 0)
    this.raises.push({ site, reason: raiseReasons.indexOf(reason), pending })
    return site
  }

  /** The global variable that holds a global of the unit. */
  globalSlot(name: string, type: ValueType): number {
    let slot = this.#globalSlots.get(name)
    if (slot === undefined) this.#globalSlots.set(name, (slot = this.builder.global(type)))
    return slot
  }

  /** Types of the captured values that the code of a version takes. */
  captureTypes(version: Version): ValueType[] {
    return (version.lambda?.needs ?? []).map(variable => this.variableType(version, variable.id))
  }

  /** How a variable is held: cells and function objects are references. */
  variableType(version: Version, id: number): ValueType {
    const variable = this.facts.variable(id)
    if (variable.cell || this.facts.functionOf(id) !== undefined) return 'externref'
    return representation(this.inference.variableKinds(version, id))
  }

  versionType(version: Version): FunctionType {
    const params = version.params.map(representation)
    // A vector in memory is its address and size, a record its address.
    const inMemory = version.shapes.flatMap((shape): ValueType[] => {
      if (shape === undefined) return []
      return shape.isVector ? ['i32', 'i32'] : ['i32']
    })
    return {
      params: ['i32', 'i32', ...this.captureTypes(version), ...params, ...inMemory],
      results: [representation(version.result), 'i32'],
    }
  }

  /** The function of a version; asking for it makes it part of the module. */
  function(version: Version): FunctionReference {
    if (version.reference === undefined) {
      const name =
        version.lambda === undefined ? '@init' : `${version.lambda.node.name ?? 'fn'} ${kindsText(version)}`
      version.reference = this.builder.declare(name, this.versionType(version))
      this.pendingVersions.push(version)
    }
    return version.reference
  }

  /** Number, in the functions of the module, of the closure objects of a function that code of `from` makes. */
  closureIndex(lambda: LambdaFacts, from: Version): number {
    const version = this.inference.closureVersion(lambda, from)
    let entry = this.#entries.get(version)
    if (entry === undefined) {
      const { node } = lambda
      const count = node.params.length + (node.rest === undefined ? 0 : 1)
      const reference = this.builder.declare(`${node.name ?? 'fn'} closure`, closureTypeOf(count))
      const index = this.functions.length
      entry = { lambda, version, index, reference }
      this.#entries.set(version, entry)
      this.pendingEntries.push(entry)
      this.functions.push({
        name: node.name ?? '',
        arity: node.params.length,
        hasRest: node.rest !== undefined,
        source: node.id,
        captures: lambda.needs.length,
        entry: this.builder.tableEntry(reference),
        adapters: [],
        asks: this.facts.asks(node) ? this.facts.frameOf(node) + 1 : 0,
      })
    }
    return entry.index
  }

  get entries(): Iterable<ClosureEntry> {
    return this.#entries.values()
  }

  /** Calls a value of which nothing is known, with `count` arguments. */
  callHelper(count: number): FunctionReference {
    let helper = this.#callHelpers.get(count)
    if (helper === undefined) {
      this.openCallCounts.add(count)
      helper = emitCallHelper(this, count)
      this.#callHelpers.set(count, helper)
    }
    return helper
  }

  /** The same with all arguments in one vector. */
  get packedCallHelper(): FunctionReference {
    return (this.#packedCallHelper ??= emitPackedCallHelper(this))
  }

  /** Makes the links; its code is written when all of them are known. */
  get linkMaker(): FunctionReference {
    return (this.#linkMaker ??= this.builder.declare('links', { params: [], results: [] }))
  }

  /** i64 to a reference. */
  get boxInt(): FunctionReference {
    return (this.#boxInt ??= emitBoxInt(this))
  }

  /** A reference that is known to be an Integer to i64. */
  get unboxInt(): FunctionReference {
    return (this.#unboxInt ??= emitUnboxInt(this))
  }

  /** Charges a call one by one, so that a budget that ends in the middle is found where it ends. */
  get chargeEach(): FunctionReference {
    return (this.#chargeEach ??= emitChargeEach(this))
  }

  /** Whether the product of two i64 does not fit. */
  get mulOverflows(): FunctionReference {
    return (this.#mulOverflows ??= emitMulOverflows(this))
  }
}

function closureTypeOf(count: number): FunctionType {
  const args = new Array<ValueType>(count).fill('externref')
  return { params: ['i32', 'i32', 'externref', ...args], results: ['externref', 'i32'] }
}

/** `int float any`: how a version's arguments arrive, for the names of functions. */
function kindsText(version: Version): string {
  const text = version.params.map((kinds, index) => {
    const shape = version.shapes[index]
    if (shape !== undefined) return shape.isVector ? 'records' : 'record'
    const type = representation(kinds)
    return type === 'externref' ? 'any' : type
  })
  return `(${text.join(' ')})${version.checked ? '' : ' unchecked'}`
}
