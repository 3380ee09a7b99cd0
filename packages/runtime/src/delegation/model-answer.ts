import { formatValue, type Meter, parseJson, type Type, type Value } from '@rtfs/core'
import { checkType } from '../shared/checks.js'
import type { DelegatedFunction } from '../shared/services.js'

/** What a model is asked: `arg0: <readable>; arg1: <readable>` (LANGUAGE §15.5). */
export function promptOf(args: readonly Value[], meter: Meter): string {
  return args.map((arg, i) => `arg${i}: ${formatValue(arg, { meter })}`).join('; ')
}

/** The value of a model's text: itself, or what it says as JSON when the function promises another type. */
export function modelAnswer(text: Value, fn: DelegatedFunction, meter: Meter): Value {
  const type = fn.declaration.returnType
  if (type === undefined || typeof text !== 'string' || isText(type)) return text
  const value = parseJson(text, { meter })
  return checkType(value, type, `${fn.symbol}/return`, fn.unit.resolveType, undefined, meter)
}

function isText(type: Type): boolean {
  return type.kind === 'primitive' && (type.name === 'string' || type.name === 'any')
}
