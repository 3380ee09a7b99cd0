import { unsupported } from '@rtfs/core'
import type {
  ApplyNode,
  ForNode,
  IfNode,
  IrMatchPattern,
  IrPattern,
  LambdaNode,
  LetBinding,
  LoopNode,
  MatchNode,
  Node,
  ParamNode,
  RecurNode,
  TryNode,
  VariableRefNode,
} from '@rtfs/ir'
import { libraryFunction, resultKinds, takes } from './builtin-kinds.js'
import { castKinds } from './casts.js'
import { notCovered, requireCovered } from './coverage.js'
import { templateParts } from './emit-quasiquote.js'
import type { LambdaFacts, UnitFacts } from './facts.js'
import { inlineCall } from './inline-calls.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { type NumericProfile, numericProfile } from './numeric-profile.js'
import { Version } from './versions.js'

/** Versions of one function; further kinds of arguments go to the version that takes anything. */
const maxVersions = 8

/**
 * Finds out what kinds of values expressions have, and which versions of functions are needed. Kinds only grow; a
 * version is looked at again whenever something it depends on has grown, until nothing does.
 */
export class Inference {
  readonly facts: UnitFacts
  /** The top level of the unit: the forms that are run before anything is called. */
  readonly top: Version
  /** The forms of the top level that run. */
  readonly forms: readonly Node[]
  readonly #closed: boolean
  readonly #versions = new Map<string, Version>()
  readonly #counts = new Map<LambdaFacts, number>()
  readonly #profiles = new Map<LambdaFacts, NumericProfile>()
  readonly #globals = new Map<string, Kinds>()
  readonly #globalReaders = new Map<string, Set<Version>>()
  readonly #loops = new Map<number, LoopNode>()
  readonly #queue = new Set<Version>()
  #lastId = 0
  #isDone = false

  /** `closed`: names nobody knows are undefined. */
  constructor(facts: UnitFacts, forms: readonly Node[], closed: boolean) {
    this.facts = facts
    this.forms = forms
    this.#closed = closed
    this.top = new Version(0, undefined, undefined, [], true)
    this.#queue.add(this.top)
  }

  /** Works until nothing changes. */
  run(): void {
    for (const version of this.#queue) {
      this.#queue.delete(version)
      this.#infer(version)
    }
    this.#isDone = true
  }

  /** Kinds of a global that is defined once. */
  globalKinds(name: string): Kinds {
    return this.#globals.get(name) ?? k.never
  }

  /** The version of a function for arguments of these kinds. `parent` is the version of the function around it. */
  version(lambda: LambdaFacts, parent: Version, args: readonly Kinds[], checked = false): Version {
    requireCovered(lambda.node)
    const wanted = args.map(k.parameterKinds)
    const isChecked = checked || !needsCheck(lambda.node, wanted)
    const found = this.#find(lambda, parent, wanted, isChecked)
    if (found !== undefined) return found
    const count = (this.#counts.get(lambda) ?? 0) + 1
    const isGeneral = wanted.every(kinds => kinds === k.any)
    if (count > maxVersions && !isGeneral && !checked) {
      return this.version(
        lambda,
        parent,
        wanted.map(() => k.any),
      )
    }
    if (this.#isDone) throw new Error('code asks for a version that inference has not seen')
    this.#counts.set(lambda, count)
    const made = new Version(++this.#lastId, lambda, parent, wanted, isChecked)
    this.#versions.set(versionKey(lambda, parent, wanted, isChecked), made)
    if (lambda.needs.length > 0) parent.inner.add(made)
    this.#queue.add(made)
    return made
  }

  #find(
    lambda: LambdaFacts,
    parent: Version,
    params: readonly Kinds[],
    checked: boolean,
  ): Version | undefined {
    return this.#versions.get(versionKey(lambda, parent, params, checked))
  }

  /** The version of the function around `lambda` that code of `from` is part of. */
  contextOf(lambda: LambdaFacts, from: Version): Version {
    for (let at: Version | undefined = from; at !== undefined; at = at.parent) {
      if (at.lambda === lambda.parent) return at
    }
    return this.top
  }

  /** The version that the closure object of a function runs: it takes anything. */
  closureVersion(lambda: LambdaFacts, from: Version): Version {
    const params = argumentCount(lambda.node)
    return this.version(lambda, this.contextOf(lambda, from), new Array<Kinds>(params).fill(k.any))
  }

  /** The checked version behind one whose annotations have to be checked. */
  checkedVersion(version: Version): Version {
    const lambda = version.lambda!
    return this.version(lambda, version.parent!, checkedKinds(lambda.node, version.params), true)
  }

  profile(lambda: LambdaFacts): NumericProfile {
    let profile = this.#profiles.get(lambda)
    if (profile === undefined) this.#profiles.set(lambda, (profile = numericProfile(lambda, this.facts)))
    return profile
  }

  /** Kinds of a variable, in whichever version around it lives. */
  variableKinds(version: Version, id: number): Kinds {
    const owner = this.facts.owner(id)
    for (let at: Version | undefined = version; at !== undefined; at = at.parent) {
      if (at.lambda === owner) return at.variables.get(id) ?? k.never
    }
    return k.any
  }

  #setVariable(version: Version, id: number, kinds: Kinds): void {
    const before = version.variables.get(id) ?? k.never
    if ((before | kinds) === before) return
    version.variables.set(id, before | kinds)
    this.#queue.add(version)
    for (const inner of version.inner) this.#requeue(inner)
  }

  /** A captured variable changed: functions further inside may capture it too. */
  #requeue(version: Version): void {
    this.#queue.add(version)
    for (const inner of version.inner) this.#requeue(inner)
  }

  #infer(version: Version): void {
    version.inlined = 0
    const result = this.#result(version)
    if ((version.result | result) === version.result) return
    version.result |= result
    for (const caller of version.callers) this.#queue.add(caller)
  }

  #result(version: Version): Kinds {
    const { lambda } = version
    if (lambda === undefined) return this.#body(version, this.forms)
    const { node } = lambda
    if (!version.checked && !checksInline(node)) return this.#resultOf(this.checkedVersion(version), version)
    const params = node.rest === undefined ? node.params : [...node.params, node.rest]
    params.forEach((param, index) => {
      const kinds = version.params[index]!
      const checked =
        index < node.params.length && param.annotation !== undefined
          ? castKinds(kinds, param.annotation)
          : kinds
      this.#setVariable(version, -1 - index, checked)
      this.#bind(version, param.pattern, version.variables.get(-1 - index)!)
    })
    const body = this.#body(version, node.body)
    const result = node.returnType === undefined ? body : castKinds(body, node.returnType)
    const guard = this.#guardOf(version)
    version.guard = guard
    return guard === undefined ? result : result | this.#resultOf(guard, version)
  }

  /**
   * A version whose number parameters may be anything first looks whether they are ints, if that pays: the int
   * version then does the work.
   */
  #guardOf(version: Version): Version | undefined {
    const lambda = version.lambda!
    const profile = this.profile(lambda)
    if (profile.operations < 3 && !profile.repeats) return undefined
    const params = version.params.map((kinds, index) => {
      return kinds === k.any && profile.params.has(index) ? k.int : kinds
    })
    if (params.every((kinds, index) => kinds === version.params[index])) return undefined
    return this.version(lambda, version.parent!, params, true)
  }

  #resultOf(version: Version, caller: Version): Kinds {
    version.callers.add(caller)
    return version.result
  }

  #body(version: Version, body: readonly Node[]): Kinds {
    let kinds: Kinds = k.nil
    let ends = false
    for (const node of body) {
      kinds = this.#kinds(version, node)
      ends ||= kinds === k.never
    }
    return ends ? k.never : kinds
  }

  #kinds(version: Version, node: Node): Kinds {
    const kinds = this.#compute(version, node)
    version.kinds.set(node.id, kinds)
    return kinds
  }

  #all(version: Version, nodes: readonly Node[]): Kinds[] {
    return nodes.map(node => this.#kinds(version, node))
  }

  #optional(version: Version, nodes: readonly (Node | undefined)[]): void {
    for (const node of nodes) if (node !== undefined) this.#kinds(version, node)
  }

  #compute(version: Version, node: Node): Kinds {
    switch (node.kind) {
      case 'literal':
      case 'quote':
        return k.kindOf(node.value)
      case 'ref':
        return this.#reference(version, node)
      case 'def':
        return this.#definition(version, node)
      case 'lambda':
        return this.#closure(version, node)
      case 'apply':
        return this.#apply(version, node)
      case 'if':
        return this.#if(version, node)
      case 'let': {
        for (const binding of node.bindings) this.#binding(version, binding)
        return this.#body(version, node.body)
      }
      case 'do':
        return this.#body(version, node.body)
      case 'and':
        return this.#and(version, node.operands)
      case 'or':
        return this.#or(version, node.operands)
      case 'loop':
        this.#loops.set(node.id, node)
        for (const binding of node.bindings) this.#binding(version, binding)
        return this.#body(version, node.body)
      case 'recur':
        return this.#recur(version, node)
      case 'match':
        return this.#match(version, node)
      case 'try':
        return this.#try(version, node)
      case 'throw':
        this.#kinds(version, node.value)
        return k.never
      case 'for':
        return this.#for(version, node)
      case 'dotimes': {
        const count = this.#kinds(version, node.count)
        this.#setVariable(version, node.variable.id, k.int)
        this.#body(version, node.body)
        return count === k.never ? k.never : k.nil
      }
      case 'vector':
        return this.#all(version, node.elements).includes(k.never) ? k.never : k.vector
      case 'map': {
        const parts = node.entries.flatMap(({ key, value }) => [key, value])
        return this.#all(version, parts).includes(k.never) ? k.never : k.map
      }
      case 'cast':
        return castKinds(this.#kinds(version, node.value), node.target)
      case 'conforms':
        return this.#kinds(version, node.value) === k.never ? k.never : k.bool
      case 'charge':
        return this.#kinds(version, node.body)
      case 'is':
        return this.#is(version, node)
      case 'host-call':
        return this.#all(version, [node.capability, ...node.args]).includes(k.never) ? k.never : k.any
      case 'task-context':
        return k.any
      case 'context-get':
        return node.local === undefined ? k.any : this.#kinds(version, node.local)
      case 'resource-ref':
        return k.any
      case 'discover-agents':
        this.#kinds(version, node.criteria)
        if (node.options !== undefined) this.#kinds(version, node.options)
        return k.any
      case 'quasiquote':
        this.#all(version, templateParts(node.template))
        return k.any
      case 'hints':
        return this.#kinds(version, node.body)
      case 'log-step': {
        const values = this.#all(version, node.values)
        return values.includes(k.never) ? k.never : (values[values.length - 1] ?? k.nil)
      }
      case 'step':
        this.#optional(version, [node.exposeContext, node.contextKeys, node.params])
        if (node.paramsVariable !== undefined) this.#setVariable(version, node.paramsVariable.id, k.any)
        return this.#body(version, node.body)
      case 'step-if':
        this.#optional(version, [node.options, node.test])
        return (
          this.#kinds(version, node.then) |
          (node.else === undefined ? k.nil : this.#kinds(version, node.else))
        )
      case 'step-loop':
        this.#optional(version, [node.options, node.test])
        return this.#kinds(version, node.body) | k.nil
      case 'step-parallel':
        this.#optional(version, [...node.options.map(({ value }) => value), ...node.branches])
        return k.vector
      case 'parallel':
        this.#optional(
          version,
          node.bindings.map(({ init }) => init),
        )
        return k.map
      case 'with-resource':
        this.#setVariable(version, node.variable.id, this.#kinds(version, node.init))
        return this.#body(version, node.body)
      case 'defmacro':
      case 'deftest':
        return k.nil
      case 'deftype':
        if (!this.forms.includes(node)) throw notCovered(node)
        return k.nil
      case 'defstruct':
        if (node.variable !== undefined || !this.forms.includes(node)) throw notCovered(node)
        return k.fn
      default:
        throw notCovered(node)
    }
  }

  #reference(version: Version, node: VariableRefNode): Kinds {
    switch (node.scope) {
      case 'builtin':
        if (libraryFunction(node.name) === undefined)
          throw unsupported('wasm', `library function ${node.name}`, node.span)
        return k.fn
      case 'local': {
        const lambda = this.facts.functionOf(node.variable)
        if (lambda !== undefined) {
          this.closureVersion(lambda, version)
          return k.fn
        }
        if (this.facts.isCell(this.facts.variable(node.variable))) return k.any
        return this.variableKinds(version, node.variable)
      }
      case 'global':
        return this.#global(version, node)
      case 'dynamic':
        if (!this.#closed) throw unsupported('wasm', `name ${node.name} from outside`, node.span)
        return k.never
    }
  }

  #global(version: Version, node: VariableRefNode): Kinds {
    const facts = this.facts.globals.get(node.name)
    if (facts === undefined) throw unsupported('wasm', `name ${node.name} from outside`, node.span)
    if (facts.kind === 'cell') return k.any
    if (facts.kind === 'struct') return k.fn
    if (facts.lambda !== undefined) {
      this.closureVersion(this.facts.lambda(facts.lambda), version)
      return k.fn
    }
    let readers = this.#globalReaders.get(node.name)
    if (readers === undefined) this.#globalReaders.set(node.name, (readers = new Set()))
    readers.add(version)
    const [definition] = facts.definitions
    if (definition?.kind === 'def' && definition.init.kind === 'literal')
      return k.kindOf(definition.init.value)
    return this.globalKinds(node.name)
  }

  #definition(version: Version, node: Node & { readonly kind: 'def' }): Kinds {
    const { variable, init } = node
    if (init.kind === 'lambda' && this.#isBound(init)) return this.#boundFunction(version, init)
    const kinds = this.#kinds(version, init)
    if (variable === undefined) {
      const before = this.globalKinds(node.name)
      if ((before | kinds) !== before) {
        this.#globals.set(node.name, before | kinds)
        for (const reader of this.#globalReaders.get(node.name) ?? []) this.#queue.add(reader)
      }
    }
    return kinds
  }

  #isBound(lambda: LambdaNode): boolean {
    return this.facts.lambda(lambda).binding !== undefined
  }

  /** A function that is known by its name: its closure object exists only if something uses it as a value. */
  #boundFunction(version: Version, node: LambdaNode): Kinds {
    const lambda = this.facts.lambda(node)
    requireCovered(node)
    if (lambda.escapes) this.closureVersion(lambda, version)
    return k.fn
  }

  #closure(version: Version, node: LambdaNode): Kinds {
    this.closureVersion(this.facts.lambda(node), version)
    return k.fn
  }

  #apply(version: Version, node: ApplyNode): Kinds {
    const { callee } = node
    if (callee.kind === 'ref' && callee.scope === 'builtin') return this.#library(version, node, callee)
    const known = this.facts.knownCallee(callee, node.args.length)
    if (known === undefined) {
      const parts = this.#all(version, [callee, ...node.args])
      return parts.includes(k.never) ? k.never : k.any
    }
    const args = this.#all(version, node.args)
    if (args.includes(k.never)) return k.never
    const target = this.version(known, this.contextOf(known, version), argumentKinds(known.node, args))
    return this.#resultOf(target, version)
  }

  #library(version: Version, node: ApplyNode, callee: VariableRefNode): Kinds {
    this.#kinds(version, callee)
    const args = this.#all(version, node.args)
    if (args.includes(k.never)) return k.never
    const inlined = inlineCall(callee.name, args, node)
    if (inlined !== undefined) {
      version.inlined++
      return inlined.result
    }
    const builtin = libraryFunction(callee.name)!
    return takes(builtin, args.length) ? resultKinds(builtin) : k.never
  }

  #if(version: Version, node: IfNode): Kinds {
    const test = this.#kinds(version, node.test)
    const then = this.#kinds(version, node.then)
    const otherwise = node.else === undefined ? k.nil : this.#kinds(version, node.else)
    if (test === k.never) return k.never
    if (alwaysTrue(test)) return then
    if (test === k.nil) return otherwise
    return then | otherwise
  }

  #and(version: Version, operands: readonly Node[]): Kinds {
    if (operands.length === 0) return k.bool
    const kinds = this.#all(version, operands)
    let result: Kinds = k.never
    for (const [index, operand] of kinds.entries()) {
      if (operand === k.never) return result
      if (index === kinds.length - 1) return result | operand
      result |= operand & (k.nil | k.bool)
      if (operand === k.nil) return result
    }
    return result
  }

  #or(version: Version, operands: readonly Node[]): Kinds {
    if (operands.length === 0) return k.nil
    const kinds = this.#all(version, operands)
    let result: Kinds = k.never
    for (const [index, operand] of kinds.entries()) {
      if (operand === k.never) return result
      if (index === kinds.length - 1) return result | operand
      result |= operand & ~k.nil
      if (alwaysTrue(operand)) return result
    }
    return result
  }

  #binding(version: Version, binding: LetBinding): void {
    const { pattern, init } = binding
    if (
      init.kind === 'lambda' &&
      pattern.kind === 'bind' &&
      this.facts.functionOf(pattern.variable.id) !== undefined
    ) {
      this.#boundFunction(version, init)
      return
    }
    this.#bind(version, pattern, this.#kinds(version, init))
  }

  #bind(version: Version, pattern: IrPattern, kinds: Kinds): void {
    switch (pattern.kind) {
      case 'bind':
        this.#setVariable(version, pattern.variable.id, kinds)
        return
      case 'wildcard':
        return
      case 'vector-pattern':
        for (const element of pattern.elements) this.#bind(version, element, k.any)
        if (pattern.rest !== undefined) this.#bind(version, pattern.rest, k.list)
        if (pattern.as !== undefined) this.#setVariable(version, pattern.as.id, kinds)
        return
      case 'map-pattern':
        for (const entry of pattern.entries) {
          if (entry.default !== undefined) this.#kinds(version, entry.default)
          this.#bind(version, entry.pattern, k.any)
        }
        if (pattern.rest !== undefined) this.#setVariable(version, pattern.rest.id, k.map)
        if (pattern.as !== undefined) this.#setVariable(version, pattern.as.id, kinds)
    }
  }

  #recur(version: Version, node: RecurNode): Kinds {
    const args = this.#all(version, node.args)
    if (args.includes(k.never)) return k.never
    const loop = this.#loops.get(node.target)
    if (loop !== undefined) {
      for (const [index, { pattern }] of loop.bindings.entries()) this.#bind(version, pattern, args[index]!)
      return k.never
    }
    const lambda = version.lambda!.node
    const params: readonly ParamNode[] = lambda.params
    params.forEach((param, index) => {
      const kinds = param.annotation === undefined ? args[index]! : castKinds(args[index]!, param.annotation)
      this.#setVariable(version, -1 - index, kinds)
    })
    if (lambda.rest !== undefined) this.#setVariable(version, -1 - params.length, k.list)
    return k.never
  }

  #match(version: Version, node: MatchNode): Kinds {
    const subject = this.#kinds(version, node.subject)
    let result: Kinds = k.never
    for (const { pattern, guard, body } of node.clauses) {
      this.#matched(version, pattern, subject)
      if (guard !== undefined) this.#kinds(version, guard)
      result |= this.#kinds(version, body)
    }
    return subject === k.never ? k.never : result
  }

  #matched(version: Version, pattern: IrMatchPattern, kinds: Kinds): void {
    switch (pattern.kind) {
      case 'match-bind':
        this.#setVariable(version, pattern.variable.id, kinds)
        return
      case 'match-as':
        if (!pattern.same) this.#setVariable(version, pattern.variable.id, kinds)
        this.#matched(version, pattern.pattern, kinds)
        return
      case 'match-vector':
        for (const element of pattern.elements) this.#matched(version, element, k.any)
        if (pattern.rest !== undefined) this.#matched(version, pattern.rest, k.list)
        return
      case 'match-map':
        for (const entry of pattern.entries) this.#matched(version, entry.pattern, k.any)
        if (pattern.rest !== undefined) this.#matched(version, pattern.rest, k.map)
        return
      default:
    }
  }

  #try(version: Version, node: TryNode): Kinds {
    let result = this.#body(version, node.body)
    for (const { variables, body } of node.catches) {
      for (const variable of variables) this.#setVariable(version, variable.id, k.other)
      result |= this.#body(version, body)
    }
    if (node.finally === undefined) return result
    return this.#body(version, node.finally) === k.never ? k.never : result
  }

  #for(version: Version, node: ForNode): Kinds {
    for (const clause of node.clauses) {
      switch (clause.kind) {
        case 'for-binding':
          this.#kinds(version, clause.collection)
          this.#bind(version, clause.pattern, k.any)
          break
        case 'for-let':
          for (const binding of clause.bindings) this.#binding(version, binding)
          break
        default:
          this.#kinds(version, clause.test)
      }
    }
    this.#body(version, node.body)
    return k.vector
  }

  #is(version: Version, node: Node & { readonly kind: 'is' }): Kinds {
    const message = node.message === undefined ? k.nil : this.#kinds(version, node.message)
    if (node.equality !== undefined) {
      this.#all(version, node.equality)
      return message === k.never ? k.never : k.bool
    }
    return this.#kinds(version, node.form) & ~k.nil
  }
}

/** True when a value of these kinds always counts as true. */
export function alwaysTrue(kinds: Kinds): boolean {
  return (kinds & (k.nil | k.bool)) === 0
}

/** Arguments that the code of a function takes: one for each parameter, and the rest list. */
export function argumentCount(node: LambdaNode): number {
  return node.params.length + (node.rest === undefined ? 0 : 1)
}

/** Kinds of what the code of a function gets, from those of the arguments of a call. */
export function argumentKinds(node: LambdaNode, args: readonly Kinds[]): readonly Kinds[] {
  return node.rest === undefined ? args : [...args.slice(0, node.params.length), k.any]
}

/**
 * True when annotations have to be checked between other work of the entry: a pattern that may raise comes before
 * one. Then there is no separate version for checked arguments.
 */
export function checksInline(node: LambdaNode): boolean {
  const params = node.rest === undefined ? node.params : [...node.params, node.rest]
  const firstPattern = params.findIndex(
    ({ pattern }) => pattern.kind !== 'bind' && pattern.kind !== 'wildcard',
  )
  return (
    firstPattern >= 0 && params.slice(firstPattern + 1).some(({ annotation }) => annotation !== undefined)
  )
}

function needsCheck(node: LambdaNode, kinds: readonly Kinds[]): boolean {
  if (node.rest?.annotation !== undefined) return true
  return node.params.some(
    ({ annotation }, index) => annotation !== undefined && !k.provesType(kinds[index]!, annotation),
  )
}

/** Kinds of the parameters once their annotations have been checked. */
export function checkedKinds(node: LambdaNode, kinds: readonly Kinds[]): readonly Kinds[] {
  return kinds.map((kind, index) => {
    const annotation = node.params[index]?.annotation
    return annotation === undefined ? kind : k.parameterKinds(castKinds(kind, annotation))
  })
}

function versionKey(
  lambda: LambdaFacts,
  parent: Version,
  params: readonly Kinds[],
  checked: boolean,
): string {
  // Functions that need nothing from around them are the same in every version of their surroundings.
  const context = lambda.needs.length === 0 ? '' : parent.id
  return `${lambda.node.id}/${context}/${checked ? 'c' : 'u'}${params.join(',')}`
}
