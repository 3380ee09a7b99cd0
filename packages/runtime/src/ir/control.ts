import { isCatchable, isTruthy, type MapKey, matchError, RtfsMap, type Value } from '@rtfs/core'
import type {
  AndNode,
  DoNode,
  IfNode,
  IrMatchPattern,
  MatchNode,
  Node,
  OrNode,
  ThrowNode,
  TryNode,
  Variable,
} from '@rtfs/ir'
import { conformsTo } from '../shared/checks.js'
import { Cell } from '../shared/environment.js'
import { catches, withCause } from '../shared/errors.js'
import { matchesLiteral, restOfMap, restOfSequence, sequenceForMatch } from '../shared/patterns.js'
import type { Place } from '../shared/services.js'
import { shortText, thrown } from '../shared/throwing.js'
import { declareVariables } from './bindings.js'
import type { Compile } from './calls.js'
import type { Code, Frame } from './code.js'
import { locateAt, placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'

/** A sequence of forms; the value of the last, nil for none. */
export function compileBody(nodes: readonly Node[], scope: Scope, compile: Compile): Code {
  const codes = nodes.map(node => compile(node, scope))
  const [a, b] = codes
  if (a === undefined) return () => null
  if (b === undefined) return a
  if (codes.length === 2) {
    return frame => {
      a(frame)
      return b(frame)
    }
  }
  const last = codes.length - 1
  return frame => {
    for (let i = 0; i < last; i++) codes[i]!(frame)
    return codes[last]!(frame)
  }
}

export function compileDo(node: DoNode, scope: Scope, compile: Compile): Code {
  return compileBody(node.body, scope, compile)
}

export function compileIf(node: IfNode, scope: Scope, compile: Compile): Code {
  const test = compile(node.test, scope)
  const then = compile(node.then, scope)
  const otherwise = node.else === undefined ? () => null : compile(node.else, scope)
  return frame => {
    const value = test(frame)
    return value !== false && value !== null ? then(frame) : otherwise(frame)
  }
}

export function compileAnd(node: AndNode, scope: Scope, compile: Compile): Code {
  const operands = node.operands.map(operand => compile(operand, scope))
  const last = operands.length - 1
  if (last < 0) return () => true
  return frame => {
    for (let i = 0; i < last; i++) {
      const value = operands[i]!(frame)
      if (!isTruthy(value)) return value
    }
    return operands[last]!(frame)
  }
}

export function compileOr(node: OrNode, scope: Scope, compile: Compile): Code {
  const operands = node.operands.map(operand => compile(operand, scope))
  const last = operands.length - 1
  if (last < 0) return () => null
  return frame => {
    for (let i = 0; i < last; i++) {
      const value = operands[i]!(frame)
      if (isTruthy(value)) return value
    }
    return operands[last]!(frame)
  }
}

/** `match`: clauses top down (LANGUAGE §7). */
export function compileMatch(node: MatchNode, scope: Scope, compile: Compile): Code {
  const subject = compile(node.subject, scope)
  const clauses = node.clauses.map(clause => {
    const matches = compileMatchPattern(clause.pattern, scope)
    const declare = declareVariables(clause.declares, scope)
    const guard = clause.guard === undefined ? undefined : compile(clause.guard, scope)
    return { matches, declare, guard, body: compile(clause.body, scope) }
  })
  const site = siteOf(node, scope)
  return frame => {
    const value = subject(frame)
    for (const { matches, declare, guard, body } of clauses) {
      if (!placedMatch(matches, frame, value, site)) continue
      declare?.(frame)
      if (guard === undefined || isTruthy(guard(frame))) return body(frame)
    }
    throw locateAt(matchError(shortText(value)), site)
  }
}

type Matcher = (frame: Frame, value: Value) => boolean

/** A budget that runs out while a pattern is compared is reported at the `match`. */
function placedMatch(matches: Matcher, frame: Frame, value: Value, site: Place): boolean {
  try {
    return matches(frame, value)
  } catch (error) {
    throw locateAt(error, site)
  }
}

function compileMatchPattern(pattern: IrMatchPattern, scope: Scope): Matcher {
  const { machine } = scope
  switch (pattern.kind) {
    case 'match-any':
      return () => true
    case 'match-literal':
      return (_, value) => matchesLiteral(pattern.value, value, machine.meter)
    case 'match-alternatives':
      return (_, value) => pattern.alternatives.some(literal => matchesLiteral(literal, value, machine.meter))
    case 'match-bind': {
      const write = declareMatched(pattern.variable, scope)
      return (frame, value) => {
        write(frame, value)
        return true
      }
    }
    case 'match-same': {
      const read = readMatched(pattern.variable, scope)
      return (frame, value) => matchesLiteral(read(frame), value, machine.meter)
    }
    case 'match-as': {
      const { variable, same } = pattern
      const write = same ? undefined : declareMatched(variable, scope)
      const read = readMatched(variable, scope)
      const matches = compileMatchPattern(pattern.pattern, scope)
      return (frame, value) => {
        if (write === undefined)
          return matchesLiteral(read(frame), value, machine.meter) && matches(frame, value)
        write(frame, value)
        return matches(frame, value)
      }
    }
    case 'match-is':
      return (_, value) => conformsTo(value, pattern.target, scope.unit.resolveType, machine.meter)
    case 'match-vector': {
      const elements = pattern.elements.map(element => compileMatchPattern(element, scope))
      const rest = pattern.rest === undefined ? undefined : compileMatchPattern(pattern.rest, scope)
      return (frame, value) => {
        const sequence = sequenceForMatch(value)
        if (sequence === undefined) return false
        if (rest === undefined ? sequence.size !== elements.length : sequence.size < elements.length)
          return false
        for (let i = 0; i < elements.length; i++) if (!elements[i]!(frame, sequence.at(i))) return false
        return rest === undefined || rest(frame, restOfSequence(sequence, elements.length, machine.meter))
      }
    }
    case 'match-map': {
      const entries = pattern.entries.map(entry => ({
        key: entry.key as MapKey,
        matches: compileMatchPattern(entry.pattern, scope),
      }))
      const keys = entries.map(entry => entry.key)
      const rest = pattern.rest === undefined ? undefined : compileMatchPattern(pattern.rest, scope)
      return (frame, value) => {
        if (!(value instanceof RtfsMap)) return false
        if (rest === undefined && value.size !== entries.length) return false
        for (const { key, matches } of entries) {
          const found = value.get(key)
          if (found === undefined || !matches(frame, found)) return false
        }
        return rest === undefined || rest(frame, restOfMap(value, keys, machine.meter))
      }
    }
  }
}

/** Gives a matched variable its slot; a cell, if it needs one, is made when it is written. */
function declareMatched(variable: Variable, scope: Scope): (frame: Frame, value: Value) => void {
  const index = scope.layout.add(variable)
  if (!variable.cell) {
    return (frame, value) => {
      frame[index] = value
    }
  }
  return (frame, value) => {
    frame[index] = new Cell(variable.name, value)
  }
}

function readMatched(variable: Variable, scope: Scope): (frame: Frame) => Value {
  const { index, cell } = scope.layout.find(variable.id)
  return cell ? frame => (frame[index] as Cell).value as Value : frame => frame[index] as Value
}

/** `throw` (LANGUAGE §9.3). */
export function compileThrow(node: ThrowNode, scope: Scope, compile: Compile): Code {
  const value = compile(node.value, scope)
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const raised = value(frame)
    throw placed(site, () => thrown(raised, node.span, machine.meter))
  }
}

/** `try`: catch clauses in order, `finally` always, except when the run itself ends (LANGUAGE §9.4). */
export function compileTry(node: TryNode, scope: Scope, compile: Compile): Code {
  const body = compileBody(node.body, scope, compile)
  const clauses = node.catches.map(clause => {
    const declare = declareVariables([...clause.variables, ...clause.declares], scope)
    const writes = clause.variables.map(variable => compileWrite(variable, scope))
    return { pattern: clause.pattern, declare, writes, body: compileBody(clause.body, scope, compile) }
  })
  const cleanup = node.finally === undefined ? undefined : compileBody(node.finally, scope, compile)
  const { unit, machine } = scope

  function attempt(frame: Frame): Value {
    try {
      return body(frame)
    } catch (error) {
      if (!isCatchable(error)) throw error
      for (const clause of clauses) {
        if (!catches(clause.pattern, error.value, unit.resolveType, machine.meter)) continue
        clause.declare?.(frame)
        for (const write of clause.writes) write(frame, error.value)
        try {
          return clause.body(frame)
        } catch (later) {
          throw withCause(later, error.value)
        }
      }
      throw error
    }
  }

  if (cleanup === undefined) return attempt
  return frame => {
    let result: Value
    try {
      result = attempt(frame)
    } catch (error) {
      if (!isCatchable(error)) throw error
      try {
        cleanup(frame)
      } catch (later) {
        throw withCause(later, error.value)
      }
      throw error
    }
    cleanup(frame)
    return result
  }
}
