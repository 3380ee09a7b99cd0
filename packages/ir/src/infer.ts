import { isSubtype, Keyword, type Type, typeOfValue, types } from '@rtfs/core'
import { resultOfCall } from './arithmetic-types.js'
import { assertNever, forEachChild, mapChildren } from './children.js'
import { libraryRow } from './library.js'
import { type Narrowed, narrow } from './narrow.js'
import type * as n from './nodes.js'
import { cellSlot, globalSlot, recurSlot, Slots } from './slots.js'
import {
  afterCheck,
  bounded,
  conforming,
  falsyPart,
  isOnly,
  join,
  membersOf,
  withoutNil,
} from './trusted-types.js'
import { variablesOf } from './variables.js'

export interface InferOptions {
  /**
   * True when units to come may define names in the same frame again (a session): then nothing is known of global
   * names. Default false.
   */
  readonly openGlobals?: boolean
  /** The type of an export of another module. Default: nothing is known. */
  readonly moduleType?: (module: string, name: string) => Type | undefined
  /**
   * Types of parameters without annotation, by variable id, that every call keeps to: for an engine that makes a
   * version of a function for certain argument types. Default: nothing is known of them.
   */
  readonly assume?: ReadonlyMap<number, Type>
}

export interface Inferred {
  /** The unit with the type of every node filled in. */
  readonly unit: n.Unit
  /** Types of variables by id: what they may hold once they hold something. */
  readonly variables: ReadonlyMap<number, Type>
  /** Types of the unit's own global names. */
  readonly globals: ReadonlyMap<string, Type>
}

/** Rounds until which types may still grow by a little; what grows after that becomes `any`. */
const patience = 6

/**
 * Bottom-up inference (LANGUAGE §18.4). A type says what the value certainly is, so an engine may rely on it:
 * annotations count for what their check guarantees. Recursive functions and loops are solved by going over the unit
 * until nothing changes, from "never returns" upwards; what does not settle becomes `any`.
 */
export function infer(unit: n.Unit, options: InferOptions = {}): Inferred {
  const inference = new Inference(options)
  for (let round = 0; inference.round(unit, round >= patience); round++);
  const typed = (node: n.Node): n.Node => {
    const inner = mapChildren(node, typed)
    const type = inference.types.get(node.id) ?? types.any
    return type === inner.type ? inner : { ...inner, type }
  }
  const typeOfVariable = (variable: n.Variable): Type => {
    return variable.cell ? inference.cellType(variable) : (inference.variables.get(variable.id) ?? types.any)
  }
  return {
    unit: { ...unit, forms: unit.forms.map(typed) },
    variables: new Map([...variablesOf(unit.forms).values()].map(each => [each.id, typeOfVariable(each)])),
    globals: inference.globalsOf('', unit.globals),
  }
}

class Inference {
  /** Types of nodes by id, as of the last round. */
  readonly types = new Map<number, Type>()
  readonly variables = new Map<number, Type>()
  readonly #options: InferOptions
  readonly #slots = new Slots()
  #root: { readonly name: string; readonly globals: ReadonlySet<string> } = { name: '', globals: new Set() }

  constructor(options: InferOptions) {
    this.#options = options
  }

  /** Goes over the unit once; true when that has to be done again. */
  round(unit: n.Unit, impatient: boolean): boolean {
    this.#slots.startRound()
    this.#frame('', unit.forms, unit.globals)
    return this.#slots.settle(impatient)
  }

  globalsOf(root: string, names: readonly string[]): ReadonlyMap<string, Type> {
    return new Map(names.map(name => [name, this.#slots.read(globalSlot(root, name)) ?? types.never]))
  }

  /** What a cell may hold once it is filled. */
  cellType(variable: n.Variable): Type {
    return this.#slots.read(cellSlot(variable.id)) ?? types.never
  }

  /** The forms of the unit (its name is empty) or of a module in it. */
  #frame(name: string, forms: readonly n.Node[], globals: readonly string[]): void {
    const outer = this.#root
    this.#root = { name, globals: new Set(globals) }
    this.#body(forms, new Map())
    this.#root = outer
  }

  #all(nodes: readonly n.Node[], known: Narrowed): readonly Type[] {
    const all: Type[] = []
    for (const node of nodes) all.push(this.node(node, known))
    return all
  }

  #body(nodes: readonly n.Node[], known: Narrowed): Type {
    let last: Type = types.nil
    for (const node of nodes) last = this.node(node, known)
    return last
  }

  node(node: n.Node, known: Narrowed): Type {
    const type = bounded(this.#typeOf(node, known))
    this.types.set(node.id, type)
    return type
  }

  #typeOf(node: n.Node, known: Narrowed): Type {
    switch (node.kind) {
      case 'literal':
      case 'quote':
        return typeOfValue(node.value)
      case 'ref':
        return this.#ref(node, known)
      case 'qualified-ref':
        return this.#options.moduleType?.(node.module, node.name) ?? types.any
      case 'def': {
        const type = this.node(node.init, known)
        this.#define(node, type)
        return type
      }
      case 'defstruct': {
        const type = types.fn([types.any], undefined, types.anyMap)
        this.#define(node, type)
        return type
      }
      case 'lambda':
        return this.#lambda(node, known)
      case 'apply':
        return this.#apply(node, known)
      case 'if':
      case 'step-if': {
        if (node.kind === 'step-if' && node.options !== undefined) this.node(node.options, known)
        this.node(node.test, known)
        const then = this.node(node.then, this.#narrow(node.test, true, known))
        const inElse = this.#narrow(node.test, false, known)
        return join([then, node.else === undefined ? types.nil : this.node(node.else, inElse)])
      }
      case 'do':
        return this.#body(node.body, known)
      case 'let':
        this.#bindings(node.bindings, known)
        return this.#body(node.body, known)
      case 'loop':
        return this.#loop(node, known)
      case 'recur': {
        const args = this.#all(node.args, known)
        for (const [index, type] of args.entries()) this.#slots.write(recurSlot(node.target, index), type)
        return types.never
      }
      case 'and':
        return this.#and(node, known)
      case 'or':
        return this.#or(node, known)
      case 'match':
        return this.#match(node, known)
      case 'try': {
        const body = this.#body(node.body, known)
        const handlers = node.catches.map(clause => {
          for (const variable of clause.variables) this.variables.set(variable.id, types.error)
          return this.#body(clause.body, known)
        })
        if (node.finally !== undefined) this.#body(node.finally, known)
        return join([body, ...handlers])
      }
      case 'throw':
        this.node(node.value, known)
        return types.never
      case 'parallel': {
        const entries = node.bindings.map(({ name, init }) =>
          types.entry(Keyword.intern(name), this.node(init, known)),
        )
        return types.record(entries)
      }
      case 'with-resource': {
        const init = this.node(node.init, known)
        this.variables.set(node.variable.id, better(init, afterCheck(node.resourceType)))
        return this.#body(node.body, known)
      }
      case 'log-step':
        return this.#body(node.values, known)
      case 'step': {
        for (const option of [node.exposeContext, node.contextKeys, node.params])
          if (option !== undefined) this.node(option, known)
        if (node.paramsVariable !== undefined) this.variables.set(node.paramsVariable.id, types.anyMap)
        return this.#body(node.body, known)
      }
      case 'step-loop': {
        if (node.options !== undefined) this.node(node.options, known)
        this.node(node.test, known)
        return join([this.node(node.body, known), types.nil])
      }
      case 'step-parallel':
        for (const option of node.options) this.node(option.value, known)
        return vectorOf(this.#all(node.branches, known))
      case 'for':
        for (const clause of node.clauses) this.#forClause(clause, known)
        return types.vector(this.#body(node.body, known))
      case 'dotimes':
        this.node(node.count, known)
        this.variables.set(node.variable.id, types.int)
        this.#body(node.body, known)
        return types.nil
      case 'host-call':
        this.node(node.capability, known)
        this.#all(node.args, known)
        return types.any
      case 'discover-agents':
        this.node(node.criteria, known)
        if (node.options !== undefined) this.node(node.options, known)
        return types.any
      case 'context-get':
        if (node.local !== undefined) this.node(node.local, known)
        return types.any
      case 'vector':
        return vectorOf(this.#all(node.elements, known))
      case 'map':
        return this.#map(node, known)
      case 'quasiquote':
        forEachChild(node, child => void this.node(child, known))
        return types.any
      case 'cast':
        return better(this.node(node.value, known), afterCheck(node.target))
      case 'conforms':
        this.node(node.value, known)
        return types.bool
      case 'hints':
      case 'charge':
        return this.node(node.body, known)
      case 'deftest':
        this.#body(node.body, known)
        return types.any
      case 'is':
        this.node(node.form, known)
        if (node.message !== undefined) this.node(node.message, known)
        return types.any
      case 'module':
        this.#frame(node.name, node.body, node.globals)
        return types.anyMap
      case 'object':
        for (const property of node.properties) this.node(property.value, known)
        return types.anyMap
      case 'deftype':
      case 'defmacro':
      case 'import':
        return types.nil
      case 'resource-ref':
      case 'task-context':
        return types.any
      default:
        return assertNever(node)
    }
  }

  #ref(node: n.VariableRefNode, known: Narrowed): Type {
    switch (node.scope) {
      case 'local':
        return (
          known.get(node.variable) ??
          this.variables.get(node.variable) ??
          this.#slots.read(cellSlot(node.variable)) ??
          types.never
        )
      case 'global':
        return this.#global(node.name)
      case 'builtin':
        return libraryRow(node.name)?.type ?? types.any
      case 'dynamic':
        return types.any
    }
  }

  /** A name of the frame that the unit does not define comes from an import or another unit. */
  #global(name: string): Type {
    if (this.#options.openGlobals || !this.#root.globals.has(name)) return types.any
    return this.#slots.read(globalSlot(this.#root.name, name)) ?? types.never
  }

  #define(node: n.DefNode | n.DefstructNode, type: Type): void {
    this.#slots.write(
      node.variable === undefined ? globalSlot(this.#root.name, node.name) : cellSlot(node.variable.id),
      type,
    )
  }

  #narrow(test: n.Node, outcome: boolean, known: Narrowed): Narrowed {
    return narrow(test, outcome, known, id => this.variables.get(id))
  }

  #lambda(node: n.LambdaNode, known: Narrowed): Type {
    const params = node.params.map((param, index) => {
      this.#bind(param.pattern, this.#paramType(node, param, index), known)
      return param.annotation ?? types.any
    })
    if (node.rest !== undefined) {
      const element = node.rest.annotation === undefined ? types.any : afterCheck(node.rest.annotation)
      this.#bind(node.rest.pattern, types.list(element), known)
    }
    const rest = node.rest === undefined ? undefined : (node.rest.annotation ?? types.any)
    if (node.self !== undefined) {
      const result = this.#slots.read(cellSlot(node.self.id)) ?? types.never
      this.variables.set(node.self.id, types.fn(params, rest, result))
    }
    const isDeclaration = node.body.length === 0
    const body = isDeclaration ? types.any : this.#body(node.body, known)
    const result =
      node.returnType === undefined ? this.#delegated(node, body) : better(body, afterCheck(node.returnType))
    if (node.self !== undefined) this.#slots.write(cellSlot(node.self.id), result)
    return types.fn(params, rest, result)
  }

  #paramType(node: n.LambdaNode, param: n.ParamNode, index: number): Type {
    if (param.annotation !== undefined) return afterCheck(param.annotation)
    const assumed =
      param.pattern.kind === 'bind' ? this.#options.assume?.get(param.pattern.variable.id) : undefined
    if (assumed === undefined) return types.any
    return join([assumed, this.#slots.read(recurSlot(node.id, index)) ?? types.never])
  }

  /** A call of a function with a hint may be answered elsewhere: only its annotation says what comes back. */
  #delegated(node: n.LambdaNode, body: Type): Type {
    return node.hint === undefined || node.hint.kind === 'local' ? body : types.any
  }

  #apply(node: n.ApplyNode, known: Narrowed): Type {
    const callee = this.node(node.callee, known)
    const args = this.#all(node.args, known)
    // The call is not made when its callee or an argument never has a value.
    if ([callee, ...args].some(type => isOnly(type, 'never'))) return types.never
    if (node.callee.kind === 'ref' && node.callee.scope === 'builtin')
      return this.#builtinCall(node.callee.name, args)
    if (node.callee.kind === 'literal' && node.callee.value instanceof Keyword)
      return keywordCall(node.callee.value, args)
    return join(membersOf(callee).map(resultOf))
  }

  #builtinCall(name: string, args: readonly Type[]): Type {
    const row = libraryRow(name)
    // What comes from the host is whatever the host gives.
    if (row === undefined || row.purity === 'effect') return types.any
    return resultOfCall(name, args) ?? resultOf(row.type)
  }

  #and(node: n.AndNode, known: Narrowed): Type {
    if (node.operands.length === 0) return types.bool
    const parts = this.#chain(node.operands, true, known)
    return join([...parts.slice(0, -1).map(falsyPart), parts.at(-1)!])
  }

  #or(node: n.OrNode, known: Narrowed): Type {
    if (node.operands.length === 0) return types.nil
    const parts = this.#chain(node.operands, false, known)
    return join([...parts.slice(0, -1).map(withoutNil), parts.at(-1)!])
  }

  /** Each operand runs only when all before it came out as `outcome`. */
  #chain(operands: readonly n.Node[], outcome: boolean, known: Narrowed): readonly Type[] {
    return operands.map(operand => {
      const type = this.node(operand, known)
      known = this.#narrow(operand, outcome, known)
      return type
    })
  }

  #map(node: n.MapNode, known: Narrowed): Type {
    const entries = node.entries.map(entry => ({
      key: entry.key,
      keyType: this.node(entry.key, known),
      value: this.node(entry.value, known),
    }))
    const keywords = entries.every(({ key }) => key.kind === 'literal' && key.value instanceof Keyword)
    if (!keywords) return types.anyMap
    return types.record(entries.map(({ key, value }) => types.entry((key as n.LiteralNode).value, value)))
  }

  #bindings(bindings: readonly n.LetBinding[], known: Narrowed): void {
    for (const { pattern, init } of bindings) {
      const type = this.node(init, known)
      this.#bind(pattern, type, known)
    }
  }

  /** Loop variables hold what the inits or any `recur` gives them. */
  #loop(node: n.LoopNode, known: Narrowed): Type {
    node.bindings.forEach(({ pattern, init }, index) => {
      const first = this.node(init, known)
      const slot = recurSlot(node.id, index)
      const again = this.#slots.read(slot)
      this.#bind(pattern, again === undefined ? first : bounded(join([first, again])), known)
    })
    return this.#body(node.body, known)
  }

  #forClause(clause: n.IrForClause, known: Narrowed): void {
    switch (clause.kind) {
      case 'for-binding': {
        const collection = this.node(clause.collection, known)
        this.#bind(clause.pattern, elementOf(collection), known)
        return
      }
      case 'for-when':
      case 'for-while':
        this.node(clause.test, known)
        return
      case 'for-let':
        this.#bindings(clause.bindings, known)
        return
    }
  }

  #setVariable(variable: n.Variable, type: Type): void {
    if (variable.cell) this.#slots.write(cellSlot(variable.id), type)
    else this.variables.set(variable.id, type)
  }

  #bind(pattern: n.IrPattern, type: Type, known: Narrowed): void {
    switch (pattern.kind) {
      case 'bind':
        this.#setVariable(pattern.variable, type)
        return
      case 'wildcard':
        return
      case 'vector-pattern': {
        const element = join([elementOfSequence(type), types.nil])
        for (const each of pattern.elements) this.#bind(each, element, known)
        if (pattern.rest !== undefined) this.#bind(pattern.rest, types.list(elementOfSequence(type)), known)
        if (pattern.as !== undefined) this.#setVariable(pattern.as, type)
        return
      }
      case 'map-pattern':
        for (const entry of pattern.entries) {
          if (entry.default !== undefined) this.node(entry.default, known)
          this.#bind(entry.pattern, types.any, known)
        }
        if (pattern.rest !== undefined) this.#setVariable(pattern.rest, types.anyMap)
        if (pattern.as !== undefined) this.#setVariable(pattern.as, type)
    }
  }

  #match(node: n.MatchNode, known: Narrowed): Type {
    const subject = this.node(node.subject, known)
    const results = node.clauses.map(clause => {
      this.#matchPattern(clause.pattern, subject)
      let inside = known
      if (clause.guard !== undefined) {
        this.node(clause.guard, known)
        inside = this.#narrow(clause.guard, true, known)
      }
      return this.node(clause.body, inside)
    })
    return join(results)
  }

  #matchPattern(pattern: n.IrMatchPattern, type: Type): void {
    switch (pattern.kind) {
      case 'match-bind':
        this.#setVariable(pattern.variable, type)
        return
      case 'match-as': {
        const inner =
          pattern.pattern.kind === 'match-is' ? better(type, conforming(pattern.pattern.target)) : type
        if (!pattern.same) this.#setVariable(pattern.variable, inner)
        this.#matchPattern(pattern.pattern, type)
        return
      }
      case 'match-vector':
        for (const element of pattern.elements) this.#matchPattern(element, elementOfSequence(type))
        if (pattern.rest !== undefined) this.#matchPattern(pattern.rest, types.list(elementOfSequence(type)))
        return
      case 'match-map':
        for (const entry of pattern.entries) this.#matchPattern(entry.pattern, types.any)
        if (pattern.rest !== undefined) this.#matchPattern(pattern.rest, types.anyMap)
        return
      case 'match-literal':
      case 'match-alternatives':
      case 'match-any':
      case 'match-same':
      case 'match-is':
        return
    }
  }
}

/** The more exact of what is known without and with a check. */
function better(type: Type, checked: Type): Type {
  return isSubtype(type, checked, undefined, { exact: true }) ? type : checked
}

/** What a call of a value of this type gives. */
function resultOf(type: Type): Type {
  if (type.kind === 'function') return type.result
  return isOnly(type, 'never') ? types.never : types.any
}

function vectorOf(elements: readonly Type[]): Type {
  return types.vector(elements.length === 0 ? types.any : join(elements))
}

/** `(:k m)` on a map made by a literal: inference has no other record types, so the key is there. */
function keywordCall(key: Keyword, args: readonly Type[]): Type {
  const [map] = args
  if (map?.kind !== 'record') return types.any
  return map.entries.find(each => each.key === key)?.type ?? types.any
}

/** Elements that `for` takes from a collection. */
function elementOf(type: Type): Type {
  if (type.kind === 'vector' || type.kind === 'list' || type.kind === 'seq') return type.element
  return isOnly(type, 'string') ? types.string : types.any
}

/** Elements of what a vector pattern takes apart. */
function elementOfSequence(type: Type): Type {
  return type.kind === 'vector' || type.kind === 'list' || type.kind === 'seq' ? type.element : types.any
}
