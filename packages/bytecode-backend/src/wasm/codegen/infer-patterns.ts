import type { IrMatchPattern, IrPattern, LetBinding } from '@rtfs/ir'
import type { Inference } from './infer.js'
import { inferBoundFunction } from './infer-names.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** Binds the names of a `let` or `loop` binding. */
export function inferBinding(at: Inference, version: Version, binding: LetBinding): void {
  const { pattern, init } = binding
  if (
    init.kind === 'lambda' &&
    pattern.kind === 'bind' &&
    at.facts.functionOf(pattern.variable.id) !== undefined
  ) {
    inferBoundFunction(at, version, init)
    return
  }
  bindPattern(at, version, pattern, at.kinds(version, init))
}

/** Gives the names of a binding pattern the kinds that parts of a value of these kinds have. */
export function bindPattern(at: Inference, version: Version, pattern: IrPattern, kinds: Kinds): void {
  switch (pattern.kind) {
    case 'bind':
      at.setVariable(version, pattern.variable.id, kinds)
      return
    case 'wildcard':
      return
    case 'vector-pattern':
      for (const element of pattern.elements) bindPattern(at, version, element, k.any)
      if (pattern.rest !== undefined) bindPattern(at, version, pattern.rest, k.list)
      if (pattern.as !== undefined) at.setVariable(version, pattern.as.id, kinds)
      return
    case 'map-pattern':
      for (const entry of pattern.entries) {
        if (entry.default !== undefined) at.kinds(version, entry.default)
        bindPattern(at, version, entry.pattern, k.any)
      }
      if (pattern.rest !== undefined) at.setVariable(version, pattern.rest.id, k.map)
      if (pattern.as !== undefined) at.setVariable(version, pattern.as.id, kinds)
  }
}

/** The same for the patterns of `match`. */
export function bindMatch(at: Inference, version: Version, pattern: IrMatchPattern, kinds: Kinds): void {
  switch (pattern.kind) {
    case 'match-bind':
      at.setVariable(version, pattern.variable.id, kinds)
      return
    case 'match-as':
      if (!pattern.same) at.setVariable(version, pattern.variable.id, kinds)
      bindMatch(at, version, pattern.pattern, kinds)
      return
    case 'match-vector':
      for (const element of pattern.elements) bindMatch(at, version, element, k.any)
      if (pattern.rest !== undefined) bindMatch(at, version, pattern.rest, k.list)
      return
    case 'match-map':
      for (const entry of pattern.entries) bindMatch(at, version, entry.pattern, k.any)
      if (pattern.rest !== undefined) bindMatch(at, version, pattern.rest, k.map)
      return
    default:
  }
}
