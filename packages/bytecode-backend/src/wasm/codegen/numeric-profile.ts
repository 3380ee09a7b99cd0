import { forEachChild, type Node } from '@rtfs/ir'
import type { LambdaFacts, UnitFacts } from './facts.js'

/** How a function uses its parameters as numbers. */
export interface NumericProfile {
  /** Positions of parameters without annotation that are operands of number functions. */
  readonly params: ReadonlySet<number>
  /** Number of calls of such functions. */
  readonly operations: number
  /** True when the function has a loop or calls itself. */
  readonly repeats: boolean
}

/** Library functions whose arguments are numbers. */
export const numberFunctions: ReadonlySet<string> = new Set(
  '+ - * / < <= > >= == inc dec mod quot rem abs max min zero? pos? neg? even? odd?'.split(' '),
)

/** Looks at the code of a function, not at the functions inside it. */
export function numericProfile(lambda: LambdaFacts, facts: UnitFacts): NumericProfile {
  const positions = new Map<number, number>()
  lambda.node.params.forEach(({ pattern, annotation }, index) => {
    if (pattern.kind === 'bind' && annotation === undefined && !facts.isCell(pattern.variable)) {
      positions.set(pattern.variable.id, index)
    }
  })
  const params = new Set<number>()
  let operations = 0
  let repeats = false
  const visit = (node: Node): void => {
    if (node.kind === 'lambda') return
    if (node.kind === 'loop' || node.kind === 'recur' || node.kind === 'dotimes') repeats = true
    if (node.kind === 'apply') {
      if (facts.knownCallee(node.callee, node.args.length) === lambda) repeats = true
      if (isNumberCall(node)) {
        operations++
        for (const arg of node.args) {
          const position = arg.kind === 'ref' ? positions.get(arg.variable) : undefined
          if (position !== undefined) params.add(position)
        }
      }
    }
    forEachChild(node, visit)
  }
  lambda.node.body.forEach(visit)
  return { params, operations, repeats }
}

function isNumberCall(node: Node & { readonly kind: 'apply' }): boolean {
  const { callee } = node
  if (callee.kind !== 'ref' || callee.scope !== 'builtin') return false
  if (numberFunctions.has(callee.name)) return true
  // `=` compares anything; with a number beside it, it most likely compares numbers.
  return callee.name === '=' && node.args.some(arg => arg.kind === 'literal' && typeof arg.value === 'number')
}
