import {
  formatType,
  formatValue,
  fromJs,
  jsonSchemaOf,
  type Keyword,
  keyword,
  type Meter,
  parseJson,
  RtfsMap,
  type Type,
  type Value,
} from '@rtfs/core'
import { checkType } from '../shared/checks.js'
import { typeOfDeclaration } from '../shared/declarations.js'
import type { DelegatedFunction } from '../shared/services.js'
import { cacheMetadata } from './cache-metadata.js'

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

/**
 * What a model of the registry is told besides the arguments, as one map: `:system`, what the function is for and what
 * it returns; `:schema`, the JSON Schema of that, where it is not text; `:cache`, what the function says of kept answers.
 * Nothing when there is nothing to say.
 */
export function aboutFunction({ symbol, declaration, unit }: DelegatedFunction): readonly Value[] {
  const { meta, doc, returnType } = declaration
  const task = meta.get('task') ?? doc
  const typed = returnType !== undefined && !isText(returnType) ? returnType : undefined
  const cache = cacheMetadata(symbol, meta.get('cache'))
  const kept: [Keyword, Value][] = cache === undefined ? [] : [[keyword('cache'), cache]]
  if (typeof task !== 'string' && typed === undefined) return kept.length === 0 ? [] : [RtfsMap.from(kept)]
  const lines = [
    `You compute the function ${symbol} ${formatType(typeOfDeclaration(declaration), unit.resolveType)}.`,
    ...(typeof task === 'string' ? [task] : []),
    typed === undefined
      ? 'Answer with the result only.'
      : `Answer with the result only, as JSON of the type ${formatType(typed, unit.resolveType)}.`,
  ]
  const entries: [Keyword, Value][] = [[keyword('system'), lines.join('\n')]]
  if (typed !== undefined) entries.push([keyword('schema'), fromJs(jsonSchemaOf(typed, unit.resolveType))])
  return [RtfsMap.from([...entries, ...kept])]
}

/** The one question after an answer that did not fit. */
export function repairPrompt(prompt: string, answer: string, problem: string): string {
  return `${prompt}\n\nYour answer was:\n${answer}\n\nIt cannot be used: ${problem}\nAnswer again, with the corrected result only.`
}
