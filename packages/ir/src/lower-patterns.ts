import type { Pattern } from '@rtfs/parser'
import type { Lowering } from './lower.js'
import type { IrMapPatternEntry, IrPattern, Variable } from './nodes.js'
import { notTail, type Place, type Scope } from './scope.js'

/**
 * A binding pattern (LANGUAGE §6). Its names join `scope` from left to right, so a default sees the bindings made so
 * far; `place` is where defaults stand, apart from the scope.
 */
export function lowerPattern(lowering: Lowering, pattern: Pattern, scope: Scope, place: Place): IrPattern {
  switch (pattern.kind) {
    case 'bind':
      return { kind: 'bind', variable: bindName(lowering, pattern.name, scope) }
    case 'wildcard':
      return { kind: 'wildcard' }
    case 'vector-pattern': {
      const elements = pattern.elements.map(element => lowerPattern(lowering, element, scope, place))
      const rest = pattern.rest === undefined ? undefined : lowerPattern(lowering, pattern.rest, scope, place)
      const as = pattern.as === undefined ? undefined : bindName(lowering, pattern.as, scope)
      return { kind: 'vector-pattern', elements, rest, as, span: { start: pattern.start, end: pattern.end } }
    }
    case 'map-pattern': {
      const entries = pattern.entries.map((entry): IrMapPatternEntry => {
        const fallback = lowering.maybe(entry.default, { ...notTail(place), scope })
        return {
          key: entry.key,
          pattern: lowerPattern(lowering, entry.pattern, scope, place),
          default: fallback,
        }
      })
      const rest = pattern.rest === undefined ? undefined : bindName(lowering, pattern.rest, scope)
      const as = pattern.as === undefined ? undefined : bindName(lowering, pattern.as, scope)
      return { kind: 'map-pattern', entries, rest, as, span: { start: pattern.start, end: pattern.end } }
    }
  }
}

/** Makes a variable for a name and puts it into scope. */
export function bindName(lowering: Lowering, name: string, scope: Scope): Variable {
  const variable = lowering.variable(name, false)
  scope.names.set(name, variable)
  return variable
}

/** A pattern in the path of a type error: its name, or its brackets. */
export function patternLabel(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'bind':
      return pattern.name
    case 'wildcard':
      return '_'
    case 'vector-pattern':
      return '[]'
    case 'map-pattern':
      return '{}'
  }
}
