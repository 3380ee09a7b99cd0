import {
  invalidArgument,
  isKeywordName,
  isMapKey,
  isSymbolName,
  isWellFormed,
  Keyword,
  keyword,
  languageError,
  type MapKey,
  RtfsErrorValue,
  RtfsFunction,
  RtfsMap,
  RtfsSequence,
  RtfsSymbol,
  RtfsVector,
  type Span,
  type Value,
} from '@rtfs/core'
import { ast, type Expr, hasErrors, isCodeProperty, parse, printExpr } from '@rtfs/parser'
import { RtfsParseError } from '../parse-error.js'
import { findLibrary } from '../shared/names.js'
import { functionOf } from './function-of.js'
import { sourceOfFunction } from './function-source.js'
import { checkObjectDepth, nameKey, referencedId, referenceTo, requireKind } from './object-data.js'

/*
 * Objects as RTFS text (LANGUAGE §17.4): the form that evaluates to the object, with nothing in it that would have to
 * be computed.
 */

const nowhere: Span = Object.freeze({ start: 0, end: 0 })

/** The form that an object is written as. InvalidArgument for values that no form reads as. */
export function writeNative(object: RtfsMap, writtenKind: string | undefined): string {
  const kind = requireKind(object, writtenKind)
  const properties: { key: string; value: Expr }[] = []
  for (const [key, value] of object) {
    if (key === nameKey) continue
    if (!(key instanceof Keyword)) throw invalidArgument('the properties of an object have keywords as keys')
    checkName(key)
    const isCode = isCodeProperty(kind, key.name)
    properties.push({ key: key.name, value: isCode ? quoted(value, 1) : exprOf(value, 1) })
  }
  return `${printExpr(ast.object(kind, nameOf(object), properties, nowhere))}\n`
}

function nameOf(object: RtfsMap): Value | undefined {
  const name = object.get(nameKey)
  if (name === undefined || typeof name === 'string') return name
  if (name instanceof Keyword || name instanceof RtfsSymbol) {
    checkName(name)
    return name
  }
  throw invalidArgument('the name of an object is a symbol, a string or a keyword')
}

/** Names that programs make out of strings may be none that can be read. */
function checkName(name: Keyword | RtfsSymbol): void {
  const isName = name instanceof Keyword ? isKeywordName(name.name) : isSymbolName(name.name)
  if (!isName) throw invalidArgument(`'${name.name}' is no name that can be written`)
}

/** The expression that evaluates to a value. */
function exprOf(value: Value, depth: number): Expr {
  checkObjectDepth(depth)
  if (value instanceof RtfsFunction) return functionExpr(value)
  if (value instanceof RtfsVector) {
    return ast.vector(
      value.toArray().map(element => exprOf(element, depth + 1)),
      nowhere,
    )
  }
  if (value instanceof RtfsMap) {
    const entries = [...value].map(([key, each]) => ({
      key: exprOf(key, depth + 1),
      value: exprOf(each, depth + 1),
    }))
    return ast.map(entries, nowhere)
  }
  const id = referencedId(value)
  if (id !== undefined) return ast.resourceRef(id, nowhere)
  if (value instanceof RtfsSequence || value instanceof RtfsSymbol) return quoted(value, depth)
  checkScalar(value)
  return ast.literal(value, nowhere)
}

function functionExpr(fn: RtfsFunction): Expr {
  const source = sourceOfFunction(fn)
  return source.kind === 'form' ? source.fn : ast.symbol(source.name, nowhere)
}

function quoted(value: Value, depth: number): Expr {
  checkQuoted(value, depth)
  return ast.quote(value, nowhere)
}

function checkQuoted(value: Value, depth: number): void {
  checkObjectDepth(depth)
  if (value instanceof RtfsSequence) for (const element of value) checkQuoted(element, depth + 1)
  else if (value instanceof RtfsMap) {
    for (const [key, each] of value) {
      checkQuoted(key, depth + 1)
      checkQuoted(each, depth + 1)
    }
  } else checkScalar(value)
}

function checkScalar(value: Value): void {
  if (value instanceof Keyword || value instanceof RtfsSymbol) checkName(value)
  else if (typeof value === 'string' && !isWellFormed(value)) {
    throw invalidArgument('a string with a lone surrogate cannot be written')
  } else if (value instanceof RtfsFunction || value instanceof RtfsErrorValue) {
    throw invalidArgument(
      `${value instanceof RtfsFunction ? 'a function in code' : 'an error'} cannot be written`,
    )
  }
}

/** The object of a text, and the kind it is written as. Nothing is evaluated: a property is data, or a function. */
export function readNative(text: string): { readonly kind: string; readonly object: RtfsMap } {
  const parsed = parse(text)
  if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
  const [form, more] = parsed.program.forms
  if (form?.kind !== 'object' || more !== undefined) {
    const place = more ?? form ?? nowhere
    throw notData('expected one object, such as (intent :type :rtfs.core:v2.0:intent …)', place)
  }
  const entries = form.properties.map(({ key, value }): readonly [MapKey, Value] => [
    keyword(key),
    dataOf(value),
  ])
  const object = RtfsMap.from(entries)
  return {
    kind: form.objectKind,
    object: form.name === undefined ? object : object.set(nameKey, form.name),
  }
}

function dataOf(expr: Expr): Value {
  switch (expr.kind) {
    case 'literal':
    case 'quote':
      return expr.value
    case 'vector':
      return RtfsVector.from(expr.elements.map(dataOf))
    case 'map':
      return RtfsMap.from(expr.entries.map(({ key, value }) => [keyOf(key), dataOf(value)]))
    case 'resource-ref':
      return referenceTo(expr.id)
    case 'fn':
      return functionOf(expr)
    case 'symbol': {
      const found = findLibrary(expr.name)
      if (found !== undefined) return found
      throw notData(`'${expr.name}' is no function of the library`, expr)
    }
    default:
      throw notData('an object that is read holds data and functions, nothing that is computed', expr)
  }
}

function keyOf(expr: Expr): MapKey {
  const key = dataOf(expr)
  if (isMapKey(key)) return key
  throw notData('a key is a keyword, string, integer or boolean', expr)
}

function notData(message: string, { start, end }: Span): Error {
  return languageError('InvalidProgram', `Invalid program: ${message}`, { message }, { span: { start, end } })
}
