import {
  formatValue,
  invalidProgram,
  RtfsList,
  RtfsMap,
  RtfsSequence,
  RtfsSymbol,
  RtfsVector,
  type Span,
  type Value,
} from '@rtfs/core'
import type { Defmacro, Expr, Template } from './ast.js'
import type { MacroEvaluator } from './expander.js'
import { hasErrors, type ParseOptions, type ParseResult, parse } from './parse.js'

/** Fields that say where a node stands in its text. `text` is the source that `is` keeps. */
const places = new Set(['start', 'end', 'nameSpan', 'exportsSpan', 'text'])

/** A tree without spans, its values as readable text, so that trees from different texts can be compared. */
export function shape(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(shape)
  if (typeof node === 'bigint') return `${node}`
  if (node instanceof Map) return [...node].map(([key, value]) => [key, shape(value)])
  if (typeof node !== 'object' || node === null) return node
  const prototype = Object.getPrototypeOf(node)
  if (prototype !== Object.prototype && prototype !== null) return `value ${formatValue(node as Value)}`
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !places.has(key) && value !== undefined)
      .map(([key, value]) => [key, shape(value)]),
  )
}

/** Parses a text that must be valid. */
export function parsed(text: string, options?: ParseOptions): ParseResult {
  const result = parse(text, options)
  if (hasErrors(result)) throw new Error(`${text}\n${JSON.stringify(result.diagnostics[0])}`)
  return result
}

/** The last top-level form of a valid text. */
export function last(text: string, options?: ParseOptions): Expr {
  const { forms } = parsed(text, options).program
  return forms[forms.length - 1]!
}

/** `CODE the text at the span` of each error. */
export function errors(text: string, options?: ParseOptions): string[] {
  return parse(text, options)
    .diagnostics.filter(item => item.severity === 'error')
    .map(item => `${item.code} ${text.slice(item.start, item.end)}`)
}

/** Runs macros whose body is one template with plain parameters; helpers and effects it does not know. */
export function templateEvaluator(log: string[] = []): MacroEvaluator {
  return {
    define: form => void log.push(`define ${form.name}`),
    defineMacro: macro => void log.push(`macro ${macro.name}`),
    expand: (macro: Defmacro, args: readonly Value[], _span: Span): Value => {
      log.push(`expand ${macro.name}`)
      const values = new Map<string, Value>()
      for (const [index, { pattern }] of macro.fn.params.entries()) {
        if (pattern.kind === 'bind') values.set(pattern.name, args[index]!)
      }
      const rest = macro.fn.rest?.pattern
      if (rest?.kind === 'bind') values.set(rest.name, RtfsList.from(args.slice(macro.fn.params.length)))
      const body = macro.fn.body[0]!
      if (body.kind === 'literal' || body.kind === 'quote') return body.value
      if (body.kind === 'symbol') return values.get(body.name)!
      if (body.kind !== 'quasiquote') throw invalidProgram('only templates')
      return fill(body.template, values)
    },
  }
}

function fill(template: Template, values: ReadonlyMap<string, Value>): Value {
  const get = (expr: Expr): Value => {
    if (expr.kind !== 'symbol') throw invalidProgram('only names are unquoted')
    return values.get(expr.name)!
  }
  switch (template.kind) {
    case 'data':
      return template.value
    case 'gensym':
      return new RtfsSymbol(`${template.base}__1__auto`)
    case 'unquote':
      return get(template.expr)
    case 'splice':
      throw invalidProgram('nothing to splice into')
    case 'template-map':
      return RtfsMap.from(
        template.entries.map(({ key, value }) => [fill(key, values) as string, fill(value, values)]),
      )
    default: {
      const items = template.items.flatMap(item => {
        if (item.kind !== 'splice') return [fill(item, values)]
        const spliced = get(item.expr)
        if (!(spliced instanceof RtfsSequence)) throw invalidProgram('only sequences are spliced')
        return spliced.toArray()
      })
      return template.kind === 'template-list' ? RtfsList.from(items) : RtfsVector.from(items)
    }
  }
}
