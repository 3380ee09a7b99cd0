import { type Diagnostic, diagnostic, type Fix, primitive, type Span, unsupported } from '@rtfs/core'
import type { Expr, Program } from '@rtfs/parser'
import { assertNever } from './children.js'
import { maxDepth } from './depth.js'
import {
  lowerDotimes,
  lowerFor,
  lowerLet,
  lowerLoop,
  lowerRecur,
  lowerWithResource,
} from './lower-bindings.js'
import * as forms from './lower-forms.js'
import { lowerDef, lowerDefn, lowerDefstruct, lowerFn } from './lower-functions.js'
import { lowerMatch, lowerTry } from './lower-match.js'
import { lowerModule, rootOf } from './lower-modules.js'
import { lowerCall, lowerContextGet, lowerSymbol } from './lower-names.js'
import { ir } from './node-factories.js'
import type { Node, NodeBase, Unit, Variable } from './nodes.js'
import { notTail, type Place, Scope } from './scope.js'

export interface LowerOptions {
  /** Names that earlier units put into the same frame (a REPL session, a program around). Default: none. */
  readonly knownGlobals?: ReadonlySet<string>
  /** Import aliases, to full module names, that earlier units put into the same frame. Default: none. */
  readonly knownAliases?: ReadonlyMap<string, string>
  /** Unresolved names and provable conflicts are errors instead of warnings. Default false. */
  readonly strict?: boolean
  /** What a module exports, `undefined` when it cannot be told; without it, imports are taken on trust. */
  readonly moduleExports?: (module: string) => readonly string[] | undefined
}

/** Lowering makes at most two nodes, one inside the other, of one expression: a cast and what it checks. */
const maxExprDepth = maxDepth / 2

export interface Lowered {
  readonly unit: Unit
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The IR of a program (LANGUAGE §18.3). Names are resolved; what resolves to nothing becomes a `dynamic` reference
 * and a diagnostic. Throws UnsupportedError when the program nests deeper than 500 levels, or than the native stack allows.
 */
export function lower(program: Program, options: LowerOptions = {}): Lowered {
  const lowering = new Lowering(options)
  const root = rootOf(program.forms, lowering, true)
  const place: Place = {
    root,
    scope: new Scope(undefined, undefined),
    frame: undefined,
    tail: 'no',
    recur: undefined,
  }
  const forms = lowering.guarded(program, () => program.forms.map(form => lowering.expr(form, place)))
  const unit = ir.unit(forms, [...root.globals], lowering.lastId)
  return { unit, diagnostics: lowering.diagnostics }
}

/** The state of lowering one unit: ids, diagnostics, and the switch over the kinds of expressions. */
export class Lowering {
  readonly options: LowerOptions
  readonly diagnostics: Diagnostic[] = []
  /** Exports of modules that the unit itself contains. */
  readonly modules = new Map<string, readonly string[]>()
  /** Ids of variables that something reads. */
  readonly used = new Set<number>()
  /** Ids of variables that are cells, whose reading may fail. */
  readonly cells = new Set<number>()
  lastId = 0
  #depth = 0

  constructor(options: LowerOptions) {
    this.options = options
  }

  /** Turns the end of the native stack, wherever the caller has left us too little of it, into UnsupportedError. */
  guarded<T>(span: Span, run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (error instanceof RangeError) throw unsupported('ir', 'nesting deeper than the stack allows', span)
      throw error
    }
  }

  /** Id, type and place of a new node. */
  at(span: Span): NodeBase {
    return { id: ++this.lastId, type: primitive('any'), span: { start: span.start, end: span.end } }
  }

  variable(name: string, cell: boolean): Variable {
    const variable = { id: ++this.lastId, name, cell }
    if (cell) this.cells.add(variable.id)
    return variable
  }

  /** Reports something that is an error only in strict mode. */
  report(code: string, message: string, span: Span, hint?: string, fixes: readonly Fix[] = []): void {
    const severity = this.options.strict === true ? 'error' : 'warning'
    this.diagnostics.push(diagnostic(code, message, span, { severity, fixes, ...(hint && { hint }) }))
  }

  /** Lowers each expression of a body; only the last one keeps the place's tail position. */
  body(exprs: readonly Expr[], place: Place): readonly Node[] {
    const inner = notTail(place)
    const nodes: Node[] = []
    for (const [index, expr] of exprs.entries())
      nodes.push(this.expr(expr, index === exprs.length - 1 ? place : inner))
    return nodes
  }

  /** Lowers expressions of which none is in tail position. */
  all(exprs: readonly Expr[], place: Place): readonly Node[] {
    const inner = notTail(place)
    const nodes: Node[] = []
    for (const expr of exprs) nodes.push(this.expr(expr, inner))
    return nodes
  }

  maybe(expr: Expr | undefined, place: Place): Node | undefined {
    return expr === undefined ? undefined : this.expr(expr, place)
  }

  expr(expr: Expr, place: Place): Node {
    if (++this.#depth > maxExprDepth) throw unsupported('ir', `nesting deeper than ${maxExprDepth}`, expr)
    const node = this.#lower(expr, place)
    this.#depth--
    return node
  }

  /** A call per kind and nothing else: this frame is on the stack once per level of nesting, so it has to be small. */
  #lower(expr: Expr, place: Place): Node {
    switch (expr.kind) {
      case 'literal':
        return ir.literal(this.at(expr), expr.value)
      case 'symbol':
        return lowerSymbol(this, expr.name, expr, place)
      case 'vector':
        return ir.vector(this.at(expr), this.all(expr.elements, place))
      case 'map':
        return forms.lowerMap(this, expr, notTail(place))
      case 'quote':
        return ir.quote(this.at(expr), expr.value)
      case 'quasiquote':
        return ir.quasiquote(this.at(expr), forms.lowerTemplate(this, expr.template, notTail(place)))
      case 'call':
        return lowerCall(this, expr, place)
      case 'if':
        return forms.lowerIf(this, expr, place)
      case 'do':
        return ir.do(this.at(expr), this.body(expr.body, place))
      case 'and':
        return ir.and(this.at(expr), this.body(expr.operands, place))
      case 'or':
        return ir.or(this.at(expr), this.body(expr.operands, place))
      case 'let':
        return lowerLet(this, expr, place)
      case 'loop':
        return lowerLoop(this, expr, place)
      case 'recur':
        return lowerRecur(this, expr, place)
      case 'fn':
        return lowerFn(this, expr, place, undefined)
      case 'def':
        return lowerDef(this, expr, place)
      case 'defn':
        return lowerDefn(this, expr, place)
      case 'match':
        return lowerMatch(this, expr, place)
      case 'try':
        return lowerTry(this, expr, place)
      case 'throw':
        return ir.throw(this.at(expr), this.expr(expr.value, notTail(place)))
      case 'parallel':
        return forms.lowerParallel(this, expr, notTail(place))
      case 'with-resource':
        return lowerWithResource(this, expr, place)
      case 'log-step':
        return ir.logStep(this.at(expr), expr.level, this.all(expr.values, place))
      case 'step':
        return forms.lowerStep(this, expr, notTail(place))
      case 'step-if':
        return forms.lowerStepIf(this, expr, notTail(place))
      case 'step-loop':
        return forms.lowerStepLoop(this, expr, notTail(place))
      case 'step-parallel':
        return forms.lowerStepParallel(this, expr, notTail(place))
      case 'for':
        return lowerFor(this, expr, notTail(place))
      case 'dotimes':
        return lowerDotimes(this, expr, notTail(place))
      case 'host-call':
        return forms.lowerHostCall(this, expr, notTail(place))
      case 'discover-agents':
        return forms.lowerDiscoverAgents(this, expr, notTail(place))
      case 'context-get':
        return lowerContextGet(this, expr, place)
      case 'task-context':
        return ir.taskContext(this.at(expr), expr.name)
      case 'resource-ref':
        return ir.resourceRef(this.at(expr), expr.id)
      case 'the':
        return ir.cast(this.at(expr), this.expr(expr.value, notTail(place)), expr.type.type, 'the')
      case 'conforms':
        return ir.conforms(this.at(expr), this.expr(expr.value, notTail(place)), expr.type.type)
      case 'with-metadata':
        return forms.lowerWithMetadata(this, expr, place)
      case 'deftype':
        return ir.deftype(this.at(expr), expr.name, expr.type.type)
      case 'defstruct':
        return lowerDefstruct(this, expr, place)
      case 'defmacro':
        return ir.defmacro(this.at(expr), expr.name)
      case 'deftest':
        return forms.lowerDeftest(this, expr, notTail(place))
      case 'is':
        return forms.lowerIs(this, expr, notTail(place))
      case 'import':
        return ir.import(this.at(expr), expr.module, expr.alias, expr.only, expr.referAll)
      case 'module':
        return lowerModule(this, expr)
      case 'object':
        return forms.lowerObject(this, expr, notTail(place))
      default:
        return assertNever(expr)
    }
  }

  /** `init`, wrapped in a cast when it has an annotation that checks anything. */
  annotated(init: Expr, type: NodeBase['type'] | undefined, path: string, place: Place): Node {
    if (type === undefined || isAny(type)) return this.expr(init, place)
    const at = this.at(init)
    return ir.cast(at, this.expr(init, place), type, path)
  }
}

/** True for `:any`, which every value conforms to. */
export function isAny(type: NodeBase['type']): boolean {
  return type.kind === 'primitive' && type.name === 'any'
}
