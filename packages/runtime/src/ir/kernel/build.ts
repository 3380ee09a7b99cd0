import { RtfsFloat } from '@rtfs/core'
import type {
  ApplyNode,
  IfNode,
  LambdaNode,
  LetNode,
  LoopNode,
  Node,
  RecurNode,
  VariableRefNode,
} from '@rtfs/ir'
import { constant, contains, type Form, type KernelFunction, leave, type Numeric } from './form.js'
import type { InputKey } from './inputs.js'
import { asFloat, libraryForm } from './library-forms.js'

/** Types of what a kernel reads, in the order of its parameters. */
export type InputTypes = ReadonlyMap<InputKey, Numeric>

/** Thrown and caught in this file: the form is none of kernels. */
class NotForKernels extends Error {}
/** The same for the whole kernel. */
class TooLarge extends Error {}

/** Nodes of one kernel: browsers compile small modules only, when it has to be at once. */
const maxNodes = 600

/**
 * The rounds of a loop; its variables are the first inputs. Values of the loop leave, since only the closures know
 * what to do with them. `undefined` when no way through the body leads to the next round.
 */
export function buildRounds(loop: LoopNode, types: InputTypes): KernelFunction | undefined {
  const builder = new Builder(types, undefined)
  const locals = loop.bindings.map((_, index) => index)
  builder.loops.set(loop.id, locals)
  return build(() => {
    const body = builder.tailBody(loop.body, new Leaf(undefined, 'leaves'))
    if (!contains(body, form => form.kind === 'again' && form.id === loop.id)) return undefined
    return {
      id: loop.id,
      body,
      locals: builder.locals,
      params: types.size,
      variables: locals.length,
      result: 'none',
    }
  })
}

/** What a function is to itself. */
export interface SelfCalls {
  /** True for a reference to the function itself. */
  readonly isSelf: (callee: VariableRefNode) => boolean
}

/**
 * A function; its parameters are the first inputs. `undefined` when it gives nothing, or nothing in it is repeated:
 * then calling a kernel would cost more than it saves.
 */
export function buildFunction(
  lambda: LambdaNode,
  types: InputTypes,
  { isSelf }: SelfCalls,
): KernelFunction | undefined {
  const { returnType } = lambda
  const declared = returnType?.kind === 'primitive' ? numericNames.get(returnType.name) : undefined
  // Other checks may fail, or cost fuel.
  if (returnType !== undefined && declared === undefined) return undefined
  const attempt = (result: Numeric | undefined, calls: boolean): KernelFunction | undefined =>
    build(() => {
      const builder = new Builder(types, { lambda, isSelf, result: calls ? result : undefined })
      const leaf = new Leaf(result, declared === 'float' ? 'widens' : 'strict')
      const body = builder.tailBody(lambda.body, leaf)
      if (leaf.result === undefined) return undefined
      return {
        id: lambda.id,
        body,
        locals: builder.locals,
        params: types.size,
        variables: lambda.params.length,
        result: leaf.result,
      }
    })
  // Ways that need no other call say what type the calls give.
  const result = declared ?? attempt(undefined, false)?.result
  if (result === undefined || result === 'none') return undefined
  const made = attempt(result, true)
  return made !== undefined && contains(made.body, isRepeating) ? made : undefined
}

const numericNames: ReadonlyMap<string, Numeric> = new Map([
  ['int', 'int'],
  ['float', 'float'],
  ['bool', 'bool'],
])

function isRepeating(form: Form): boolean {
  return form.kind === 'call' || form.kind === 'again'
}

function build(attempt: () => KernelFunction | undefined): KernelFunction | undefined {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof NotForKernels || error instanceof TooLarge) return undefined
    throw error
  }
}

/** Where the values of tail positions go: out of a function or of a loop. The first value decides about the type. */
class Leaf {
  result: Numeric | undefined
  readonly #kind: 'leaves' | 'strict' | 'widens'

  /** `widens`: Integers become Floats where the result is one, as the check of a return type does it. */
  constructor(result: Numeric | undefined, kind: 'leaves' | 'strict' | 'widens') {
    this.result = result
    this.#kind = kind
  }

  accept(form: Form): Form {
    if (this.#kind === 'leaves') return leave
    if (form.type === 'none') return form
    this.result ??= form.type
    if (form.type === this.result) return form
    return this.#kind === 'widens' && form.type === 'int' && this.result === 'float' ? asFloat(form) : leave
  }
}

interface Self extends SelfCalls {
  readonly lambda: LambdaNode
  /** What its calls give; `undefined` when that is not known yet. */
  readonly result: Numeric | undefined
}

class Builder {
  readonly locals: Numeric[] = []
  /** Locals of loops, and of the function, by the id of the node. */
  readonly loops = new Map<number, readonly number[]>()
  readonly #places = new Map<InputKey, number>()
  readonly #self: Self | undefined
  readonly #params: number
  #nodes = 0

  constructor(types: InputTypes, self: Self | undefined) {
    for (const [key, type] of types) this.#places.set(key, this.#local(type))
    this.#params = types.size
    this.#self = self
    if (self !== undefined) {
      this.loops.set(
        self.lambda.id,
        self.lambda.params.map((_, index) => index),
      )
    }
  }

  #local(type: Numeric): number {
    return this.locals.push(type) - 1
  }

  /** A body whose last form is in tail position; forms before it have no value anybody wants. */
  tailBody(body: readonly Node[], leaf: Leaf): Form {
    return this.#tail(only(body), leaf)
  }

  #tail(node: Node, leaf: Leaf): Form {
    this.#count()
    switch (node.kind) {
      case 'if':
        return this.#choice(node, branch => this.#tail(branch, leaf))
      case 'let':
        return this.#let(node, body => this.tailBody(body, leaf))
      case 'do':
        return this.tailBody(node.body, leaf)
      case 'charge': {
        const body = this.#tail(node.body, leaf)
        return { kind: 'charge', type: body.type, units: node.units, body }
      }
      case 'loop':
        return this.#loop(node, leaf)
      case 'recur':
        return this.#recur(node)
      case 'apply':
        if (node.tail !== 'no' && this.#isSelf(node)) return this.#tailCall(node)
        break
    }
    return leaf.accept(this.#value(node))
  }

  /** A form that gives a value. */
  #value(node: Node): Form {
    this.#count()
    switch (node.kind) {
      case 'literal':
        if (typeof node.value === 'number') return constant(node.value, 'int')
        if (typeof node.value === 'boolean') return constant(node.value ? 1 : 0, 'bool')
        if (node.value instanceof RtfsFloat) return constant(node.value.value, 'float')
        throw new NotForKernels()
      case 'ref':
        return this.#read(node)
      case 'cast':
        return converted(this.#value(node.value), node.target)
      case 'let':
        return this.#let(node, body => this.#value(only(body)))
      case 'do':
        return this.#value(only(node.body))
      case 'charge': {
        const body = this.#value(node.body)
        return { kind: 'charge', type: body.type, units: node.units, body }
      }
      case 'if':
        return this.#valueOf(this.#choice(node, branch => this.#value(branch)))
      case 'and':
      case 'or':
        return this.#logic(node.kind, node.operands)
      case 'loop': {
        const leaf = new Leaf(undefined, 'strict')
        return this.#valueOf(this.#loop(node, leaf))
      }
      case 'apply':
        return this.#isSelf(node) ? this.#call(node) : this.#library(node)
      default:
        throw new NotForKernels()
    }
  }

  #valueOf(form: Form): Form {
    if (form.type === 'none') throw new NotForKernels()
    return form
  }

  #read(node: VariableRefNode): Form {
    const key = node.scope === 'local' ? node.variable : node.scope === 'builtin' ? undefined : node.name
    const local = key === undefined ? undefined : this.#places.get(key)
    if (local === undefined) throw new NotForKernels()
    return { kind: 'read', type: this.locals[local]!, local }
  }

  #choice(node: IfNode, build: (node: Node) => Form): Form {
    const truth = literalTruth(node.test)
    const branch = (taken: Node | undefined): Form => {
      if (taken === undefined) return leave
      try {
        return build(taken)
      } catch (error) {
        if (!(error instanceof NotForKernels)) throw error
        return leave
      }
    }
    if (truth !== undefined) return branch(truth ? node.then : node.else)
    const test = this.#test(node.test)
    const whenTrue = branch(node.then)
    const whenFalse = branch(node.else)
    if (whenTrue.type !== 'none' && whenFalse.type !== 'none' && whenTrue.type !== whenFalse.type)
      throw new NotForKernels()
    const type = whenTrue.type === 'none' ? whenFalse.type : whenTrue.type
    return { kind: 'choice', type, test, whenTrue, whenFalse }
  }

  #test(node: Node): Form {
    const form = this.#value(node)
    if (form.type !== 'bool') throw new NotForKernels()
    return form
  }

  #logic(kind: 'and' | 'or', operands: readonly Node[]): Form {
    const [first, ...more] = operands
    if (first === undefined) throw new NotForKernels()
    const test = this.#test(first)
    if (more.length === 0) return test
    const rest = this.#logic(kind, more)
    return kind === 'and'
      ? { kind: 'choice', type: 'bool', test, whenTrue: rest, whenFalse: constant(0, 'bool') }
      : { kind: 'choice', type: 'bool', test, whenTrue: constant(1, 'bool'), whenFalse: rest }
  }

  #let(node: LetNode, build: (body: readonly Node[]) => Form): Form {
    if (node.declares.length > 0) throw new NotForKernels()
    const bound = node.bindings.map(({ pattern, init }) => {
      if (pattern.kind !== 'bind' || pattern.variable.cell) throw new NotForKernels()
      const value = this.#valueOf(this.#value(init))
      const local = this.#local(value.type as Numeric)
      this.#places.set(pattern.variable.id, local)
      return { value, local }
    })
    return bound.reduceRight<Form>(
      (body, { value, local }) => ({ kind: 'bind', type: body.type, local, value, body }),
      build(node.body),
    )
  }

  #loop(node: LoopNode, leaf: Leaf): Form {
    if (node.declares.length > 0) throw new NotForKernels()
    const inits: Form[] = []
    const locals: number[] = []
    for (const { pattern, init } of node.bindings) {
      if (pattern.kind !== 'bind' || pattern.variable.cell) throw new NotForKernels()
      const value = this.#valueOf(this.#value(init))
      const local = this.#local(value.type as Numeric)
      this.#places.set(pattern.variable.id, local)
      inits.push(value)
      locals.push(local)
    }
    this.loops.set(node.id, locals)
    const body = this.tailBody(node.body, leaf)
    return { kind: 'loop', type: body.type, id: node.id, locals, inits, body }
  }

  #recur(node: RecurNode): Form {
    const locals = this.loops.get(node.target)
    if (locals === undefined) throw new NotForKernels()
    const made = node.args.map(arg => this.#value(arg))
    const self = this.#self
    const args = self?.lambda.id === node.target ? this.#arguments(made, self.lambda) : made
    this.#fit(args, locals)
    return { kind: 'again', type: 'none', span: node.span, id: node.target, locals, args }
  }

  #tailCall(node: ApplyNode): Form {
    const { lambda } = this.#self!
    const locals = this.loops.get(lambda.id)!
    const args = this.#arguments(
      node.args.map(arg => this.#value(arg)),
      lambda,
    )
    this.#fit(args, locals)
    return { kind: 'again', type: 'none', span: node.span, id: lambda.id, locals, args }
  }

  #call(node: ApplyNode): Form {
    const { lambda, result } = this.#self!
    const args = this.#arguments(
      node.args.map(arg => this.#value(arg)),
      lambda,
    )
    if (result === undefined) throw new NotForKernels()
    this.#fit(args, this.loops.get(lambda.id)!)
    // What else the function reads stays the same in all of its calls.
    const others: Form[] = []
    for (let local = args.length; local < this.#params; local++) {
      others.push({ kind: 'read', type: this.locals[local]!, local })
    }
    return { kind: 'call', type: result, args: [...args, ...others] }
  }

  /** Arguments as the annotations of the parameters leave them. */
  #arguments(args: readonly Form[], lambda: LambdaNode): readonly Form[] {
    if (args.length !== lambda.params.length) throw new NotForKernels()
    return args.map((arg, i) => {
      const { annotation } = lambda.params[i]!
      return annotation?.kind === 'primitive' && annotation.name === 'float' && arg.type === 'int'
        ? asFloat(arg)
        : arg
    })
  }

  #fit(args: readonly Form[], locals: readonly number[]): void {
    for (const [i, { type }] of args.entries()) {
      if (type !== this.locals[locals[i]!]) throw new NotForKernels()
    }
  }

  #isSelf({ callee }: ApplyNode): boolean {
    return callee.kind === 'ref' && this.#self?.isSelf(callee) === true
  }

  #library(node: ApplyNode): Form {
    const { callee } = node
    if (callee.kind !== 'ref' || callee.scope !== 'builtin') throw new NotForKernels()
    const body = libraryForm(
      callee.name,
      node.args.map(arg => this.#value(arg)),
    )
    if (body === undefined) throw new NotForKernels()
    return { kind: 'charge', type: body.type, units: 1, body }
  }

  #count(): void {
    if (++this.#nodes > maxNodes) throw new TooLarge()
  }
}

function only(body: readonly Node[]): Node {
  const [node] = body
  if (node === undefined || body.length > 1) throw new NotForKernels()
  return node
}

/** A value that was checked against a type. Only checks that cannot fail, and cost nothing, are for kernels. */
function converted(value: Form, target: LambdaNode['type']): Form {
  if (target.kind !== 'primitive') throw new NotForKernels()
  if (target.name === value.type) return value
  if (target.name === 'float' && value.type === 'int') return asFloat(value)
  throw new NotForKernels()
}

/** What is known of a test that stands in the text, as `:else` does. */
function literalTruth(node: Node): boolean | undefined {
  return node.kind === 'literal' ? node.value !== false && node.value !== null : undefined
}
