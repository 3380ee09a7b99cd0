import { isTruthy, type MapKey, matchError, RtfsMap, type Value } from '@rtfs/core'
import type { Match, MatchPattern } from '@rtfs/parser'
import { conformsTo } from '../shared/checks.js'
import { matchesLiteral, restOfMap, restOfSequence, sequenceForMatch } from '../shared/patterns.js'
import { shortText } from '../shared/throwing.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { NewFrame } from './frame.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `match` (LANGUAGE §7), and `case`, which the analyser rewrites to it: clauses top down. */
export function evaluateMatch(machine: Machine, node: Match, scope: Scope): Done {
  machine.after(node.subject, scope, value => tryClauses(machine, node, value, scope, 0))
}

function tryClauses(machine: Machine, node: Match, value: Value, scope: Scope, from: number): Done {
  machine.at(node, scope.unit)
  for (let i = from; i < node.clauses.length; i++) {
    const clause = node.clauses[i]!
    const { pattern, guard, body } = clause
    const bound = new Map<string, Value>()
    if (!matches(machine, pattern, value, bound, scope)) continue
    const frame = new NewFrame(scope, definedNames(guard === undefined ? [body] : [guard, body], clause))
    for (const [name, part] of bound) frame.bind(name, part)
    if (guard === undefined) return machine.evaluate(body, frame.full)
    const next = i + 1
    machine.after(guard, frame.full, passed => {
      if (isTruthy(passed)) machine.evaluate(body, frame.full)
      else tryClauses(machine, node, value, scope, next)
    })
    return
  }
  throw matchError(shortText(value))
}

/** True when the pattern matches; `bound` then has its names. A repeated name must match equal values. */
function matches(
  machine: Machine,
  pattern: MatchPattern,
  value: Value,
  bound: Map<string, Value>,
  scope: Scope,
): boolean {
  const { meter } = machine
  switch (pattern.kind) {
    case 'match-any':
      return true
    case 'match-literal':
      return matchesLiteral(pattern.value, value, meter)
    case 'match-alternatives':
      return pattern.alternatives.some(literal => matchesLiteral(literal, value, meter))
    case 'match-bind':
      return bindOnce(machine, pattern.name, value, bound)
    case 'match-as':
      return (
        bindOnce(machine, pattern.name, value, bound) &&
        matches(machine, pattern.pattern, value, bound, scope)
      )
    case 'match-is':
      return conformsTo(value, pattern.type, scope.unit.resolveType, meter)
    case 'match-vector': {
      const { elements, rest } = pattern
      const sequence = sequenceForMatch(value)
      if (sequence === undefined) return false
      if (rest === undefined ? sequence.size !== elements.length : sequence.size < elements.length)
        return false
      return (
        elements.every((element, i) => matches(machine, element, sequence.at(i), bound, scope)) &&
        (rest === undefined ||
          matches(machine, rest, restOfSequence(sequence, elements.length, meter), bound, scope))
      )
    }
    case 'match-map': {
      const { entries, rest } = pattern
      if (!(value instanceof RtfsMap)) return false
      if (rest === undefined && value.size !== entries.length) return false
      for (const entry of entries) {
        const found = value.get(entry.key as MapKey)
        if (found === undefined || !matches(machine, entry.pattern, found, bound, scope)) return false
      }
      if (rest === undefined) return true
      const keys = entries.map(entry => entry.key)
      return matches(machine, rest, restOfMap(value, keys, meter), bound, scope)
    }
  }
}

function bindOnce(machine: Machine, name: string, value: Value, bound: Map<string, Value>): boolean {
  const before = bound.get(name)
  if (before !== undefined) return matchesLiteral(before, value, machine.meter)
  bound.set(name, value)
  return true
}
