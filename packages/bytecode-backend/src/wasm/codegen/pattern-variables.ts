import type { IrMatchPattern, IrPattern, Variable } from '@rtfs/ir'

/** Calls `visit` for every variable that a binding pattern binds, in order. */
export function forEachVariable(pattern: IrPattern, visit: (variable: Variable) => void): void {
  switch (pattern.kind) {
    case 'bind':
      visit(pattern.variable)
      return
    case 'wildcard':
      return
    case 'vector-pattern':
      for (const element of pattern.elements) forEachVariable(element, visit)
      if (pattern.rest !== undefined) forEachVariable(pattern.rest, visit)
      if (pattern.as !== undefined) visit(pattern.as)
      return
    case 'map-pattern':
      for (const entry of pattern.entries) forEachVariable(entry.pattern, visit)
      if (pattern.rest !== undefined) visit(pattern.rest)
      if (pattern.as !== undefined) visit(pattern.as)
  }
}

/** Calls `visit` for every variable that a pattern of `match` binds, in order. */
export function forEachMatched(pattern: IrMatchPattern, visit: (variable: Variable) => void): void {
  switch (pattern.kind) {
    case 'match-bind':
      visit(pattern.variable)
      return
    case 'match-as':
      if (!pattern.same) visit(pattern.variable)
      forEachMatched(pattern.pattern, visit)
      return
    case 'match-vector':
      for (const element of pattern.elements) forEachMatched(element, visit)
      if (pattern.rest !== undefined) forEachMatched(pattern.rest, visit)
      return
    case 'match-map':
      for (const entry of pattern.entries) forEachMatched(entry.pattern, visit)
      if (pattern.rest !== undefined) forEachMatched(pattern.rest, visit)
      return
    default:
  }
}
