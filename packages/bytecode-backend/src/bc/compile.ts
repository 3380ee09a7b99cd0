import { formatType, RtfsError, type Span, type Type, unsupported, type Value } from '@rtfs/core'
import type { CompiledExport, CompileOptions } from '@rtfs/interfaces'
import {
  type ApplyNode,
  bundleModules,
  functionType,
  type IrPattern,
  type LambdaNode,
  type LoopNode,
  type Node,
  type RecurNode,
  sourceName,
  type Unit,
} from '@rtfs/ir'
import { findBuiltin } from '@rtfs/stdlib'
import { ByteWriter } from '../wasm/encoder/byte-writer.js'
import { encodeDebug, type Site } from '../wasm/metadata/debug.js'
import { writeValue } from '../wasm/metadata/value-codec.js'
import { moduleLimits } from '../wasm/module-limits.js'
import { type BcFunction, encodeModule, type Instruction, type InstructionName, targetId } from './format.js'

/** Compiles a unit to byte code. Throws UnsupportedError naming the form that is not covered. */
export function compileUnit(source: Unit, options: CompileOptions = {}) {
  const unit = options.bundle === true ? bundleModules(source, targetId) : source
  const compiler = new UnitCompiler(unit)
  // Functions of modules have a space in their names.
  const names = options.exports ?? [...compiler.definitions.keys()].filter(name => sourceName(name) === name)
  for (const name of names) {
    if (!compiler.definitions.has(name))
      throw new RtfsError('RTFS_USAGE', `the unit does not define the function ${name}`)
  }
  const exports = names.map(name => [name, compiler.functionNumber(name, undefined)] as const)
  const init = options.program === true ? compiler.addTopLevel() : 0
  compiler.compilePending()
  const { constants, builtins, checks, types, functions, sites } = compiler
  const bytes = encodeModule({ constants, builtins, checks, types, functions, exports, init })
  if (bytes.length > moduleLimits.bytes) throw unsupported(targetId, 'a program of this size')
  return {
    bytes,
    imports: builtins.map(({ name, count }) => `lib.${name}/${count}`).sort(),
    exports: names.map((name): CompiledExport => {
      const aliases = new Map(types)
      const signature = formatType(functionType(compiler.definitions.get(name)!), alias => aliases.get(alias))
      return { name, exportName: name, signature }
    }),
    debug: encodeDebug(sites),
  }
}

function notCovered(
  node: { readonly kind: string; readonly span: Span },
  form: string = node.kind,
): RtfsError {
  return unsupported(targetId, form, node.span)
}

/** The tables of a module, and the functions that are still to be compiled. */
class UnitCompiler {
  readonly constants: Value[] = []
  readonly builtins: { readonly name: string; readonly count: number }[] = []
  readonly checks: { readonly type: Type; readonly path: string }[] = []
  readonly types: (readonly [string, Type])[] = []
  readonly functions: BcFunction[] = []
  readonly sites: Site[] = []
  /** Functions of the top level, by name. */
  readonly definitions = new Map<string, LambdaNode>()
  readonly #forms: readonly Node[]
  readonly #numbers = new Map<string, number>()
  readonly #constantNumbers = new Map<string, number>()
  readonly #builtinNumbers = new Map<string, number>()

  constructor(unit: Unit) {
    this.#forms = unit.forms.filter(form => {
      if (form.kind === 'deftype') this.types.push([form.name, form.target])
      else if (form.kind === 'def' && form.init.kind === 'lambda') {
        if (this.definitions.has(form.name)) throw notCovered(form, `a second definition of ${form.name}`)
        this.definitions.set(form.name, form.init)
      } else return form.kind !== 'defmacro' && form.kind !== 'deftest'
      return false
    })
    const last = unit.forms[unit.forms.length - 1]
    if (last !== undefined && last.kind === 'def') this.#last = last
  }

  /** A definition that the unit ends with: its value would be a function. */
  readonly #last: Node | undefined

  /** Number of a function of the top level, which thereby becomes part of the module. */
  functionNumber(name: string, at: Node | undefined): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const lambda = this.definitions.get(name)
    if (lambda === undefined) throw unsupported(targetId, `name ${name}`, at?.span)
    const number = this.functions.length
    this.#numbers.set(name, number)
    this.functions.push({ name, arity: lambda.params.length, slots: 0, code: [] })
    return number
  }

  addTopLevel(): number {
    if (this.#last !== undefined) throw notCovered(this.#last, 'a program that ends with a definition')
    const fn = new FunctionCompiler(this, undefined, '')
    fn.compileBody(this.#forms)
    this.functions.push({ name: '', arity: 0, slots: fn.slots, code: fn.code })
    return this.functions.length
  }

  compilePending(): void {
    const done = new Set<string>()
    for (;;) {
      const name = [...this.#numbers.keys()].find(each => !done.has(each))
      if (name === undefined) return
      done.add(name)
      const lambda = this.definitions.get(name)!
      const fn = new FunctionCompiler(this, lambda, name)
      fn.compileFunction(lambda)
      const { slots, code } = fn
      this.functions[this.#numbers.get(name)!] = { name, arity: lambda.params.length, slots, code }
    }
  }

  site(span: Span): number {
    this.sites.push({ span, frame: 0, callee: '', charges: [] })
    return this.sites.length
  }

  constant(value: Value): number {
    const out = new ByteWriter()
    writeValue(out, value)
    return numberIn(this.#constantNumbers, out.toKey(), this.constants, value)
  }

  builtinCall(name: string, count: number): number {
    return numberIn(this.#builtinNumbers, `${name}/${count}`, this.builtins, { name, count })
  }
}

function numberIn<T>(numbers: Map<string, number>, key: string, items: T[], item: T): number {
  let number = numbers.get(key)
  if (number === undefined) {
    number = items.push(item) - 1
    numbers.set(key, number)
  }
  return number
}

/** What a `recur` writes to and jumps to. */
interface Target {
  readonly slots: readonly number[]
  readonly start: number
  /** Checks of annotated parameters, at the place of the `recur`. */
  readonly check: (span: Span) => void
}

class FunctionCompiler {
  readonly code: Instruction[] = []
  slots = 0
  readonly #unit: UnitCompiler
  readonly #lambda: LambdaNode | undefined
  readonly #name: string
  readonly #variables = new Map<number, number>()
  readonly #targets = new Map<number, Target>()

  /** `name`: that of the global. */
  constructor(unit: UnitCompiler, lambda: LambdaNode | undefined, name: string) {
    this.#name = name
    this.#unit = unit
    this.#lambda = lambda
  }

  #emit(name: InstructionName, a = 0, b = 0): number {
    return this.code.push({ name, a, b }) - 1
  }

  /** Makes a jump go to the next instruction. */
  #land(jump: number): void {
    this.code[jump] = { ...this.code[jump]!, a: this.code.length }
  }

  compileFunction(node: LambdaNode): void {
    if (node.rest !== undefined) throw notCovered(node, 'a rest parameter')
    if (node.hint !== undefined) throw notCovered(node, 'a delegation hint')
    if (node.declares.length > 0) throw notCovered(node, 'a definition inside a function')
    // A parameter without a name takes a slot, too.
    const places = node.params.map(({ pattern }) => this.#bind(pattern, node))
    const check = (span: Span | undefined): void => {
      node.params.forEach(({ annotation, path }, index) => {
        if (annotation === undefined) return
        this.#emit('load', places[index]!)
        this.#check(annotation, path, span)
        this.#emit('store', places[index]!)
      })
    }
    check(undefined)
    this.#targets.set(node.id, { slots: places, start: this.code.length, check })
    this.compileBody(node.body)
  }

  compileBody(body: readonly Node[]): void {
    this.#body(body, true)
    this.#return()
  }

  #return(): void {
    const lambda = this.#lambda
    if (lambda?.returnType !== undefined) {
      this.#check(lambda.returnType, `${lambda.name ?? 'fn'}/return`, lambda.returnSpan ?? lambda.span)
    }
    this.#emit('return')
  }

  #check(type: Type, path: string, span: Span | undefined): void {
    const check = this.#unit.checks.push({ type, path }) - 1
    this.#emit('check', check, span === undefined ? 0 : this.#unit.site(span))
  }

  #bind(pattern: IrPattern, node: Node): number {
    if (pattern.kind !== 'bind' && pattern.kind !== 'wildcard') throw notCovered(node, 'destructuring')
    const slot = this.slots++
    if (this.slots > moduleLimits.locals) throw notCovered(node, 'a function of so many variables')
    if (pattern.kind === 'wildcard') return slot
    if (pattern.variable.cell) throw notCovered(node, 'a function inside a function')
    this.#variables.set(pattern.variable.id, slot)
    return slot
  }

  #body(body: readonly Node[], isTail: boolean): void {
    if (body.length === 0) this.#emit('const', this.#unit.constant(null))
    body.forEach((node, index) => {
      const isLast = index === body.length - 1
      this.#node(node, isLast && isTail)
      if (!isLast) this.#emit('pop')
    })
  }

  /** Leaves the value of a node on the stack. */
  #node(node: Node, isTail: boolean): void {
    switch (node.kind) {
      case 'literal':
      case 'quote':
        this.#emit('const', this.#unit.constant(node.value))
        return
      case 'ref': {
        const slot = node.scope === 'local' ? this.#variables.get(node.variable) : undefined
        if (slot === undefined) throw notCovered(node, `the name ${node.name} as a value`)
        this.#emit('load', slot)
        return
      }
      case 'do':
        this.#body(node.body, isTail)
        return
      case 'charge':
        this.#emit('charge', node.units, this.#unit.site(node.span))
        this.#node(node.body, isTail)
        return
      case 'if': {
        this.#node(node.test, false)
        const otherwise = this.#emit('jump-unless')
        this.#node(node.then, isTail)
        const end = this.#emit('jump')
        this.#land(otherwise)
        if (node.else === undefined) this.#emit('const', this.#unit.constant(null))
        else this.#node(node.else, isTail)
        this.#land(end)
        return
      }
      case 'and':
        this.#operands(node.operands, 'jump-keeping-false', true, isTail)
        return
      case 'or':
        this.#operands(node.operands, 'jump-keeping-true', null, isTail)
        return
      case 'let':
        if (node.declares.length > 0) throw notCovered(node, 'a definition inside a let')
        for (const { pattern, init } of node.bindings) {
          this.#node(init, false)
          this.#emit('store', this.#bind(pattern, node))
        }
        this.#body(node.body, isTail)
        return
      case 'loop':
        this.#loop(node, isTail)
        return
      case 'recur':
        this.#recur(node)
        return
      case 'cast':
        this.#node(node.value, false)
        this.#check(node.target, node.path, node.span)
        return
      case 'apply':
        this.#apply(node, isTail)
        return
      case 'vector':
        for (const element of node.elements) this.#node(element, false)
        this.#emit('vector', node.elements.length, this.#unit.site(node.span))
        return
      case 'map':
        for (const { key, value } of node.entries) {
          this.#node(key, false)
          this.#emit('map-key', this.#unit.site(key.span))
          this.#node(value, false)
        }
        this.#emit('map', node.entries.length, this.#unit.site(node.span))
        return
      case 'throw':
        this.#node(node.value, false)
        this.#emit('throw', this.#unit.site(node.span))
        // As after `recur`.
        this.#emit('const', this.#unit.constant(null))
        return
      default:
        throw notCovered(node)
    }
  }

  #operands(nodes: readonly Node[], jump: InstructionName, empty: Value, isTail: boolean): void {
    if (nodes.length === 0) this.#emit('const', this.#unit.constant(empty))
    const jumps = nodes.map((node, index) => {
      const isLast = index === nodes.length - 1
      this.#node(node, isLast && isTail)
      return isLast ? undefined : this.#emit(jump)
    })
    for (const each of jumps) if (each !== undefined) this.#land(each)
  }

  #loop(node: LoopNode, isTail: boolean): void {
    if (node.declares.length > 0) throw notCovered(node, 'a definition inside a loop')
    const slots = node.bindings.map(({ pattern, init }) => {
      this.#node(init, false)
      const slot = this.#bind(pattern, node)
      this.#emit('store', slot)
      return slot
    })
    this.#targets.set(node.id, { slots, start: this.code.length, check: () => {} })
    this.#body(node.body, isTail)
  }

  #recur(node: RecurNode): void {
    const target = this.#targets.get(node.target)
    if (target === undefined) throw notCovered(node)
    for (const arg of node.args) this.#node(arg, false)
    this.#emit('charge', 1, this.#unit.site(node.span))
    for (const slot of [...target.slots].reverse()) this.#emit('store', slot)
    target.check(node.span)
    this.#emit('jump', target.start)
    // The code behind it never runs, but has the value that is expected of a form.
    this.#emit('const', this.#unit.constant(null))
  }

  #apply(node: ApplyNode, isTail: boolean): void {
    const { callee, args } = node
    const self = this.#lambda?.self
    const isOwnName = callee.kind === 'ref' && self !== undefined && callee.variable === self.id
    if (callee.kind !== 'ref' || (callee.scope === 'local' && !isOwnName))
      throw notCovered(node, 'a call of a value')
    if (callee.scope === 'dynamic') throw notCovered(callee, `name ${callee.name}`)
    for (const arg of args) this.#node(arg, false)
    const site = this.#unit.site(node.span)
    if (callee.scope === 'builtin') {
      const definition = findBuiltin(callee.name)?.definition
      if (definition === undefined || definition.implementation.kind !== 'plain')
        throw notCovered(node, `the library function ${callee.name}`)
      const { min, max } = definition.arity
      if (args.length < min || args.length > max)
        throw notCovered(node, 'a call with a wrong number of arguments')
      this.#emit('builtin', this.#unit.builtinCall(callee.name, args.length), site)
      return
    }
    const name = isOwnName ? this.#name : callee.name
    const fn = this.#unit.functionNumber(name, callee)
    if (this.#unit.functions[fn]!.arity !== args.length)
      throw notCovered(node, 'a call with a wrong number of arguments')
    const isSelf = this.#lambda !== undefined && this.#unit.definitions.get(name) === this.#lambda
    const leaves = isTail && (node.tail === 'yes' || (node.tail === 'self' && isSelf))
    this.#emit(leaves ? 'tail-call' : 'call', fn, site)
    // As after `recur`.
    if (leaves) this.#emit('const', this.#unit.constant(null))
  }
}
