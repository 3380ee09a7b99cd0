import { type Diagnostic, diagnostic, primitive, type Span, unsupported } from '@rtfs/core'
import type { Expr, Program } from '@rtfs/parser'
import { assertNever } from './children.js'
import { maxDepth } from './depth.js'
import { lowerCall, lowerContextGet, lowerSymbol } from './lower-names.js'
import { lowerDef, lowerDefn, lowerDefstruct, lowerFn } from './lower-functions.js'
import { lowerDotimes, lowerFor, lowerLet, lowerLoop, lowerRecur, lowerWithResource } from './lower-bindings.js'
import { lowerMatch, lowerTry } from './lower-match.js'
import { lowerModule, rootOf } from './lower-modules.js'
import { openBody } from './lower-body.js'
import { lowerIs, lowerStep, lowerTemplate } from './lower-forms.js'
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

export interface Lowered {
  readonly unit: Unit
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The IR of a program (LANGUAGE §18.3). Names are resolved; what resolves to nothing becomes a `dynamic` reference
 * and a diagnostic. Throws UnsupportedError when the program nests deeper than `maxDepth`.
 */
export function lower(program: Program, options: LowerOptions = {}): Lowered {
  const lowering = new Lowering(options)
  const root = rootOf(program.forms, lowering, true)
  const place: Place = { root, scope: new Scope(undefined, undefined), frame: undefined, tail: 'no', recur: undefined }
  const forms = program.forms.map(form => lowering.expr(form, place))
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
  report(code: string, message: string, span: Span, hint?: string): void {
    const severity = this.options.strict === true ? 'error' : 'warning'
    this.diagnostics.push(diagnostic(code, message, span, hint === undefined ? { severity } : { severity, hint }))
  }

  /** Lowers each expression of a body; only the last one keeps the place's tail position. */
  body(exprs: readonly Expr[], place: Place): readonly Node[] {
    const inner = notTail(place)
    return exprs.map((expr, index) => this.expr(expr, index === exprs.length - 1 ? place : inner))
  }

  /** Lowers expressions of which none is in tail position. */
  all(exprs: readonly Expr[], place: Place): readonly Node[] {
    const inner = notTail(place)
    return exprs.map(expr => this.expr(expr, inner))
  }

  maybe(expr: Expr | undefined, place: Place): Node | undefined {
    return expr === undefined ? undefined : this.expr(expr, place)
  }

  expr(expr: Expr, place: Place): Node {
    if (++this.#depth > maxDepth) throw unsupported('ir', `nesting deeper than ${maxDepth}`, expr)
    const node = this.#lower(expr, place)
    this.#depth--
    return node
  }

  #lower(expr: Expr, place: Place): Node {
    const inner = notTail(place)
    switch (expr.kind) {
      case 'literal':
        return ir.literal(this.at(expr), expr.value)
      case 'symbol':
        return lowerSymbol(this, expr.name, expr, place)
      case 'vector':
        return ir.vector(this.at(expr), this.all(expr.elements, inner))
      case 'map': {
        const at = this.at(expr)
        const entry = (each: { readonly key: Expr; readonly value: Expr }): { key: Node; value: Node } => {
          const key = this.expr(each.key, inner)
          return { key, value: this.expr(each.value, inner) }
        }
        return ir.map(at, expr.entries.map(entry))
      }
      case 'quote':
        return ir.quote(this.at(expr), expr.value)
      case 'quasiquote':
        return ir.quasiquote(this.at(expr), lowerTemplate(this, expr.template, inner))
      case 'call':
        return lowerCall(this, expr, place)
      case 'if': {
        const at = this.at(expr)
        const test = this.expr(expr.test, inner)
        const then = this.expr(expr.then, place)
        return ir.if(at, test, then, this.maybe(expr.else, place))
      }
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
        return ir.throw(this.at(expr), this.expr(expr.value, inner))
      case 'parallel': {
        const at = this.at(expr)
        const bindings = expr.bindings.map(({ name, type, init }) => {
          return { name, init: this.annotated(init, type?.type, `parallel ${name}`, inner) }
        })
        return ir.parallel(at, bindings)
      }
      case 'with-resource':
        return lowerWithResource(this, expr, place)
      case 'log-step':
        return ir.logStep(this.at(expr), expr.level, this.all(expr.values, inner))
      case 'step':
        return lowerStep(this, expr, inner)
      case 'step-if': {
        const at = this.at(expr)
        const options = this.maybe(expr.options, inner)
        const test = this.expr(expr.test, inner)
        const then = this.expr(expr.then, inner)
        return ir.stepIf(at, options, test, then, this.maybe(expr.else, inner))
      }
      case 'step-loop': {
        const at = this.at(expr)
        const options = this.maybe(expr.options, inner)
        const test = this.expr(expr.test, inner)
        return ir.stepLoop(at, options, test, this.expr(expr.body, inner))
      }
      case 'step-parallel': {
        const at = this.at(expr)
        const options = expr.options.map(({ name, value }) => ({ name, value: this.expr(value, inner) }))
        return ir.stepParallel(at, options, this.all(expr.branches, inner))
      }
      case 'for':
        return lowerFor(this, expr, inner)
      case 'dotimes':
        return lowerDotimes(this, expr, inner)
      case 'host-call': {
        const at = this.at(expr)
        const capability = this.expr(expr.capability, inner)
        return ir.hostCall(at, capability, this.all(expr.args, inner))
      }
      case 'discover-agents': {
        const at = this.at(expr)
        const criteria = this.expr(expr.criteria, inner)
        return ir.discoverAgents(at, criteria, this.maybe(expr.options, inner))
      }
      case 'context-get':
        return lowerContextGet(this, expr, place)
      case 'task-context':
        return ir.taskContext(this.at(expr), expr.name)
      case 'resource-ref':
        return ir.resourceRef(this.at(expr), expr.id)
      case 'the': {
        const at = this.at(expr)
        return ir.cast(at, this.expr(expr.value, inner), expr.type.type, 'the')
      }
      case 'conforms': {
        const at = this.at(expr)
        return ir.conforms(at, this.expr(expr.value, inner), expr.type.type)
      }
      case 'with-metadata': {
        // Only `:runtime.…` keys do anything; without one the form is as if it had no metadata.
        const hasHints = [...expr.meta.keys()].some(key => key.startsWith('runtime.'))
        if (!hasHints) return this.expr(expr.expr, place)
        const at = this.at(expr)
        return ir.hints(at, expr.meta, this.expr(expr.expr, inner))
      }
      case 'deftype':
        return ir.deftype(this.at(expr), expr.name, expr.type.type)
      case 'defstruct':
        return lowerDefstruct(this, expr, place)
      case 'defmacro':
        return ir.defmacro(this.at(expr), expr.name)
      case 'deftest': {
        const at = this.at(expr)
        const scope = new Scope(place.scope, place.scope.fn)
        const { body, declares } = openBody(this, expr.body, scope, { ...inner, recur: undefined }, expr)
        return ir.deftest(at, expr.name, body, declares)
      }
      case 'is':
        return lowerIs(this, expr, inner)
      case 'import':
        return ir.import(this.at(expr), expr.module, expr.alias, expr.only, expr.referAll)
      case 'module':
        return lowerModule(this, expr)
      case 'object': {
        const at = this.at(expr)
        const properties = expr.properties.map(({ key, value }) => ({ key, value: this.expr(value, inner) }))
        return ir.object(at, expr.objectKind, expr.name, properties)
      }
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
