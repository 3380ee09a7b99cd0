import { type Digest, Keyword, RtfsSequence, RtfsSymbol, type Value } from '@rtfs/core'
import type { FunctionDescription, FunctionExample } from '@rtfs/interfaces'
import {
  codeHashes,
  type DefNode,
  functionInterface,
  inferEffects,
  type LambdaNode,
  type ModuleNode,
  type Node,
  typeAliases,
  type Unit,
} from '@rtfs/ir'

/** A function of a program or module, with what identifies it and what it says of itself. */
export interface FunctionInfo {
  readonly name: string
  /** Module it is defined in, `undefined` at the top of a program. */
  readonly module: string | undefined
  /** Name with its module: `shop/total`. */
  readonly symbol: string
  /** Canonical type text. */
  readonly signature: string
  readonly interfaceHash: Digest
  /** `undefined` for a declaration without a body. */
  readonly codeHash: Digest | undefined
  /** Sorted capability ids. */
  readonly effects: readonly string[]
  /** `:task`, or the documentation string. */
  readonly task: string | undefined
  /** `:examples` (LANGUAGE §3.5). */
  readonly examples: readonly FunctionExample[]
  /** Whether other modules see it; in a program every function counts as exported. */
  readonly exported: boolean
  readonly lambda: LambdaNode
}

/** The functions that a unit defines at its top, or in its modules. */
export function functionsOf(unit: Unit): readonly FunctionInfo[] {
  const forms = flatten(unit.forms)
  const modules = forms.filter(form => form.kind === 'module')
  const own = functionsIn(unit, forms, undefined, () => true)
  return [
    ...own,
    ...modules.flatMap(module => functionsIn(unit, flatten(module.body), module.name, exportTest(module))),
  ]
}

/** A function of the unit by its name, with or without its module; `undefined` when there is none. */
export function findFunction(unit: Unit, name: string): FunctionInfo | undefined {
  const functions = functionsOf(unit)
  return functions.find(each => each.symbol === name) ?? functions.find(each => each.name === name)
}

/** What the module cache needs to know of a function. */
export function describeFunction(info: FunctionInfo): FunctionDescription {
  const { symbol, signature, interfaceHash, codeHash, task, examples, lambda } = info
  return {
    symbol,
    signature,
    interfaceHash,
    codeHash,
    task,
    examples,
    allowsInterfaceHit: lambda.hint?.kind === 'l4',
  }
}

function functionsIn(
  unit: Unit,
  forms: readonly Node[],
  module: string | undefined,
  isExported: (name: string) => boolean,
): readonly FunctionInfo[] {
  const scope = module === undefined ? {} : { module }
  const hashes = codeHashes(unit, scope)
  const effects = inferEffects(unit, scope)
  const resolve = typeAliases(unit, module)
  return forms.filter(isFunction).map(({ name, init }) => {
    const { signature, hash, effects: sorted } = functionInterface(init, effects.get(name) ?? [], resolve)
    return {
      name,
      module,
      symbol: module === undefined ? name : `${module}/${name}`,
      signature,
      interfaceHash: hash,
      codeHash: hashes.get(name),
      effects: sorted,
      task: textOf(init.meta.get('task')) ?? init.doc,
      examples: examplesOf(init.meta.get('examples')),
      exported: isExported(name),
      lambda: init,
    }
  })
}

type FunctionNode = DefNode & { readonly init: LambdaNode }

function isFunction(node: Node): node is FunctionNode {
  return node.kind === 'def' && node.init.kind === 'lambda'
}

/** A `do` at the top is transparent. */
function flatten(forms: readonly Node[]): readonly Node[] {
  return forms.flatMap(form => (form.kind === 'do' ? flatten(form.body) : [form]))
}

function exportTest({ exports, privates }: ModuleNode): (name: string) => boolean {
  return name => (exports === undefined ? !privates.includes(name) : exports.includes(name))
}

/** Pairs `[args expected]` and triples `[args :throws Kind]`; what has another shape is left out. */
function examplesOf(value: Value | undefined): readonly FunctionExample[] {
  if (!(value instanceof RtfsSequence)) return []
  return value.toArray().flatMap((entry): readonly FunctionExample[] => {
    if (!(entry instanceof RtfsSequence)) return []
    const [args, second, third] = entry.toArray()
    if (!(args instanceof RtfsSequence) || second === undefined) return []
    if (entry.size === 2) return [{ args: args.toArray(), expected: second }]
    const throws = second instanceof Keyword && second.name === 'throws' ? kindOf(third) : undefined
    return throws === undefined ? [] : [{ args: args.toArray(), throws }]
  })
}

function kindOf(value: Value | undefined): string | undefined {
  if (value instanceof RtfsSymbol || value instanceof Keyword) return value.name
  return textOf(value)
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
