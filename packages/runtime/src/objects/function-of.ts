import { defaultLimits, invalidProgram, type RtfsFunction } from '@rtfs/core'
import { ast, type Expr, hasErrors, parseExpression } from '@rtfs/parser'
import { evaluateProgram } from '../ast/program.js'
import { pureServices } from '../host/pure-services.js'
import { RtfsParseError } from '../parse-error.js'
import { UnitFrame } from '../shared/environment.js'
import { findLibrary } from '../shared/names.js'
import { unknownName } from './function-source.js'

/** The function of a function form that needs nothing but the library. Making it runs nothing of it. */
export function functionOf(expr: Extract<Expr, { kind: 'fn' }>): RtfsFunction {
  const unknown = unknownName(expr)
  if (unknown !== undefined)
    throw invalidProgram(`a function of an object uses '${unknown}', which is not of the library`)
  const value = evaluateProgram(
    ast.program([expr], expr),
    new UnitFrame(),
    pureServices({ limits: defaultLimits }),
  )
  return value as RtfsFunction
}

/** The function that a text is: a function form, or a name of the library. */
export function functionOfText(text: string): RtfsFunction {
  const parsed = parseExpression(text)
  if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
  const { expression } = parsed
  if (expression?.kind === 'fn') return functionOf(expression)
  const library = expression?.kind === 'symbol' ? findLibrary(expression.name) : undefined
  if (library === undefined) throw invalidProgram('the source of a function of an object is a function form')
  return library
}
