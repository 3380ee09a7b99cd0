import {
  invalidProgram,
  Keyword,
  type MapKey,
  RtfsErrorValue,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Span,
  type Value,
} from '@rtfs/core'
import { atomForm, type Form, formWithItems, type ListForm, symbolForm } from './forms.js'

/*
 * Forms as data and data as forms (LANGUAGE §5.7, §8): what `quote` yields and what macros take and give.
 */

/** Called for what data cannot carry; by default it is left out silently. */
export type DataProblem = (message: string, span: Span) => void

/**
 * The form as a value: symbols as Symbol, lists as List. Prefixes become lists (`'x` is `(quote x)`), `#(…)` becomes
 * its `fn` form, metadata is left out. `remember` is told which form each list, vector, map or symbol came from.
 */
export function formToValue(
  form: Form,
  problem: DataProblem = () => {},
  remember: ((value: object, form: Form) => void) | undefined = undefined,
): Value {
  const convert = (part: Form): Value => formToValue(part, problem, remember)
  const made = <T extends object>(value: T): T => {
    remember?.(value, form)
    return value
  }
  switch (form.kind) {
    case 'atom':
      return form.value
    case 'symbol':
      return made(new RtfsSymbol(form.name))
    case 'list':
      return form.items.length === 0 ? RtfsList.empty : made(RtfsList.from(form.items.map(convert)))
    case 'vector':
      return form.items.length === 0 ? RtfsVector.empty : made(RtfsVector.adopt(form.items.map(convert)))
    case 'map':
      return made(mapToValue(form, problem, convert))
    case 'quote':
    case 'quasiquote':
    case 'unquote':
    case 'unquote-splicing':
      return made(RtfsList.from([new RtfsSymbol(form.kind), convert(form.items[0]!)]))
    case 'anonymous-fn': {
      const value = convert(expandAnonymousFn(form.items, form))
      if (typeof value === 'object' && value !== null) made(value)
      return value
    }
    case 'metadata': {
      problem('metadata is left out: data carries none', form)
      const value = convert(form.items[form.items.length - 1]!)
      if (typeof value === 'object' && value !== null) made(value)
      return value
    }
    case 'colon':
      problem('a lone colon is no data', form)
      return null
    case 'comment':
    case 'discard':
      return null
  }
}

function mapToValue(
  form: Form & { kind: 'map' },
  problem: DataProblem,
  convert: (form: Form) => Value,
): RtfsMap {
  const entries: [MapKey, Value][] = []
  for (let i = 0; i + 1 < form.items.length; i += 2) {
    const key = convert(form.items[i]!)
    if (isMapKey(key)) entries.push([key, convert(form.items[i + 1]!)])
    else problem('only keywords, strings, integers and booleans are map keys', form.items[i]!)
  }
  return RtfsMap.from(entries)
}

/** True for values that may be map keys (LANGUAGE §3.3). */
export function isMapKey(value: Value): value is MapKey {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return true
    default:
      return value instanceof Keyword
  }
}

/** Bounds of `valueToForm`. */
export interface ValueToFormLimits {
  readonly maxDepth?: number
  /** Called once per form made; throw to stop. */
  readonly count?: () => void
  /** The form that a list, vector, map or symbol was made from, to keep its own span. */
  readonly origin?: (value: object) => Form | undefined
}

/**
 * A value as the form it spells; every part takes `span`. Throws InvalidProgram for values that are no forms
 * (functions, errors) and for data nested deeper than `maxDepth` (default 500).
 */
export function valueToForm(value: Value, span: Span, limits: ValueToFormLimits = {}, depth = 0): Form {
  const maxDepth = limits.maxDepth ?? 500
  limits.count?.()
  if (depth > maxDepth) throw invalidProgram(`a form is nested more than ${maxDepth} deep`)
  if (typeof value !== 'object' || value === null) return atomForm(value, span)
  const origin = limits.origin?.(value)
  if (origin !== undefined) return origin
  const convert = (part: Value): Form => valueToForm(part, span, limits, depth + 1)
  if (value instanceof RtfsSymbol) return symbolForm(value.name, span)
  if (value instanceof RtfsList) return formWithItems('list', value.toArray().map(convert), span)
  if (value instanceof RtfsVector) return formWithItems('vector', value.toArray().map(convert), span)
  if (value instanceof RtfsMap) {
    const items: Form[] = []
    for (const [key, part] of value.entries()) items.push(convert(key), convert(part))
    return formWithItems('map', items, span)
  }
  if (value instanceof RtfsFunction) throw invalidProgram('a function is no form')
  if (value instanceof RtfsErrorValue) throw invalidProgram('an error is no form')
  return atomForm(value, span)
}

/** `#(f % %2)` as `(fn [%1 %2] (f %1 %2))`: as many parameters as the highest `%n`, `%&` takes the rest. */
export function expandAnonymousFn(items: readonly Form[], span: Span): ListForm {
  let highest = 0
  let rest = false
  const rename = (form: Form): Form => {
    if (form.kind === 'symbol') {
      if (form.name === '%&') rest = true
      const digits = form.name === '%' ? '1' : /^%([1-9]\d?)$/.exec(form.name)?.[1]
      if (digits === undefined) return form
      highest = Math.max(highest, Number(digits))
      return form.name === '%' ? symbolForm('%1', form) : form
    }
    if (!('items' in form) || form.kind === 'quote' || form.items.length === 0) return form
    return formWithItems(form.kind, form.items.map(rename), form)
  }
  const body = formWithItems('list', items.map(rename), span)
  const at = { start: span.start, end: span.start }
  const params = Array.from({ length: highest }, (_, i) => symbolForm(`%${i + 1}`, at))
  if (rest) params.push(symbolForm('&', at), symbolForm('%&', at))
  return formWithItems('list', [symbolForm('fn', at), formWithItems('vector', params, at), body], span)
}
