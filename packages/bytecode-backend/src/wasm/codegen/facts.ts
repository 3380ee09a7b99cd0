import type { Type } from '@rtfs/core'
import {
  type ApplyNode,
  forEachChild,
  forEachMatchedVariable,
  forEachPatternVariable,
  type LambdaNode,
  type LetBinding,
  type Node,
  type Unit,
  type Variable,
} from '@rtfs/ir'
import { type GlobalFacts, globalFacts, topLevelForms, typeAliasesOf } from './globals.js'
import type { Linkage } from './link-unit.js'
import { isPlainFunction, type PassFacts, passOf } from './passes.js'

/** What the code generator knows of a function of the source before it knows any types. */
export interface LambdaFacts {
  readonly node: LambdaNode
  /** The function around it; `undefined` at the top level of the unit. */
  readonly parent: LambdaFacts | undefined
  /** The variable or global that always means this function, where there is one. */
  binding: Variable | string | undefined
  /** True when it is used as a value, so that a closure object of it may exist. */
  escapes: boolean
  /** Variables made outside of it whose values its code needs, by id. Calls of known functions need theirs too. */
  needs: readonly Variable[]
}

/** True for a named function whose own code, or a function inside, uses it as a value: it then has an object. */
export function holdsItself({ node, needs }: LambdaFacts): boolean {
  return node.self !== undefined && needs.some(({ id }) => id === node.self?.id)
}

interface VariableFacts {
  readonly variable: Variable
  readonly owner: LambdaFacts | undefined
}

interface Uses {
  readonly values: Set<number>
  readonly calls: Set<LambdaFacts>
}

/**
 * Facts about the names of a unit: which function owns a variable, which names always mean the same function, which
 * functions are used as values, what their code needs from around them.
 */
export class UnitFacts {
  readonly forms: readonly Node[]
  readonly globals: ReadonlyMap<string, GlobalFacts>
  readonly #lambdas = new Map<number, LambdaFacts>()
  readonly #variables = new Map<number, VariableFacts>()
  /** Functions by the variable that always means them: their own names, and bindings. */
  readonly #functions = new Map<number, LambdaFacts>()
  /** How often a `def` fills a variable. */
  readonly #defined = new Map<number, number>()
  readonly #uses = new Map<LambdaFacts, Uses>()
  /** Calls that become loops, by the ids of their nodes. */
  readonly passes = new Map<number, PassFacts>()
  /** Annotations of variables: every value that is ever bound to them has been checked. */
  readonly annotations = new Map<number, Type>()
  /** Names of types that mean the same for as long as the module lives. */
  readonly aliases: ReadonlyMap<string, Type>
  /** Inits of plain variables of `let`. */
  readonly inits = new Map<number, Node>()
  readonly #mayPass: (readonly [ApplyNode, LambdaFacts | undefined])[] = []

  /** What is special about a unit whose frames are the host's; `undefined` for any other. */
  readonly linkage: Linkage | undefined

  constructor(unit: Unit, linkage?: Linkage) {
    this.linkage = linkage
    this.forms = topLevelForms(unit)
    this.aliases = new Map(linkage === undefined ? typeAliasesOf(this.forms) : [])
    for (const form of this.forms) this.#collect(form, undefined)
    for (const form of this.forms) this.#findBindings(form)
    this.globals = globalFacts(this.forms, unit.globals, linkage?.open)
    for (const { kind, lambda, name } of this.globals.values()) {
      if (kind === 'function' && lambda !== undefined) this.lambda(lambda).binding = name
    }
    this.#findPasses()
    const last = this.forms[this.forms.length - 1]
    if (last?.kind === 'def' && last.init.kind === 'lambda') this.lambda(last.init).escapes = true
    for (const form of this.forms) this.#collectUses(form, undefined)
    // The frame gets an object of every function.
    if (linkage !== undefined) {
      for (const { lambda } of this.globals.values()) {
        if (lambda !== undefined) this.lambda(lambda).escapes = true
      }
    }
    this.#findNeeds()
  }

  lambda(node: LambdaNode): LambdaFacts {
    return this.#lambdas.get(node.id)!
  }

  /** The function that a variable always means; `undefined` for any other variable. */
  functionOf(variable: number): LambdaFacts | undefined {
    return this.#functions.get(variable)
  }

  owner(variable: number): LambdaFacts | undefined {
    return this.#variables.get(variable)?.owner
  }

  variable(id: number): Variable {
    return this.#variables.get(id)!.variable
  }

  /** True when the host is asked before each call of a function. */
  asks(lambda: LambdaNode): boolean {
    return this.linkage?.asks.has(lambda.id) === true
  }

  /** Number of the frame that the globals and types of a function's code are in. */
  frameOf(lambda: LambdaNode): number {
    return this.linkage?.lambdaFrames.get(lambda.id) ?? 0
  }

  /** True for variables that live in a cell object, because code may read them before they are filled. */
  isCell(variable: Variable): boolean {
    return variable.cell && !this.#functions.has(variable.id)
  }

  /** The function a callee means when that is known before the program runs, the number of arguments fitting. */
  knownCallee(callee: Node, count: number): LambdaFacts | undefined {
    const facts = this.#functionOfNode(callee)
    // Somebody else may answer, or nobody can.
    if (facts === undefined || this.asks(facts.node)) return undefined
    const { params, rest } = facts.node
    return count === params.length || (rest !== undefined && count > params.length) ? facts : undefined
  }

  #functionOfNode(node: Node): LambdaFacts | undefined {
    if (node.kind === 'lambda') return this.#lambdas.get(node.id)
    if (node.kind !== 'ref') return undefined
    if (node.scope === 'local') return this.#functions.get(node.variable)
    if (node.scope !== 'global') return undefined
    const global = this.globals.get(node.name)
    return global?.kind === 'function' && global.lambda !== undefined
      ? this.#lambdas.get(global.lambda.id)
      : undefined
  }

  /** The variable that holds the closure object which a variable stands for: a function's own name is its binding. */
  objectVariable(variable: number): Variable | string {
    const facts = this.#functions.get(variable)
    return facts?.binding ?? this.variable(variable)
  }

  #own(variable: Variable, owner: LambdaFacts | undefined): void {
    this.#variables.set(variable.id, { variable, owner })
  }

  #collect(node: Node, owner: LambdaFacts | undefined): void {
    const own = (variable: Variable): void => this.#own(variable, owner)
    switch (node.kind) {
      case 'lambda': {
        const facts: LambdaFacts = { node, parent: owner, binding: undefined, escapes: false, needs: [] }
        this.#lambdas.set(node.id, facts)
        if (node.self !== undefined) {
          own(node.self)
          this.#functions.set(node.self.id, facts)
        }
        const ownInside = (variable: Variable): void => this.#own(variable, facts)
        for (const param of node.params) {
          forEachPatternVariable(param.pattern, ownInside)
          if (param.annotation !== undefined && param.pattern.kind === 'bind')
            this.annotations.set(param.pattern.variable.id, param.annotation)
        }
        if (node.rest !== undefined) forEachPatternVariable(node.rest.pattern, ownInside)
        node.declares.forEach(ownInside)
        forEachChild(node, child => this.#collect(child, facts))
        return
      }
      case 'def':
        if (node.variable !== undefined) {
          this.#defined.set(node.variable.id, (this.#defined.get(node.variable.id) ?? 0) + 1)
        }
        break
      case 'apply':
        this.#mayPass.push([node, owner])
        break
      case 'let':
      case 'loop':
        if (node.kind === 'let') {
          for (const { pattern, init } of node.bindings) {
            if (pattern.kind === 'bind' && !pattern.variable.cell) this.inits.set(pattern.variable.id, init)
          }
        }
        for (const { pattern } of node.bindings) forEachPatternVariable(pattern, own)
        node.declares.forEach(own)
        break
      case 'for':
        for (const clause of node.clauses) {
          if (clause.kind === 'for-binding') forEachPatternVariable(clause.pattern, own)
          else if (clause.kind === 'for-let')
            for (const { pattern } of clause.bindings) forEachPatternVariable(pattern, own)
        }
        node.declares.forEach(own)
        break
      case 'dotimes':
        own(node.variable)
        node.declares.forEach(own)
        break
      case 'match':
        for (const { pattern, declares } of node.clauses) {
          forEachMatchedVariable(pattern, own)
          declares.forEach(own)
        }
        break
      case 'try':
        for (const { variables, declares } of node.catches) {
          variables.forEach(own)
          declares.forEach(own)
        }
        break
      case 'deftest':
        node.declares.forEach(own)
        break
      case 'with-resource':
        own(node.variable)
        node.declares.forEach(own)
        break
      case 'step':
        if (node.paramsVariable !== undefined) own(node.paramsVariable)
        break
      default:
    }
    forEachChild(node, child => this.#collect(child, owner))
  }

  /** Finds the calls that become loops: the function they are given is there without evaluating anything. */
  #findPasses(): void {
    for (const [node, owner] of this.#mayPass) {
      const pass = passOf(node)
      if (pass === undefined || !this.#isAtHand(pass.fn)) continue
      this.passes.set(node.id, pass)
      this.#own(pass.item, owner)
      this.#own(pass.gathered, owner)
    }
  }

  #isAtHand(fn: Node): boolean {
    if (isPlainFunction(fn) || this.#functionOfNode(fn) !== undefined) return true
    return fn.kind === 'ref' && fn.scope === 'local' && !this.variable(fn.variable).cell
  }

  /** Finds the variables that always mean one function. */
  #findBindings(node: Node): void {
    switch (node.kind) {
      case 'let':
        this.#bindLetFunctions(node.bindings)
        this.#bindDefinitions(node.body, node.declares, node.bindings)
        break
      case 'loop':
        this.#bindDefinitions(node.body, node.declares, node.bindings)
        break
      case 'lambda':
      case 'for':
      case 'dotimes':
      case 'deftest':
        this.#bindDefinitions(node.body, node.declares, [])
        break
      default:
    }
    forEachChild(node, child => this.#findBindings(child))
  }

  /**
   * A function binding of a `let` always means its function unless something may read it before it is made: an init
   * that is no such function, or one before that. Functions one after the other are made together.
   */
  #bindLetFunctions(bindings: readonly LetBinding[]): void {
    let others = 0
    bindings.forEach(({ pattern, init }, index) => {
      if (pattern.kind === 'bind' && init.kind === 'lambda' && pattern.variable.cell) {
        const { id } = pattern.variable
        const readEarly = bindings.slice(0, others).some(({ init: before }) => mentions(before, id))
        if (!readEarly && !this.#defined.has(id)) {
          this.#bind(pattern.variable, init)
          return
        }
      }
      others = index + 1
    })
  }

  /** Functions that a body defines before it does anything else always mean those functions. */
  #bindDefinitions(
    body: readonly Node[],
    declares: readonly Variable[],
    before: readonly LetBinding[],
  ): void {
    if (declares.length === 0) return
    for (const [index, form] of body.entries()) {
      if (form.kind !== 'def' || form.variable === undefined || form.init.kind !== 'lambda') return
      const { variable } = form
      const declared = declares.some(({ id }) => id === variable.id)
      if (!declared || this.#defined.get(variable.id) !== 1) return
      if (before.some(({ init }) => mentions(init, variable.id))) return
      this.#bind(variable, form.init)
      // The value of the last form is the value of the body.
      if (index === body.length - 1) this.lambda(form.init).escapes = true
    }
  }

  #bind(variable: Variable, lambda: LambdaNode): void {
    const facts = this.lambda(lambda)
    facts.binding = variable
    this.#functions.set(variable.id, facts)
  }

  #usesOf(lambda: LambdaFacts): Uses {
    let uses = this.#uses.get(lambda)
    if (uses === undefined) this.#uses.set(lambda, (uses = { values: new Set(), calls: new Set() }))
    return uses
  }

  #collectUses(node: Node, within: LambdaFacts | undefined): void {
    switch (node.kind) {
      case 'ref':
        this.#useValue(node, within)
        return
      case 'def': {
        const { variable, init } = node
        // A function that its name always means needs no object merely for being defined.
        if (init.kind === 'lambda' && this.#isBoundBy(init, variable?.id ?? node.name)) this.#enter(init)
        else this.#collectUses(init, within)
        return
      }
      case 'let':
        for (const { pattern, init } of node.bindings) {
          const id = pattern.kind === 'bind' ? pattern.variable.id : undefined
          if (init.kind === 'lambda' && id !== undefined && this.#isBoundBy(init, id)) this.#enter(init)
          else this.#collectUses(init, within)
        }
        // Defaults of patterns and the body; the inits have been seen.
        forEachChild({ ...node, bindings: node.bindings.map(withoutInit) }, child =>
          this.#collectUses(child, within),
        )
        return
      case 'apply': {
        const pass = this.passes.get(node.id)
        if (pass !== undefined) {
          if (pass.start !== undefined) this.#collectUses(pass.start, within)
          this.#collectUses(pass.collection, within)
          this.#collectUses(pass.call, within)
          return
        }
        const known = this.knownCallee(node.callee, node.args.length)
        if (known === undefined) this.#collectUses(node.callee, within)
        else {
          if (within !== undefined) this.#usesOf(within).calls.add(known)
          if (node.callee.kind === 'lambda') this.#enter(node.callee)
        }
        for (const arg of node.args) this.#collectUses(arg, within)
        return
      }
      case 'lambda':
        this.lambda(node).escapes = true
        this.#enter(node)
        return
      default:
        forEachChild(node, child => this.#collectUses(child, within))
    }
  }

  #isBoundBy(lambda: LambdaNode, by: number | string): boolean {
    const { binding } = this.lambda(lambda)
    return typeof binding === 'object' ? binding.id === by : binding !== undefined && binding === by
  }

  #enter(lambda: LambdaNode): void {
    const facts = this.lambda(lambda)
    this.#usesOf(facts)
    forEachChild(lambda, child => this.#collectUses(child, facts))
  }

  #useValue(node: Node & { readonly kind: 'ref' }, within: LambdaFacts | undefined): void {
    const known = this.#functionOfNode(node)
    if (known !== undefined) known.escapes = true
    if (node.scope !== 'local' || within === undefined) return
    const object = this.objectVariable(node.variable)
    if (typeof object !== 'string') this.#usesOf(within).values.add(object.id)
  }

  /** True when `owner` is `lambda` or a function inside it. */
  #isInside(owner: LambdaFacts | undefined, lambda: LambdaFacts): boolean {
    for (let at = owner; at !== undefined; at = at.parent) if (at === lambda) return true
    return false
  }

  #findNeeds(): void {
    const needs = new Map<LambdaFacts, Set<number>>()
    for (const [lambda, { values }] of this.#uses) {
      // What a function uses, the functions around it have to have.
      for (let at: LambdaFacts | undefined = lambda; at !== undefined; at = at.parent) {
        const outside = [...values].filter(id => !this.#isInside(this.owner(id), at!))
        needs.set(at, new Set([...(needs.get(at) ?? []), ...outside]))
      }
    }
    for (let changed = true; changed; ) {
      changed = false
      for (const [lambda, { calls }] of this.#uses) {
        for (const called of calls) {
          for (const id of needs.get(called) ?? []) {
            for (let at: LambdaFacts | undefined = lambda; at !== undefined; at = at.parent) {
              const known = needs.get(at)
              if (known === undefined || known.has(id) || this.#isInside(this.owner(id), at)) continue
              known.add(id)
              changed = true
            }
          }
        }
      }
    }
    for (const [lambda, ids] of needs) {
      lambda.needs = [...ids].sort((a, b) => a - b).map(id => this.variable(id))
    }
  }
}

function withoutInit(binding: LetBinding): LetBinding {
  return {
    pattern: binding.pattern,
    init: { kind: 'literal', id: 0, type: binding.init.type, span: binding.init.span, value: null },
  }
}

/** True when the code below `node` reads the variable. */
function mentions(node: Node, variable: number): boolean {
  if (node.kind === 'ref') return node.scope === 'local' && node.variable === variable
  let found = false
  forEachChild(node, child => {
    found ||= mentions(child, variable)
  })
  return found
}
