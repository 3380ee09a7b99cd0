import { RtfsList, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import type { IrMatchPattern, MatchClauseNode, MatchNode, Node, Variable } from '@rtfs/ir'
import { forEachMatchedVariable } from '@rtfs/ir'
import type { Label } from '../encoder/function-body.js'
import type { ValueType } from '../encoder/value-types.js'
import { makeCells } from './emit-bindings.js'
import { emitPart, isFull } from './emit-parts.js'
import { bindVariable, keysOf } from './emit-patterns.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

/** `match`: clauses top down; the first that matches and whose guard holds (LANGUAGE §7). */
export function emitMatch(e: FunctionEmitter, node: MatchNode, want: Want): void {
  emitChoice(e, want, done => emitSubject(e, node, subject => emitClauses(e, node, subject, want, done)))
}

function emitChoice(e: FunctionEmitter, want: Want, write: (done: Label) => void): void {
  const done = e.body.block(want === 'none' ? undefined : want)
  write(done)
  e.body.end()
  e.settled()
}

export function emitTailMatch(e: FunctionEmitter, node: MatchNode): void {
  emitSubject(e, node, subject => emitClauses(e, node, subject, 'tail', undefined))
}

function emitSubject(e: FunctionEmitter, node: MatchNode, write: (subject: Subject) => void): void {
  const kinds = e.kinds(node.subject)
  const type = e.naturalType(node.subject)
  const operand = e.operand(node.subject, type)
  if (kinds === k.never) e.body.unreachable()
  // Where clauses meet, nothing is left to subtract.
  e.settle()
  write({ operand, type, kinds })
  operand.release()
}

/** A value that a pattern is held against. */
interface Subject {
  readonly operand: Operand
  readonly type: ValueType
  readonly kinds: Kinds
}

/**
 * Writes the clauses from an index on, one after the other, each jumping to the next when it does not match; then the
 * MatchError. `done` takes the value, unless that is the value of the function.
 */
function emitClauses(
  e: FunctionEmitter,
  node: MatchNode,
  subject: Subject,
  want: Want | 'tail',
  done: Label | undefined,
  from = 0,
): void {
  const { body } = e
  for (const [index, clause] of node.clauses.entries()) {
    if (index < from) continue
    if (index > from && isFull(e, want, () => clauseNodes(node, index))) {
      emitPart(e, {
        nodes: clauseNodes(node, index),
        given: [subject],
        want,
        write(part, [operand]) {
          const given = { ...subject, operand: operand! }
          if (want === 'tail') emitClauses(part, node, given, want, undefined, index)
          else emitChoice(part, want, inside => emitClauses(part, node, given, want, inside, index))
        },
      })
      if (done !== undefined) body.br(done)
      return
    }
    const next = body.block()
    emitTest(e, clause.pattern, subject, next, node)
    makeCells(e, clause.declares)
    if (clause.guard !== undefined) {
      e.emitTest(clause.guard)
      e.settle()
      body.op('i32.eqz').brIf(next)
    }
    if (want === 'tail') e.emitTail(clause.body)
    else {
      e.emit(clause.body, want)
      e.settle()
      body.br(done!)
    }
    body.end()
    e.settled()
  }
  pushReference(e, subject)
  e.raising(e.host('no-match'), node.span)
  body.unreachable()
}

/** What clauses evaluate; the subject is there already. */
function clauseNodes(node: MatchNode, from: number): Node[] {
  return node.clauses.slice(from).flatMap(({ guard, body }) => (guard === undefined ? [body] : [guard, body]))
}

function pushReference(e: FunctionEmitter, { operand, type, kinds }: Subject): void {
  e.finishValue(type, kinds, 'externref', () => operand.push())
}

/** Jumps to `next` when the value does not match; otherwise binds the variables. */
function emitTest(
  e: FunctionEmitter,
  pattern: IrMatchPattern,
  subject: Subject,
  next: Label,
  node: MatchNode,
): void {
  const { body } = e
  switch (pattern.kind) {
    case 'match-any':
      return
    case 'match-bind':
      bindMatched(e, pattern.variable, subject)
      return
    case 'match-literal':
      pushEquals(e, pattern.value, subject, node)
      body.op('i32.eqz').brIf(next)
      return
    case 'match-alternatives': {
      const found = body.block()
      for (const value of pattern.alternatives) {
        pushEquals(e, value, subject, node)
        body.brIf(found)
      }
      body.br(next)
      body.end()
      return
    }
    case 'match-same':
      emitSame(e, pattern.variable, subject, next, node)
      return
    case 'match-as':
      if (pattern.same) emitSame(e, pattern.variable, subject, next, node)
      else bindMatched(e, pattern.variable, subject)
      emitTest(e, pattern.pattern, subject, next, node)
      return
    case 'match-is':
      pushReference(e, subject)
      body.globalGet(e.module.typeConstant(pattern.target, e.frame))
      e.charging(e.host('conforms'), node.span)
      body.op('i32.eqz').brIf(next)
      return
    case 'match-vector':
      emitVectorTest(e, pattern, subject, next, node)
      return
    case 'match-map':
      emitMapTest(e, pattern, subject, next, node)
  }
}

function bindMatched(e: FunctionEmitter, variable: Variable, { operand, type, kinds }: Subject): void {
  makeCells(e, [variable])
  bindVariable(e, variable, operand, type, kinds)
}

/** A name that was bound before in the same pattern: the values must be equal. */
function emitSame(
  e: FunctionEmitter,
  variable: Variable,
  subject: Subject,
  next: Label,
  node: MatchNode,
): void {
  const local = e.variable(variable)
  e.body.localGet(local.index)
  if (e.module.facts.isCell(variable)) e.raising(e.host('cell-get'), node.span)
  else e.convert(local.type, 'externref', e.module.inference.variableKinds(e.version, variable.id))
  pushReference(e, subject)
  e.charging(e.host('equal'), node.span)
  e.body.op('i32.eqz').brIf(next)
}

/** Pushes whether the value equals a constant. */
function pushEquals(e: FunctionEmitter, value: Value, subject: Subject, node: MatchNode): void {
  const { body } = e
  const kind = k.kindOf(value)
  const isCollection = value instanceof RtfsVector || value instanceof RtfsList || value instanceof RtfsMap
  if (!isCollection && (kind & subject.kinds) === 0) {
    body.i32(0)
    return
  }
  if (subject.type === 'i64') {
    subject.operand.push()
    body.i64(BigInt(value as number | bigint)).op('i64.eq')
  } else if (kind === k.nil) {
    subject.operand.push()
    body.op('ref.is_null')
  } else {
    body.globalGet(e.module.value(value))
    pushReference(e, subject)
    if (isCollection) e.charging(e.host('equal'), node.span)
    else body.call(e.host('equal-scalar'))
  }
}

function emitVectorTest(
  e: FunctionEmitter,
  pattern: IrMatchPattern & { readonly kind: 'match-vector' },
  subject: Subject,
  next: Label,
  node: MatchNode,
): void {
  const { body } = e
  const { elements, rest } = pattern
  if ((subject.kinds & (k.vector | k.list)) === 0) {
    body.br(next)
    return
  }
  const { operand } = subject
  operand.push()
  body.call(e.host('is-sequence')).op('i32.eqz').brIf(next)
  operand.push()
  body.call(e.host('size')).i32(elements.length)
  body.op(rest === undefined ? 'i32.ne' : 'i32.lt_u').brIf(next)
  elements.forEach((element, index) => {
    if (element.kind === 'match-any') return
    operand.push()
    body.i32(index).call(e.host('item'))
    emitStoredTest(e, element, k.any, next, node)
  })
  if (rest === undefined) return
  operand.push()
  body.i32(elements.length)
  e.charging(e.host('tail'), node.span)
  emitStoredTest(e, rest, k.list, next, node)
}

/** Holds the reference on the stack against a pattern. */
function emitStoredTest(
  e: FunctionEmitter,
  pattern: IrMatchPattern,
  kinds: Kinds,
  next: Label,
  node: MatchNode,
): void {
  const operand = e.stored('externref')
  emitTest(e, pattern, { operand, type: 'externref', kinds }, next, node)
  operand.release()
}

function emitMapTest(
  e: FunctionEmitter,
  pattern: IrMatchPattern & { readonly kind: 'match-map' },
  subject: Subject,
  next: Label,
  node: MatchNode,
): void {
  const { body } = e
  const { entries, rest } = pattern
  if ((subject.kinds & k.map) === 0) {
    body.br(next)
    return
  }
  const { operand } = subject
  operand.push()
  body.call(e.host('is-map')).op('i32.eqz').brIf(next)
  if (rest === undefined) {
    operand.push()
    body.call(e.host('size')).i32(entries.length).op('i32.ne').brIf(next)
  }
  for (const { key, pattern: part } of entries) {
    operand.push()
    body.globalGet(e.module.value(key)).call(e.host('has')).op('i32.eqz').brIf(next)
    if (part.kind === 'match-any') continue
    operand.push()
    body.globalGet(e.module.value(key)).call(e.host('entry'))
    emitStoredTest(e, part, k.any, next, node)
  }
  if (rest === undefined) return
  operand.push()
  body.globalGet(e.module.value(keysOf(entries)))
  e.charging(e.host('without'), node.span)
  emitStoredTest(e, rest, k.map, next, node)
}

/** The variables that a clause binds. */
export function clauseVariables(clause: MatchClauseNode): Variable[] {
  const variables: Variable[] = []
  forEachMatchedVariable(clause.pattern, variable => variables.push(variable))
  return variables
}
