import {
  type Diagnostic,
  diagnostic,
  formatType,
  type ResolveType,
  type Span,
  type Type,
  types,
  typesConflict,
} from '@rtfs/core'
import { forEachChild } from './children.js'
import { type InferOptions, infer } from './infer.js'
import { libraryRow } from './library.js'
import type { ApplyNode, Node, Unit } from './nodes.js'
import { isOnly } from './trusted-types.js'
import { indexUnit, type Root } from './unit-index.js'

export interface CheckOptions extends InferOptions {
  /** Conflicts are errors instead of warnings. Default false. */
  readonly strict?: boolean
  /** Type aliases that the unit does not define itself. */
  readonly resolve?: ResolveType
}

/**
 * The type checker (LANGUAGE §18.4): reports only what is provably wrong, where no value belongs both to what an
 * expression yields and to what is wanted, so that a warning always means an error if the code runs.
 */
export function checkTypes(unit: Unit, options: CheckOptions = {}): readonly Diagnostic[] {
  const checker = new Checker(options)
  for (const root of indexUnit(infer(unit, options).unit).values()) checker.root(root)
  return checker.diagnostics.sort((a, b) => a.start - b.start)
}

class Checker {
  readonly diagnostics: Diagnostic[] = []
  readonly #options: CheckOptions
  #resolve: ResolveType = () => undefined

  constructor(options: CheckOptions) {
    this.#options = options
  }

  root(root: Root): void {
    this.#resolve = name => root.types.get(name) ?? this.#options.resolve?.(name)
    for (const form of root.forms) this.#visit(form)
  }

  #visit(node: Node): void {
    if (node.kind === 'module') return
    if (node.kind === 'apply') this.#call(node)
    if (node.kind === 'cast') this.#wanted(node.value, node.target, node.path)
    if (node.kind === 'lambda' && node.returnType !== undefined) {
      const last = node.body.at(-1)
      if (last !== undefined)
        this.#wanted(last, node.returnType, `${node.name ?? 'fn'}/return`, node.returnSpan)
    }
    forEachChild(node, child => this.#visit(child))
  }

  #report(code: string, message: string, span: Span, hint?: string): void {
    const severity = this.#options.strict === true ? 'error' : 'warning'
    this.diagnostics.push(
      diagnostic(code, message, span, hint === undefined ? { severity } : { severity, hint }),
    )
  }

  #conflict(type: Type, wanted: Type): boolean {
    // What never has a value (it throws, it loops) is never wrong.
    return !isOnly(type, 'never') && typesConflict(type, wanted, this.#resolve)
  }

  #wanted(node: Node, target: Type, path: string, span: Span = node.span): void {
    if (!this.#conflict(node.type, target)) return
    this.#report(
      'TypeMismatch',
      `${path} must be ${formatType(target)}, but this is ${formatType(node.type)}`,
      span,
    )
  }

  #call(node: ApplyNode): void {
    const { callee, args } = node
    if (callee.kind === 'ref' && callee.scope === 'builtin') {
      this.#libraryCall(node, callee.name)
      return
    }
    if (this.#conflict(callee.type, callable)) {
      this.#report('NonFunctionCalled', `A ${formatType(callee.type)} cannot be called`, callee.span)
      return
    }
    if (callee.type.kind !== 'function') return
    const { params, rest } = callee.type
    const name = calleeName(callee)
    if (args.length < params.length || (rest === undefined && args.length > params.length)) {
      this.#arity(name, rest === undefined ? String(params.length) : `at least ${params.length}`, node)
      return
    }
    for (const [index, arg] of args.entries())
      this.#argument(name, index, arg, params[index] ?? rest ?? types.any)
  }

  #libraryCall(node: ApplyNode, name: string): void {
    const row = libraryRow(name)
    if (row === undefined || row.type.kind !== 'function') return
    const { min, max } = row.arity
    if (node.args.length < min || node.args.length > max) {
      const expected =
        max === Infinity ? `at least ${min}` : min === max ? String(min) : `between ${min} and ${max}`
      this.#arity(name, expected, node)
      return
    }
    const { params, rest } = row.type
    for (const [index, arg] of node.args.entries())
      this.#argument(name, index, arg, params[index] ?? rest ?? types.any)
  }

  #arity(name: string, expected: string, node: ApplyNode): void {
    this.#report('ArityMismatch', `${name} takes ${expected} arguments, not ${node.args.length}`, node.span)
  }

  #argument(name: string, index: number, arg: Node, wanted: Type): void {
    if (!this.#conflict(arg.type, wanted)) return
    const message = `Argument ${index + 1} of ${name} must be ${formatType(wanted)}, but this is ${formatType(arg.type)}`
    this.#report('FunctionCallTypeMismatch', message, arg.span)
  }
}

const callable = types.union(types.anyFunction, types.keyword)

function calleeName(node: Node): string {
  return node.kind === 'ref' || node.kind === 'qualified-ref' ? node.name : 'this function'
}
