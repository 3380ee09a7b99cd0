import type { CastNode, LambdaNode, LetBinding, LetNode, LoopNode, Node, RecurNode, Variable } from '@rtfs/ir'
import { forEachPatternVariable } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import { emitCheck } from './emit-checks.js'
import { emitFunctionGroup } from './emit-closures.js'
import { emitRecurParameters } from './emit-parameters.js'
import { emitPart, emitPartJump, isFull } from './emit-parts.js'
import { bindPattern } from './emit-patterns.js'
import type { LambdaFacts } from './facts.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import * as k from './kinds.js'

export function emitLet(e: FunctionEmitter, node: LetNode, want: Want): void {
  const rest: LetRest = { want, finish: part => part.emitBody(node.body, want) }
  if (enterLet(e, node, rest)) rest.finish(e)
}

export function emitTailLet(e: FunctionEmitter, node: LetNode): void {
  const rest: LetRest = { want: 'tail', finish: part => part.emitTailBody(node.body) }
  if (enterLet(e, node, rest)) rest.finish(e)
}

/** What follows the bindings of a `let`. */
interface LetRest {
  readonly want: Want | 'tail'
  readonly finish: (e: FunctionEmitter) => void
}

/** Binds; false when what is left of the form has become a part. */
function enterLet(e: FunctionEmitter, node: LetNode, rest: LetRest): boolean {
  makeCells(e, frameVariables(node.bindings, node.declares))
  return bindFrom(e, node, rest, 0)
}

function bindFrom(e: FunctionEmitter, node: LetNode, rest: LetRest, from: number): boolean {
  const bindings = node.bindings.slice(from)
  const isWhole = emitBindings(e, bindings, index => {
    const nodesLeft = () => [...bindings.slice(index).map(({ init }) => init), ...node.body]
    if (!isFull(e, rest.want, nodesLeft)) return false
    const left = bindings.slice(index)
    const defaults = { ...node, bindings: left, body: [] }
    emitPart(e, {
      nodes: [defaults, ...node.body],
      variables: frameVariables(left, node.declares),
      want: rest.want,
      write(part) {
        if (bindFrom(part, node, rest, from + index)) rest.finish(part)
      },
    })
    return true
  })
  if (isWhole) emitDefinedFunctions(e, node.body, node.declares)
  return isWhole
}

/** The variables of a frame: those its bindings bind, and those its definitions fill. */
export function frameVariables(bindings: readonly LetBinding[], declares: readonly Variable[]): Variable[] {
  const variables: Variable[] = []
  for (const { pattern } of bindings) forEachPatternVariable(pattern, variable => variables.push(variable))
  variables.push(...declares)
  return variables
}

/** Makes the empty cells of the variables that need one. */
export function makeCells(e: FunctionEmitter, variables: Iterable<Variable>): void {
  for (const variable of variables) {
    if (!e.module.facts.isCell(variable)) continue
    e.body.globalGet(e.module.value(variable.name)).call(e.host('cell')).localSet(e.place(variable).index)
  }
}

/**
 * Bindings in order; functions bound one after the other are made together. False when `isCut` has taken the rest, from
 * the index that it was asked about.
 */
export function emitBindings(
  e: FunctionEmitter,
  bindings: readonly LetBinding[],
  isCut: (index: number) => boolean = () => false,
): boolean {
  let group: LambdaFacts[] = []
  for (const [index, binding] of bindings.entries()) {
    const bound = boundFunction(e, binding)
    if (bound !== undefined) {
      group.push(bound)
      continue
    }
    emitFunctionGroup(e, group)
    group = []
    if (index > 0 && isCut(index)) return false
    emitBinding(e, binding)
  }
  emitFunctionGroup(e, group)
  return true
}

function boundFunction(e: FunctionEmitter, { pattern, init }: LetBinding): LambdaFacts | undefined {
  if (pattern.kind !== 'bind' || init.kind !== 'lambda') return undefined
  return e.module.facts.functionOf(pattern.variable.id)
}

function emitBinding(e: FunctionEmitter, { pattern, init }: LetBinding): void {
  const kinds = e.kinds(init)
  if (kinds === k.never || pattern.kind === 'wildcard') {
    e.emit(init, 'none')
    if (kinds === k.never) e.body.unreachable()
    return
  }
  if (pattern.kind === 'bind' && !e.module.facts.isCell(pattern.variable)) {
    const { index, type } = e.place(pattern.variable)
    e.emit(init, type)
    e.body.localSet(index)
    return
  }
  const value = e.operand(init, 'externref')
  bindPattern(e, pattern, value, 'externref', kinds)
  value.release()
}

/** The objects of the functions that a body defines before it does anything else. */
export function emitDefinedFunctions(
  e: FunctionEmitter,
  body: readonly Node[],
  declares: readonly Variable[],
): void {
  const group: LambdaFacts[] = []
  for (const form of body) {
    if (form.kind !== 'def' || form.variable === undefined) break
    const lambda = e.module.facts.functionOf(form.variable.id)
    if (lambda === undefined || !declares.some(({ id }) => id === form.variable?.id)) break
    group.push(lambda)
  }
  emitFunctionGroup(e, group)
}

export function emitLoop(e: FunctionEmitter, node: LoopNode, want: Want): void {
  enterLoop(e, node)
  if (e.plan?.targets.has(node.id)) {
    emitLoopPart(e, node, want)
    return
  }
  const done = e.body.block(want === 'none' ? undefined : want)
  e.loop(target => {
    e.loops.set(node.id, target)
    emitDefinedFunctions(e, node.body, node.declares)
    e.emitBody(node.body, want)
    e.settle()
    e.body.br(done)
  })
  e.body.end()
  e.settled()
}

export function emitTailLoop(e: FunctionEmitter, node: LoopNode): void {
  enterLoop(e, node)
  if (e.plan?.targets.has(node.id)) emitLoopPart(e, node, 'tail')
  else emitTailRounds(e, node)
}

function emitTailRounds(e: FunctionEmitter, node: LoopNode): void {
  e.loop(target => {
    e.loops.set(node.id, target)
    emitDefinedFunctions(e, node.body, node.declares)
    e.emitTailBody(node.body)
  })
}

/** The body of a loop as a part, because parts of it jump to its start. */
function emitLoopPart(e: FunctionEmitter, node: LoopNode, want: Want | 'tail'): void {
  emitPart(e, {
    // A jump binds again, which evaluates defaults of patterns.
    nodes: [{ ...node, body: [] }, ...node.body],
    variables: frameVariables(node.bindings, node.declares),
    want,
    loop: { id: node.id, node },
    write: part => emitTailRounds(part, node),
  })
}

function enterLoop(e: FunctionEmitter, node: LoopNode): void {
  makeCells(e, frameVariables(node.bindings, node.declares))
  for (const binding of node.bindings) emitBinding(e, binding)
  e.loopNodes.set(node.id, node)
}

/** `recur`: all arguments, the charge, the checks, fresh cells, the bindings, the jump. */
export function emitRecur(e: FunctionEmitter, node: RecurNode): void {
  const loop = e.loopNodes.get(node.target)
  const args = emitArguments(e, node.args, loop)
  if (args === undefined) return
  e.spend(1, node.span)
  if (loop !== undefined) rebindLoop(e, loop, checkedArguments(e, node.args, args))
  else emitRecurParameters(e, e.version.lambda!.node, args, node.span)
  for (const { operand } of args) operand.release()
  const target = e.loops.get(node.target)
  if (target !== undefined) {
    e.jumpBack(target, node.span)
    return
  }
  e.settle()
  emitPartJump(e, node.target)
}

/** The annotation of a loop binding, which lowering put around the argument; its check comes after the charge. */
function isLoopCast(node: Node): node is CastNode {
  return node.kind === 'cast' && node.path.startsWith('loop ')
}

function checkedArguments(e: FunctionEmitter, nodes: readonly Node[], args: readonly Argument[]): Argument[] {
  return args.map((arg, index) => {
    const node = nodes[index]!
    if (!isLoopCast(node) || k.provesType(arg.kinds, node.target)) return arg
    arg.operand.push()
    const type = emitCheck(e, arg.type, arg.kinds, node.target, { path: node.path, span: node.span })
    return { operand: e.stored(type), type, kinds: e.kinds(node) }
  })
}

/** An argument that was evaluated. */
export interface Argument {
  readonly operand: Operand
  readonly type: ValueType
  readonly kinds: k.Kinds
}

/** Evaluates the arguments of a `recur`; `undefined` when one of them never ends. */
function emitArguments(
  e: FunctionEmitter,
  nodes: readonly Node[],
  loop: LoopNode | undefined,
): Argument[] | undefined {
  const args: Argument[] = []
  for (const [index, each] of nodes.entries()) {
    const node = isLoopCast(each) ? each.value : each
    const kinds = e.kinds(node)
    if (kinds === k.never) {
      e.emit(node, 'none')
      e.body.unreachable()
      return undefined
    }
    const pattern = loop?.bindings[index]?.pattern
    const isPlain =
      pattern?.kind === 'bind' && !e.module.facts.isCell(pattern.variable) && e.kinds(each) === kinds
    const type = isPlain ? e.place(pattern.variable).type : e.naturalType(node)
    args.push({ operand: e.operand(node, type), type, kinds })
  }
  return args
}

function rebindLoop(e: FunctionEmitter, loop: LoopNode, args: readonly Argument[]): void {
  const { facts } = e.module
  const patterns = loop.bindings.map(({ pattern }) => pattern)
  if (patterns.every(pattern => pattern.kind === 'bind' && !facts.isCell(pattern.variable))) {
    // All are read before the first is written: an argument may be another variable of the loop.
    args.forEach(({ operand, type, kinds }, index) => {
      const pattern = patterns[index]!
      operand.push()
      if (pattern.kind === 'bind') e.convert(type, e.place(pattern.variable).type, kinds)
    })
    for (const pattern of [...patterns].reverse()) {
      if (pattern.kind === 'bind') e.body.localSet(e.place(pattern.variable).index)
    }
    makeCells(e, loop.declares)
    return
  }
  const kept = keepAll(e, args)
  makeCells(e, frameVariables(loop.bindings, loop.declares))
  for (const [index, { operand, type, kinds }] of kept.entries()) {
    bindPattern(e, patterns[index]!, operand, type, kinds)
  }
  for (const { operand } of kept) operand.release()
}

/** Copies arguments out of the variables they may be, which are about to be written. */
export function keepAll(e: FunctionEmitter, args: readonly Argument[]): Argument[] {
  return args.map(({ operand, type, kinds }) => {
    operand.push()
    return { operand: e.stored(type), type, kinds }
  })
}

/** Variables of the frame of a call. */
export function callVariables(node: LambdaNode): Variable[] {
  const variables: Variable[] = []
  for (const { pattern } of node.params) forEachPatternVariable(pattern, variable => variables.push(variable))
  if (node.rest !== undefined) forEachPatternVariable(node.rest.pattern, variable => variables.push(variable))
  variables.push(...node.declares)
  return variables
}
