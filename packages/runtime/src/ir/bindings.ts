import { type MapKey, RtfsList, type Value } from '@rtfs/core'
import type {
  CastNode,
  IrPattern,
  LambdaNode,
  LetBinding,
  LetNode,
  LoopNode,
  Node,
  ParamNode,
  RecurNode,
  Variable,
} from '@rtfs/ir'
import { forEachPatternVariable } from '@rtfs/ir'
import { chargeElements } from '../shared/charges.js'
import { Cell } from '../shared/environment.js'
import { mapForPattern, restOfMap, restOfSequence, sequenceForPattern } from '../shared/patterns.js'
import type { Place } from '../shared/services.js'
import { type Compile, evaluate } from './calls.js'
import { compileCheck } from './checks.js'
import type { Binder, Code, Frame, FunctionCode } from './code.js'
import { compileBody } from './control.js'
import { loopKernel } from './kernel/loop-kernel.js'
import type { Machine } from './machine.js'
import { placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'
import { recurring } from './signals.js'

/** The variables a pattern binds, in order. */
export function patternVariables(pattern: IrPattern): Variable[] {
  const variables: Variable[] = []
  forEachPatternVariable(pattern, variable => variables.push(variable))
  return variables
}

/**
 * Gives variables their slots; gives the code that makes the empty cells of those that need one, `undefined` when
 * none does. It runs when their frame is entered.
 */
export function declareVariables(
  variables: readonly Variable[],
  scope: Scope,
): ((frame: Frame) => void) | undefined {
  for (const variable of variables) scope.layout.add(variable)
  return compileCells(variables, scope)
}

function compileCells(variables: readonly Variable[], scope: Scope): ((frame: Frame) => void) | undefined {
  const cells = variables
    .filter(variable => variable.cell)
    .map(variable => ({ name: variable.name, index: scope.layout.find(variable.id).index }))
  if (cells.length === 0) return undefined
  return frame => {
    for (const { index, name } of cells) frame[index] = new Cell(name)
  }
}

/** Destructuring (LANGUAGE §6) into slots that `declarePattern` gave out. */
export function compilePattern(
  pattern: IrPattern,
  scope: Scope,
  compile: Compile,
): (frame: Frame, value: Value) => void {
  switch (pattern.kind) {
    case 'bind':
      return compileWrite(pattern.variable, scope)
    case 'wildcard':
      return () => {}
    case 'vector-pattern': {
      const elements = pattern.elements.map(element => compilePattern(element, scope, compile))
      const rest = pattern.rest === undefined ? undefined : compilePattern(pattern.rest, scope, compile)
      const as = pattern.as === undefined ? undefined : compileWrite(pattern.as, scope)
      const { machine } = scope
      const site = siteOf(pattern, scope)
      return (frame, value) => {
        const sequence = placed(site, () => sequenceForPattern(value))
        const more =
          rest === undefined
            ? undefined
            : placed(site, () => restOfSequence(sequence, elements.length, machine.meter))
        for (let i = 0; i < elements.length; i++)
          elements[i]!(frame, i < sequence.size ? sequence.at(i) : null)
        if (more !== undefined) rest?.(frame, more)
        as?.(frame, value)
      }
    }
    case 'map-pattern': {
      const entries = pattern.entries.map(entry => ({
        key: entry.key as MapKey,
        bind: compilePattern(entry.pattern, scope, compile),
        default: entry.default === undefined ? undefined : compile(entry.default, scope),
      }))
      const keys = entries.map(entry => entry.key)
      const rest = pattern.rest === undefined ? undefined : compileWrite(pattern.rest, scope)
      const as = pattern.as === undefined ? undefined : compileWrite(pattern.as, scope)
      const { machine } = scope
      const site = siteOf(pattern, scope)
      return (frame, value) => {
        const map = placed(site, () => mapForPattern(value))
        const others =
          rest === undefined ? undefined : placed(site, () => restOfMap(map, keys, machine.meter))
        for (const entry of entries) {
          let found = map.get(entry.key)
          if (found === undefined) found = entry.default === undefined ? null : entry.default(frame)
          entry.bind(frame, found)
        }
        if (others !== undefined) rest?.(frame, others)
        as?.(frame, value)
      }
    }
  }
}

/** `let`: the cells of its frame are made first, then each init runs and is bound. */
export function compileLet(node: LetNode, scope: Scope, compile: Compile): Code {
  const declare = declareVariables([...bindingVariables(node.bindings), ...node.declares], scope)
  const bindings = node.bindings.map(binding => compileBinding(binding, scope, compile))
  const body = compileBody(node.body, scope, compile)
  const [only] = bindings
  if (declare === undefined && bindings.length === 1 && only !== undefined) {
    return frame => {
      only(frame)
      return body(frame)
    }
  }
  return frame => {
    declare?.(frame)
    for (let i = 0; i < bindings.length; i++) bindings[i]!(frame)
    return body(frame)
  }
}

/** The variables that bindings bind; a name bound twice, with a slot for each, is two variables. */
function bindingVariables(bindings: readonly LetBinding[]): Variable[] {
  return bindings.flatMap(binding => patternVariables(binding.pattern))
}

/** Runs an init and binds it. */
export function compileBinding(binding: LetBinding, scope: Scope, compile: Compile): (frame: Frame) => void {
  const init = compile(binding.init, scope)
  const { pattern } = binding
  if (pattern.kind === 'bind' && !pattern.variable.cell) {
    const { index } = scope.layout.find(pattern.variable.id)
    return frame => {
      frame[index] = init(frame)
    }
  }
  const bind = compilePattern(pattern, scope, compile)
  return frame => bind(frame, init(frame))
}

/** `loop`: a `recur` in its body fills the slots, with fresh cells, and signals the next round. */
export function compileLoop(node: LoopNode, scope: Scope, compile: Compile, targets: RecurTargets): Code {
  const declare = declareVariables([...bindingVariables(node.bindings), ...node.declares], scope)
  const inits = node.bindings.map(binding => compileBinding(binding, scope, compile))
  const patterns = node.bindings.map(binding => binding.pattern)
  targets.set(node.id, { patterns, declare, rebind: undefined })
  const kernel = loopKernel(node, scope)
  const body = compileBody(node.body, scope, compile)
  return frame => {
    declare?.(frame)
    for (let i = 0; i < inits.length; i++) inits[i]!(frame)
    for (;;) {
      kernel?.advance(frame)
      const result = body(frame)
      if (result !== recurring) return result
    }
  }
}

/** What a `recur` must know of its target. */
export interface RecurTarget {
  readonly patterns: readonly IrPattern[]
  /** Makes the fresh cells of the next round. */
  readonly declare: ((frame: Frame) => void) | undefined
  /** For functions: binds all arguments, checked; loops bind their patterns. */
  readonly rebind: ((frame: Frame, args: readonly Value[], site: Place) => void) | undefined
}

export type RecurTargets = Map<number, RecurTarget>

/** `recur`: evaluates all arguments, then rebinds, then signals. */
export function compileRecur(node: RecurNode, scope: Scope, compile: Compile, targets: RecurTargets): Code {
  const target = targets.get(node.target)
  if (target === undefined) throw new Error(`recur target ${node.target} is not being compiled`)
  const loopChecks = node.args.map(arg => loopCheck(arg, scope))
  const args = node.args.map(arg => compile(isLoopCast(arg) ? arg.value : arg, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  const { rebind } = target
  if (rebind !== undefined) {
    return frame => {
      const values = evaluate(args, frame)
      machine.charge(site)
      rebind(frame, values, site)
      return recurring
    }
  }
  const checked = loopChecks.some(check => check !== undefined)
  const slots = checked || target.declare !== undefined ? undefined : plainSlots(target.patterns, scope)
  if (slots !== undefined) return compilePlainRecur(args, slots, site, machine)
  const { declare } = target
  const binders = target.patterns.map(pattern => compilePattern(pattern, scope, compile))
  return frame => {
    const values = evaluate(args, frame)
    machine.charge(site)
    for (let i = 0; i < loopChecks.length; i++) values[i] = applied(loopChecks[i], values[i]!)
    declare?.(frame)
    for (let i = 0; i < binders.length; i++) binders[i]!(frame, values[i]!)
    return recurring
  }
}

function applied(check: ((value: Value) => Value) | undefined, value: Value): Value {
  return check === undefined ? value : check(value)
}

/** The annotation of a loop binding, which lowering put around the argument of the `recur`. */
function isLoopCast(node: Node): node is CastNode {
  return node.kind === 'cast' && node.path.startsWith('loop ')
}

/** The check of a loop binding's annotation; it comes after the charge of the `recur`. */
function loopCheck(arg: Node, scope: Scope): ((value: Value) => Value) | undefined {
  if (!isLoopCast(arg)) return undefined
  const check = compileCheck(arg.target, arg.path, scope)
  const site = siteOf(arg, scope)
  return value => check(value, site)
}

/** The slots of patterns that are all simple names; `undefined` when one is not. */
function plainSlots(patterns: readonly IrPattern[], scope: Scope): readonly number[] | undefined {
  const slots: number[] = []
  for (const pattern of patterns) {
    if (pattern.kind !== 'bind') return undefined
    slots.push(scope.layout.find(pattern.variable.id).index)
  }
  return slots
}

function compilePlainRecur(
  args: readonly Code[],
  slots: readonly number[],
  site: Place,
  machine: Machine,
): Code {
  const [a, b] = args
  const [i = 0, j = 0] = slots
  if (args.length === 1 && a !== undefined) {
    return frame => {
      frame[i] = a(frame)
      machine.charge(site)
      return recurring
    }
  }
  if (args.length === 2 && a !== undefined && b !== undefined) {
    return frame => {
      const x = a(frame)
      frame[j] = b(frame)
      frame[i] = x
      machine.charge(site)
      return recurring
    }
  }
  return frame => {
    const values: Value[] = []
    for (let k = 0; k < args.length; k++) values.push(args[k]!(frame))
    for (let k = 0; k < slots.length; k++) frame[slots[k]!] = values[k]!
    machine.charge(site)
    return recurring
  }
}

/** True when arguments can go straight to slots: no patterns, annotations, rest or cells. */
export function isSimple(node: LambdaNode): boolean {
  return (
    node.rest === undefined &&
    node.body.length > 0 &&
    node.declares.length === 0 &&
    node.params.every(
      param =>
        param.annotation === undefined && param.pattern.kind === 'bind' && !param.pattern.variable.cell,
    )
  )
}

/** Gives parameters their slots (those of simple functions are 1…n in order) and makes the cells of the call's frame. */
export function declareParams(node: LambdaNode, scope: Scope): ((frame: Frame) => void) | undefined {
  const patterns = [...node.params, ...(node.rest === undefined ? [] : [node.rest])].map(
    param => param.pattern,
  )
  return declareVariables([...patterns.flatMap(patternVariables), ...node.declares], scope)
}

/** Binds arguments to the parameters' patterns: each is checked and destructured in order. */
export function compileParams(node: LambdaNode, scope: Scope, compile: Compile): FunctionCode['bind'] {
  const declare = declareParams(node, scope)
  const params = node.params.map(param => compileParam(param, scope, compile))
  const rest = node.rest === undefined ? undefined : compileRest(node.rest, params.length, scope, compile)
  return (frame, args, site) => {
    declare?.(frame)
    for (let i = 0; i < params.length; i++) params[i]!(frame, args[i]!, site)
    rest?.(frame, args, site)
  }
}

function compileParam(param: ParamNode, scope: Scope, compile: Compile): Binder {
  const bind = compilePattern(param.pattern, scope, compile)
  const { annotation, path } = param
  if (annotation === undefined) return (frame, value) => bind(frame, value)
  const check = compileCheck(annotation, path, scope)
  return (frame, value, site) => bind(frame, check(value, site))
}

/** The arguments beyond the fixed ones as a List, each checked against the annotation. */
function compileRest(param: ParamNode, from: number, scope: Scope, compile: Compile): FunctionCode['bind'] {
  const bind = compilePattern(param.pattern, scope, compile)
  const check = param.annotation === undefined ? undefined : compileCheck(param.annotation, param.path, scope)
  const { machine } = scope
  return (frame, args, site) => {
    const rest = args.slice(from)
    if (check !== undefined) for (let i = 0; i < rest.length; i++) rest[i] = check(rest[i]!, site)
    placed(site, () => chargeElements(machine.meter, rest.length))
    bind(frame, RtfsList.from(rest))
  }
}
