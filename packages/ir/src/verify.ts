import { RtfsErrorValue, RtfsFunction, RtfsMap, RtfsSequence, type Value } from '@rtfs/core'
import { assertNever, forEachChild } from './children.js'
import { libraryRow } from './library.js'
import type * as n from './nodes.js'

/** Something that no unit made by lowering or a pass has. `id` is that of the node where it was seen. */
export interface IrProblem {
  readonly id: number
  readonly message: string
}

/**
 * What is wrong with a unit, nothing for a well-formed one: ids unique and at most `lastId`; references in scope,
 * with name and cell as declared; definitions in the frame that declares them; `recur` in tail position of its target
 * with the right number of arguments; captures exactly the variables used from outside; tail calls only in tail
 * position; every node typed; literals data.
 */
export function verifyUnit(unit: n.Unit): readonly IrProblem[] {
  const verifier = new Verifier(unit.lastId)
  const root: Place = {
    scope: new VScope(undefined, undefined),
    frame: undefined,
    tail: 'no',
    recur: undefined,
  }
  verifier.all(unit.forms, root)
  return verifier.problems
}

/** A lambda being checked and what it uses from outside. */
interface FunctionCheck {
  readonly parent: FunctionCheck | undefined
  readonly used: Map<number, n.Variable>
}

class VScope {
  readonly variables = new Map<number, n.Variable>()
  readonly parent: VScope | undefined
  readonly fn: FunctionCheck | undefined
  constructor(parent: VScope | undefined, fn: FunctionCheck | undefined) {
    this.parent = parent
    this.fn = fn
  }
}

interface Place {
  readonly scope: VScope
  /** Ids of the cells that a `def` here may fill; `undefined` at the top level of a unit or module. */
  readonly frame: ReadonlySet<number> | undefined
  readonly tail: n.ApplyNode['tail']
  /** The target that a `recur` here may name. */
  readonly recur: { readonly id: number; readonly count: number } | undefined
}

class Verifier {
  readonly problems: IrProblem[] = []
  readonly #ids = new Set<number>()
  readonly #lastId: number

  constructor(lastId: number) {
    this.#lastId = lastId
  }

  #say(node: n.Node, message: string): void {
    this.problems.push({ id: node.id, message })
  }

  #takeId(id: number, node: n.Node): void {
    if (!Number.isSafeInteger(id) || id < 1 || id > this.#lastId)
      this.#say(node, `id ${id} is not in 1…${this.#lastId}`)
    if (this.#ids.has(id)) this.#say(node, `id ${id} occurs twice`)
    this.#ids.add(id)
  }

  #declare(variable: n.Variable, scope: VScope, node: n.Node): void {
    this.#takeId(variable.id, node)
    scope.variables.set(variable.id, variable)
  }

  /** Children of which only the last keeps the tail position. */
  #body(nodes: readonly n.Node[], place: Place): void {
    const inner = inside(place)
    for (const [index, node] of nodes.entries()) this.node(node, index === nodes.length - 1 ? place : inner)
  }

  all(nodes: readonly n.Node[], place: Place): void {
    for (const node of nodes) this.node(node, place)
  }

  node(node: n.Node, place: Place): void {
    this.#takeId(node.id, node)
    if (typeof node.type?.kind !== 'string') this.#say(node, 'has no type')
    if (node.span.start > node.span.end) this.#say(node, 'ends before it starts')
    const inner = inside(place)
    switch (node.kind) {
      case 'literal':
        if (node.value instanceof RtfsSequence || node.value instanceof RtfsMap)
          this.#say(node, 'a collection as literal')
        this.#data(node.value, node)
        return
      case 'quote':
        this.#data(node.value, node)
        return
      case 'ref':
        this.#ref(node, place)
        return
      case 'def':
        this.#defined(node.variable, node.name, node, place)
        this.node(node.init, inner)
        return
      case 'defstruct':
        this.#defined(node.variable, node.name, node, place)
        return
      case 'lambda':
        this.#lambda(node, place)
        return
      case 'apply':
        // A call that is not a tail call may stand where one could be: a pass took the check around it away.
        if (node.tail !== 'no' && node.tail !== place.tail)
          this.#say(node, `tail is '${node.tail}' where '${place.tail}' is meant`)
        this.node(node.callee, inner)
        this.all(node.args, inner)
        return
      case 'if':
        this.node(node.test, inner)
        this.node(node.then, place)
        if (node.else !== undefined) this.node(node.else, place)
        return
      case 'do':
        this.#body(node.body, place)
        return
      case 'and':
      case 'or':
        this.#body(node.operands, place)
        return
      case 'let':
        this.#let(node, place)
        return
      case 'loop':
        this.#let(node, { ...place, recur: { id: node.id, count: node.bindings.length } })
        return
      case 'recur':
        if (node.target !== place.recur?.id)
          this.#say(node, `${node.target} is not what a recur here can jump to`)
        else if (node.args.length !== place.recur.count)
          this.#say(node, `${node.args.length} arguments for ${place.recur.count}`)
        this.all(node.args, inner)
        return
      case 'match':
        this.node(node.subject, inner)
        for (const clause of node.clauses) this.#clause(clause, node, place)
        return
      case 'try':
        this.all(node.body, inner)
        for (const clause of node.catches) {
          const scope = new VScope(place.scope, place.scope.fn)
          for (const variable of clause.variables) this.#declare(variable, scope, node)
          this.#framed(clause.body, clause.declares, scope, inner, node)
        }
        this.all(node.finally ?? [], inner)
        return
      case 'with-resource': {
        this.node(node.init, inner)
        const scope = new VScope(place.scope, place.scope.fn)
        this.#declare(node.variable, scope, node)
        this.#framed(node.body, node.declares, scope, inner, node)
        return
      }
      case 'step': {
        for (const option of [node.exposeContext, node.contextKeys, node.params])
          if (option !== undefined) this.node(option, inner)
        const scope = new VScope(place.scope, place.scope.fn)
        if (node.paramsVariable !== undefined) this.#declare(node.paramsVariable, scope, node)
        if ((node.params === undefined) !== (node.paramsVariable === undefined))
          this.#say(node, 'params without their variable')
        this.all(node.body, { ...inner, scope })
        return
      }
      case 'for':
        this.#for(node, inner)
        return
      case 'dotimes': {
        this.node(node.count, inner)
        const scope = new VScope(place.scope, place.scope.fn)
        this.#declare(node.variable, scope, node)
        this.#framed(node.body, node.declares, scope, inner, node)
        return
      }
      case 'deftest':
        this.#framed(node.body, node.declares, new VScope(place.scope, place.scope.fn), inner, node)
        return
      case 'module':
        if (place.frame !== undefined) this.#say(node, 'a module below the top level')
        this.all(node.body, { ...inner, scope: new VScope(undefined, undefined) })
        return
      case 'charge':
        if (!Number.isSafeInteger(node.units) || node.units < 1) this.#say(node, 'charges nothing')
        this.node(node.body, place)
        return
      case 'hints':
      case 'throw':
      case 'parallel':
      case 'log-step':
      case 'step-if':
      case 'step-loop':
      case 'step-parallel':
      case 'host-call':
      case 'discover-agents':
      case 'context-get':
      case 'vector':
      case 'map':
      case 'quasiquote':
      case 'cast':
      case 'conforms':
      case 'is':
      case 'object':
        forEachChild(node, child => this.node(child, inner))
        return
      case 'qualified-ref':
      case 'resource-ref':
      case 'task-context':
      case 'deftype':
      case 'defmacro':
      case 'import':
        return
      default:
        assertNever(node)
        return
    }
  }

  #ref(node: n.VariableRefNode, place: Place): void {
    if (node.scope === 'builtin' && libraryRow(node.name)?.name !== node.name)
      this.#say(node, `no library function ${node.name}`)
    if (node.scope !== 'local') {
      if (node.variable !== 0) this.#say(node, 'a variable for a name that is not local')
      return
    }
    const variable = this.#find(node.variable, place.scope)
    if (variable === undefined) this.#say(node, `${node.name} (${node.variable}) is not in scope`)
    else if (variable.name !== node.name) this.#say(node, `${node.name} is called ${variable.name}`)
  }

  /** The variable if it is in scope; every function between here and there uses it. */
  #find(id: number, from: VScope): n.Variable | undefined {
    for (let scope: VScope | undefined = from; scope !== undefined; scope = scope.parent) {
      const variable = scope.variables.get(id)
      if (variable === undefined) continue
      for (let fn = from.fn; fn !== undefined && fn !== scope.fn; fn = fn.parent) fn.used.set(id, variable)
      return variable
    }
    return undefined
  }

  #defined(variable: n.Variable | undefined, name: string, node: n.Node, place: Place): void {
    if (variable === undefined) {
      if (place.frame !== undefined) this.#say(node, `${name} is defined in a frame without a cell`)
      return
    }
    const known = this.#find(variable.id, place.scope)
    if (known === undefined || place.frame?.has(variable.id) !== true) {
      this.#say(node, `${name} is not declared by its frame`)
    } else if (!sameVariable(known, variable) || variable.name !== name || !variable.cell) {
      this.#say(node, `${name} is not its cell`)
    }
  }

  #lambda(node: n.LambdaNode, place: Place): void {
    const fn: FunctionCheck = { parent: place.scope.fn, used: new Map() }
    const scope = new VScope(place.scope, fn)
    if (node.self !== undefined) this.#declare(node.self, scope, node)
    this.#declareCells(node.declares, scope, node)
    const inner: Place = {
      scope,
      frame: new Set(node.declares.map(variable => variable.id)),
      tail: node.returnType === undefined ? 'yes' : 'self',
      recur: { id: node.id, count: node.params.length + (node.rest === undefined ? 0 : 1) },
    }
    for (const param of node.params) this.#pattern(param.pattern, scope, node, inner)
    if (node.rest !== undefined) this.#pattern(node.rest.pattern, scope, node, inner)
    this.#body(node.body, inner)
    const captured = new Map(node.captures.map(variable => [variable.id, variable]))
    for (const variable of fn.used.values()) {
      const listed = captured.get(variable.id)
      if (listed === undefined) this.#say(node, `uses ${variable.name} (${variable.id}) without capturing it`)
      else if (!sameVariable(listed, variable))
        this.#say(node, `captures ${variable.name} as another variable`)
    }
    if (captured.size !== node.captures.length) this.#say(node, 'captures a variable twice')
    for (const variable of node.captures) {
      if (!fn.used.has(variable.id))
        this.#say(node, `captures ${variable.name} (${variable.id}) without using it`)
    }
  }

  /** A body with a frame: its cells are in scope, and `def` in it fills them. */
  #framed(
    body: readonly n.Node[],
    declares: readonly n.Variable[],
    scope: VScope,
    place: Place,
    node: n.Node,
  ): void {
    this.#declareCells(declares, scope, node)
    this.#body(body, { ...place, scope, frame: new Set(declares.map(variable => variable.id)) })
  }

  #declareCells(declares: readonly n.Variable[], scope: VScope, node: n.Node): void {
    for (const variable of declares) {
      this.#declare(variable, scope, node)
      if (!variable.cell) this.#say(node, `declares ${variable.name}, which is no cell`)
    }
  }

  #let(node: n.LetNode | n.LoopNode, place: Place): void {
    const scope = new VScope(place.scope, place.scope.fn)
    const cells = [...node.declares, ...functionVariables(node.bindings)]
    this.#bindings(node.bindings, scope, node, { ...inside(place), scope }, cells)
    this.#declareCells(node.declares, scope, node)
    this.#body(node.body, { ...place, scope, frame: new Set(cells.map(variable => variable.id)) })
  }

  /** Functions among the inits see all `cells` of the construct; a `def` as init may fill one of them. */
  #bindings(
    bindings: readonly n.LetBinding[],
    scope: VScope,
    node: n.Node,
    place: Place,
    cells: readonly n.Variable[],
  ): void {
    const withCells = new VScope(scope, scope.fn)
    for (const cell of cells) withCells.variables.set(cell.id, cell)
    for (const { pattern, init } of bindings) {
      const own = init.kind === 'def' && pattern.kind === 'wildcard' ? init.variable?.id : undefined
      const fills = cells.find(cell => cell.id === own)
      if (init.kind === 'def' && fills !== undefined) {
        this.#takeId(init.id, init)
        if (init.name !== fills.name) this.#say(init, `${init.name} is not its cell`)
        this.node(init.init, { ...place, scope: isFunction(init.init) ? withCells : scope })
        scope.variables.set(fills.id, fills)
      } else {
        this.node(init, { ...place, scope: isFunction(init) ? withCells : scope })
      }
      this.#pattern(pattern, scope, node, place)
    }
  }

  #pattern(pattern: n.IrPattern, scope: VScope, node: n.Node, place: Place): void {
    switch (pattern.kind) {
      case 'bind':
        this.#declare(pattern.variable, scope, node)
        return
      case 'wildcard':
        return
      case 'vector-pattern':
        for (const element of pattern.elements) this.#pattern(element, scope, node, place)
        if (pattern.rest !== undefined) this.#pattern(pattern.rest, scope, node, place)
        if (pattern.as !== undefined) this.#declare(pattern.as, scope, node)
        return
      case 'map-pattern':
        for (const entry of pattern.entries) {
          if (entry.default !== undefined) this.node(entry.default, { ...inside(place), scope })
          this.#pattern(entry.pattern, scope, node, place)
        }
        if (pattern.rest !== undefined) this.#declare(pattern.rest, scope, node)
        if (pattern.as !== undefined) this.#declare(pattern.as, scope, node)
    }
  }

  #clause(clause: n.MatchClauseNode, node: n.MatchNode, place: Place): void {
    const scope = new VScope(place.scope, place.scope.fn)
    this.#matchPattern(clause.pattern, scope, node)
    this.#declareCells(clause.declares, scope, node)
    const inner: Place = { ...place, scope, frame: new Set(clause.declares.map(variable => variable.id)) }
    if (clause.guard !== undefined) this.node(clause.guard, inside(inner))
    this.node(clause.body, inner)
  }

  #matchPattern(pattern: n.IrMatchPattern, scope: VScope, node: n.Node): void {
    switch (pattern.kind) {
      case 'match-literal':
        this.#data(pattern.value, node)
        return
      case 'match-alternatives':
        for (const value of pattern.alternatives) this.#data(value, node)
        return
      case 'match-any':
      case 'match-is':
        return
      case 'match-bind':
        this.#declare(pattern.variable, scope, node)
        return
      case 'match-same':
        this.#bound(pattern.variable, scope, node)
        return
      case 'match-as':
        if (pattern.same) this.#bound(pattern.variable, scope, node)
        else this.#declare(pattern.variable, scope, node)
        this.#matchPattern(pattern.pattern, scope, node)
        return
      case 'match-vector':
        for (const element of pattern.elements) this.#matchPattern(element, scope, node)
        if (pattern.rest !== undefined) this.#matchPattern(pattern.rest, scope, node)
        return
      case 'match-map':
        for (const entry of pattern.entries) this.#matchPattern(entry.pattern, scope, node)
        if (pattern.rest !== undefined) this.#matchPattern(pattern.rest, scope, node)
    }
  }

  #bound(variable: n.Variable, scope: VScope, node: n.Node): void {
    const known = scope.variables.get(variable.id)
    if (known === undefined || !sameVariable(known, variable))
      this.#say(node, `${variable.name} is not bound before`)
  }

  #for(node: n.ForNode, place: Place): void {
    const scope = new VScope(place.scope, place.scope.fn)
    const inner = { ...place, scope }
    for (const clause of node.clauses) {
      switch (clause.kind) {
        case 'for-binding':
          this.node(clause.collection, inner)
          this.#pattern(clause.pattern, scope, node, inner)
          break
        case 'for-when':
        case 'for-while':
          this.node(clause.test, inner)
          break
        case 'for-let':
          this.#bindings(clause.bindings, scope, node, inner, functionVariables(clause.bindings))
      }
    }
    this.#framed(node.body, node.declares, scope, place, node)
  }

  #data(value: Value, node: n.Node): void {
    if (value instanceof RtfsFunction || value instanceof RtfsErrorValue) {
      this.#say(node, 'a literal that is no data')
    }
    if (value instanceof RtfsSequence) for (const each of value) this.#data(each, node)
    if (value instanceof RtfsMap) for (const each of value.values()) this.#data(each, node)
  }
}

/** The cells that function bindings make: patterns that are one name, with a cell. */
function functionVariables(bindings: readonly n.LetBinding[]): readonly n.Variable[] {
  return bindings.flatMap(({ pattern }) =>
    pattern.kind === 'bind' && pattern.variable.cell ? [pattern.variable] : [],
  )
}

function isFunction(init: n.Node): boolean {
  return init.kind === 'lambda' || (init.kind === 'cast' && isFunction(init.value))
}

function sameVariable(a: n.Variable, b: n.Variable): boolean {
  return a.id === b.id && a.name === b.name && a.cell === b.cell
}

/** The same place for a part whose value is not that of the whole. */
function inside(place: Place): Place {
  return { ...place, tail: 'no', recur: undefined }
}
