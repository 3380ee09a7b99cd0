import { formatType, RtfsError, unsupported } from '@rtfs/core'
import type { CompiledExport, CompileOptions } from '@rtfs/interfaces'
import { bundleModules, functionType, type Node, sourceName, type Unit } from '@rtfs/ir'
import { abiExports, maxExportParams, metadataSection } from '../abi.js'
import { FunctionBody } from '../encoder/function-body.js'
import { encodeDebug } from '../metadata/debug.js'
import { encodeMetadata } from '../metadata/metadata.js'
import { excessOf, moduleLimits } from '../module-limits.js'
import { castKinds } from './casts.js'
import { notCovered } from './coverage.js'
import { emitAdapters, emitClosureEntry, emitEnters, emitSetup } from './emit-entries.js'
import { type ExportedFunction, emitExport, emitInit } from './emit-exports.js'
import { emitVersion } from './emit-functions.js'
import { emitLinks } from './emit-linked.js'
import { definePart } from './emit-parts.js'
import { type LambdaFacts, UnitFacts } from './facts.js'
import { forEachDefinition, reachableGlobals, runsNothing, typeAliasesOf } from './globals.js'
import { Inference } from './infer.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { linkUnit } from './link-unit.js'
import { ModuleEmitter, type Splitting } from './module-emitter.js'
import { argumentCount } from './parameters.js'

export interface CompiledUnit {
  readonly bytes: Uint8Array
  readonly imports: readonly string[]
  readonly exports: readonly CompiledExport[]
  readonly debug: Uint8Array
}

/** Compiles a unit to a module. Throws UnsupportedError naming the form that is not covered. */
export function compileUnit(
  source: Unit,
  options: CompileOptions = {},
  splitting: Splitting = {},
): CompiledUnit {
  const unit = options.bundle === true ? bundleModules(source, 'wasm') : source
  const linked = options.linked === true ? linkUnit(unit, options) : undefined
  const facts = new UnitFacts(linked?.unit ?? unit, linked?.linkage)
  const names = linked === undefined ? exportedNames(facts, options) : []
  const forms = options.program === true ? facts.forms : neededForms(facts, names)
  if (options.program === true && linked === undefined) requireAliasesFirst(facts.forms)
  const types = linked === undefined ? typeAliasesOf(facts.forms) : []
  const inference = new Inference(facts, forms, options.closed ?? false)
  const exported = names.map(name => exportedFunction(facts, inference, name))
  inference.run()
  const module = new ModuleEmitter(facts, inference, splitting)
  module.builder.exportMemory(abiExports.memory, 1, facts.passes.size === 0 ? 1 : moduleLimits.memoryPages)
  const hasInit = forms.length > 0 || options.program === true || readsCells(facts, names)
  if (hasInit) emitInit(module)
  const exports = exported.map(each => emitExport(module, each))
  emitPending(module)
  if (linked !== undefined) emitLinkMaker(module)
  emitAdapters(module)
  emitEnters(module)
  emitSetup(module)
  const aliases = new Map(types)
  const { constants, functions, raises } = module
  const metadata = { constants: constants.constants, functions, raises, exports, types, hasInit }
  module.builder.custom(metadataSection, encodeMetadata(metadata))
  const bytes = module.builder.toBytes()
  requireLoadable(module, bytes.length)
  return {
    bytes,
    imports: module.builder.importNames().sort(),
    exports: exported.map(({ name, general }) => {
      return {
        name,
        exportName: name,
        signature: formatType(functionType(general.lambda!.node), alias => aliases.get(alias)),
      }
    }),
    debug: encodeDebug(module.sites),
  }
}

function emitLinkMaker(module: ModuleEmitter): void {
  const body = new FunctionBody(0)
  emitLinks(module, body)
  module.builder.define(module.linkMaker, body)
}

/** Throws UnsupportedError for code that a loader would refuse. */
function requireLoadable({ builder, functions }: ModuleEmitter, bytes: number): void {
  if (bytes > moduleLimits.bytes) throw unsupported('wasm', 'a program of more than 8 MiB of code')
  if (functions.length > moduleLimits.tableSize)
    throw unsupported('wasm', `a program of more than ${moduleLimits.tableSize} function values`)
  if (builder.sizes.some(size => excessOf(size) !== undefined))
    throw unsupported('wasm', 'a function of this size')
  if (builder.mostParams > moduleLimits.params)
    throw unsupported('wasm', 'a function of so many parameters or captured values')
}

/** Writes the functions that code refers to until none is missing. */
function emitPending(module: ModuleEmitter): void {
  for (;;) {
    const version = module.pendingVersions.shift()
    if (version !== undefined) {
      if (version.lambda !== undefined) emitVersion(module, version)
      continue
    }
    const entry = module.pendingEntries.shift()
    if (entry !== undefined) {
      emitClosureEntry(module, entry)
      continue
    }
    const part = module.pendingParts.shift()
    if (part === undefined) return
    definePart(module, part)
  }
}

/** The functions to export: those asked for, or all that the top level defines once and that can be exported. */
function exportedNames(facts: UnitFacts, { exports }: CompileOptions): readonly string[] {
  if (exports === undefined) {
    return (
      [...facts.globals.values()]
        .filter(
          ({ kind, lambda }) =>
            kind === 'function' && argumentCount(facts.lambda(lambda!).node) <= maxExportParams,
        )
        // Functions of modules have a space in their names.
        .filter(({ name }) => sourceName(name) === name)
        .map(({ name }) => name)
    )
  }
  for (const name of exports) {
    const global = facts.globals.get(name)
    if (global === undefined) throw new RtfsError('RTFS_USAGE', `the unit does not define ${name}`)
    if (global.kind !== 'function')
      throw unsupported('wasm', `an export of ${name}, which is no fixed function`)
  }
  return [...new Set(exports)]
}

/**
 * The forms that have to run before the exported functions can be called: definitions of the values they mention.
 * Other forms of the top level are the business of whoever runs the program.
 */
function neededForms(facts: UnitFacts, names: readonly string[]): readonly Node[] {
  const needed = reachableGlobals(names, name => facts.globals.get(name)?.mentions)
  return facts.forms.filter(form => {
    let wanted = false
    forEachDefinition(form, ({ name }) => {
      wanted ||= needed.has(name) && !isKnownAtOnce(facts, name)
    })
    return wanted
  })
}

/** True when exported functions may read a global whose cell has to be made, even if nothing ever fills it. */
function readsCells(facts: UnitFacts, names: readonly string[]): boolean {
  const needed = reachableGlobals(names, name => facts.globals.get(name)?.mentions)
  return [...needed].some(name => facts.globals.get(name)?.kind === 'cell')
}

/** True for globals that are there without running anything. */
function isKnownAtOnce(facts: UnitFacts, name: string): boolean {
  const { kind, definitions } = facts.globals.get(name)!
  const [only] = definitions
  return (
    kind === 'function' ||
    kind === 'struct' ||
    (kind === 'value' && only?.kind === 'def' && only.init.kind === 'literal')
  )
}

/**
 * Aliases are known to a module from the start. That is what a program sees too, unless something runs before an
 * alias is defined.
 */
function requireAliasesFirst(forms: readonly Node[]): void {
  let ran = false
  for (const form of forms) {
    if (ran && (form.kind === 'deftype' || form.kind === 'defstruct'))
      throw notCovered(form, 'a type defined after other forms')
    ran ||= !runsNothing(form)
  }
}

function exportedFunction(facts: UnitFacts, inference: Inference, name: string): ExportedFunction {
  const lambda = facts.lambda(facts.globals.get(name)!.lambda!)
  const { node } = lambda
  if (argumentCount(node) > maxExportParams)
    throw unsupported('wasm', 'a function of so many parameters', node.span)
  const anything = new Array<Kinds>(argumentCount(node)).fill(k.any)
  return {
    name,
    preferred: inference.version(lambda, inference.top, preferredKinds(lambda, inference)),
    general: inference.version(lambda, inference.top, anything),
  }
}

/** What callers will most likely pass: what annotations say, and ints for parameters that are used as numbers. */
function preferredKinds(lambda: LambdaFacts, inference: Inference): readonly Kinds[] {
  const { node } = lambda
  const { params } = inference.profile(lambda)
  const kinds = node.params.map(({ annotation }, index): Kinds => {
    if (annotation !== undefined) return k.parameterKinds(castKinds(k.any, annotation))
    return params.has(index) ? k.int : k.any
  })
  return node.rest === undefined ? kinds : [...kinds, k.any]
}
