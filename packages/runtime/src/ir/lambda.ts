import { RtfsSequence, typeError, typeName } from '@rtfs/core'
import type { LambdaNode } from '@rtfs/ir'
import { compileParams, isSimple, type RecurTargets } from './bindings.js'
import type { Compile } from './calls.js'
import { compileCheck } from './checks.js'
import { IrClosure } from './closure.js'
import { type Code, type FunctionCode, frameMaker, type Slot } from './code.js'
import { compileBody } from './control.js'
import { delegatedFunction } from './delegated.js'
import { functionKernel } from './kernel/function-kernel.js'
import { Layout } from './layout.js'
import { locateAt } from './placed.js'
import { compileCapture } from './references.js'
import type { Scope } from './scope.js'

/** Makes the compiler of a function's forms, given the targets of its `recur`s. */
export type CompilerFor = (targets: RecurTargets) => Compile

/** A lambda: compiled once; each evaluation makes a closure with the captured variables. */
export function compileLambda(node: LambdaNode, scope: Scope, compilerFor: CompilerFor): Code {
  const code = compileFunction(node, scope, compilerFor)
  const captures = node.captures.map(variable => compileCapture(variable, scope))
  if (captures.length === 0) return () => new IrClosure(code, [undefined])
  return frame => {
    const taken: Slot[] = [undefined]
    for (let i = 0; i < captures.length; i++) taken.push(captures[i]!(frame))
    return new IrClosure(code, taken)
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function compileFunction(node: LambdaNode, outer: Scope, compilerFor: CompilerFor): FunctionCode {
  const { machine, unit } = outer
  const delegated = delegatedFunction(node, unit)
  const delegates = machine.concerns(delegated)
  // The body needs the code object for self calls, and the code object needs the body: it is filled in below.
  const code: Mutable<FunctionCode> = {
    node,
    unit,
    name: node.name ?? 'fn',
    arity: node.params.length,
    hasRest: node.rest !== undefined,
    makeFrame: () => [],
    simple: isSimple(node),
    delegates,
    direct: isSimple(node) && !delegates && hasBody(node),
    recompile: () => compileInto(code, outer, compilerFor),
    bind: () => {},
    body: () => null,
    checkReturn: undefined,
    callFrom: (closure, args, span) => machine.callClosure(closure, args, { span, unit }),
    delegated,
  }
  compileInto(code, outer, compilerFor)
  machine.watch(code)
  return code
}

function hasBody(node: LambdaNode): boolean {
  return node.body.length > 0 || node.hint === undefined
}

function compileInto(code: Mutable<FunctionCode>, outer: Scope, compilerFor: CompilerFor): void {
  const { node } = code
  const { unit } = outer
  code.direct = code.simple && !code.delegates && hasBody(node)
  const layout = new Layout()
  if (node.self !== undefined) layout.addCapture(node.self, 0)
  for (const [i, variable] of node.captures.entries()) layout.addCapture(variable, i + 1)
  const scope: Scope = { ...outer, layout, self: code, selfVariable: node.self?.id ?? 0 }
  const targets: RecurTargets = new Map()
  const compile = compilerFor(targets)
  code.bind = compileParams(node, scope, compile)
  targets.set(node.id, { patterns: [], declare: undefined, rebind: rebinder(code) })
  const kernel = functionKernel(code, scope)
  const body = compileBody(node.body, scope, compile)
  code.body = kernel === undefined ? body : kernel(body)
  if (node.returnType !== undefined) {
    const check = compileCheck(node.returnType, `${code.name}/return`, scope)
    const site = { span: node.returnSpan ?? node.span, unit }
    code.checkReturn = value => check(value, site)
  }
  code.makeFrame = frameMaker(layout.size)
}

/** `recur` to the function: the parameters are bound as on entry; of a variadic one, the last value is the rest. */
function rebinder(code: FunctionCode): FunctionCode['bind'] {
  if (!code.hasRest) return (frame, args, site) => code.bind(frame, args, site)
  return (frame, args, site) => {
    const rest = args[code.arity]!
    if (rest !== null && !(rest instanceof RtfsSequence)) {
      throw locateAt(typeError('recur', 'vector or list', typeName(rest)), site)
    }
    const more = rest === null ? [] : rest.toArray()
    code.bind(frame, [...args.slice(0, code.arity), ...more], site)
  }
}
