import { invalidArgument, type RtfsFunction } from '@rtfs/core'
import { type Expr, type Fn, forEachChild, freeSymbols, hasErrors, parseExpression } from '@rtfs/parser'
import { BuiltinFunction } from '@rtfs/stdlib'
import { Closure } from '../ast/closure.js'
import { IrClosure } from '../ir/closure.js'
import type { UnitFrame } from '../shared/environment.js'
import { findLibrary } from '../shared/names.js'

/** A function in a form that can be written: a name of the library, or a function form that needs nothing but it. */
export type FunctionSource =
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'form'; readonly fn: Fn }

/**
 * The source of a function value. InvalidArgument for one that needs more than the library: what is around a function
 * does not go with its source.
 */
export function sourceOfFunction(fn: RtfsFunction): FunctionSource {
  if (fn instanceof BuiltinFunction) return { kind: 'library', name: fn.name }
  const found = formOf(fn)
  if (found === undefined) throw invalidArgument(`the source of ${nameOf(fn)} is not known`)
  for (const name of outsideNames(found.form)) {
    if (found.isTaken(name) || findLibrary(name) === undefined) throw needsOutside(nameOf(fn), name)
  }
  return { kind: 'form', fn: found.form }
}

/** The first name of a function form that the library does not know, `undefined` when it knows all. */
export function unknownName(fn: Fn): string | undefined {
  for (const name of outsideNames(fn)) if (findLibrary(name) === undefined) return name
  return undefined
}

function nameOf(fn: RtfsFunction): string {
  return fn.name === undefined ? 'a function' : `the function ${fn.name}`
}

function needsOutside(what: string, name: string): Error {
  return invalidArgument(`${what} uses '${name}' of its surroundings, which does not go with its source`)
}

interface FoundForm {
  readonly form: Fn
  /** True for a name that means something else around the function than in the library. */
  readonly isTaken: (name: string) => boolean
}

function formOf(fn: RtfsFunction): FoundForm | undefined {
  if (fn instanceof Closure) {
    const { unit } = fn.scope
    const locals = new Set<string>()
    for (let at: typeof fn.scope | undefined = fn.scope; at !== undefined; at = at.outer) locals.add(at.name)
    return { form: fn.fn, isTaken: name => locals.has(name) || unit.find(name) !== undefined }
  }
  if (!(fn instanceof IrClosure)) return undefined
  const { node, unit } = fn.code
  const form = readForm(unit, node.span)
  const captured = new Set(node.captures.map(variable => variable.name))
  return form && { form, isTaken: name => captured.has(name) || unit.find(name) !== undefined }
}

/** The function form at a place of a unit's text. */
function readForm(unit: UnitFrame, span: { readonly start: number; readonly end: number }): Fn | undefined {
  const text = unit.source?.text.slice(span.start, span.end)
  if (text === undefined) return undefined
  const parsed = parseExpression(text)
  return hasErrors(parsed) ? undefined : functionForm(parsed.expression)
}

/** The function that an expression is, or defines. */
export function functionForm(expr: Expr | undefined): Fn | undefined {
  if (expr?.kind === 'fn') return expr
  if (expr?.kind === 'defn') return expr.fn
  return expr?.kind === 'def' ? functionForm(expr.init) : undefined
}

/** Names of a function form that something around it has to define, qualified ones included. */
function outsideNames(fn: Fn): ReadonlySet<string> {
  const names = freeSymbols(fn)
  const visit = (expr: Expr): void => {
    if (expr.kind === 'symbol' && expr.namespace !== undefined) names.add(expr.name)
    forEachChild(expr, visit)
  }
  visit(fn)
  return names
}
