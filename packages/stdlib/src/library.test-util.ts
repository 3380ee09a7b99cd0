import {
  assertValue,
  defaultLimits,
  float,
  formatValue,
  HostFunction,
  isRtfsError,
  isTruthy,
  Keyword,
  keyword,
  type Limits,
  Meter,
  notCallable,
  parseFloatText,
  parseInteger,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  securityViolation,
  typeName,
  undefinedSymbol,
  type Value,
} from '@rtfs/core'
import {
  BuiltinFunction,
  callKeyword,
  checkArity,
  DerivedFunction,
  drive,
  filterEach,
  findBuiltin,
  type Implementation,
  type Invoke,
  type LibraryContext,
  mapEach,
  type PreparedCalls,
  reduceEach,
} from './index.js'

/** What a run of a program comes to. */
interface Observation {
  /** The readable value, or `! Kind`. */
  readonly outcome: string
  readonly fuel: number
  readonly bytes: number
  readonly callbacks: readonly string[]
}

/**
 * What a program gives, as examples write it: the readable value, or `! Kind`. Every program is run in both ways
 * that functions have, which must agree in everything that can be observed.
 */
export function outcome(source: string, limits: Partial<Limits> = {}): string {
  return observed(source, limits).outcome
}

/** The fuel that a program spends in the library. */
export function fuelOf(source: string): number {
  return observed(source, {}).fuel
}

/** The bytes that a program accounts. */
export function bytesOf(source: string): number {
  return observed(source, {}).bytes
}

function observed(source: string, limits: Partial<Limits>): Observation {
  const fast = observe(source, 'fast', limits)
  const plain = observe(source, 'plain', limits)
  if (JSON.stringify(fast) === JSON.stringify(plain)) return fast
  throw new Error(`${source} differs: ${JSON.stringify(fast)} and ${JSON.stringify(plain)}`)
}

function observe(source: string, way: Way, limits: Partial<Limits>): Observation {
  const run = new Run(way, limits)
  const outcome = outcomeOf(() => run.evaluate(source))
  const callbacks = run.callbacks.map(args => args.map(arg => formatValue(arg)).join(' '))
  return { outcome, fuel: run.meter.spentFuel, bytes: run.meter.allocatedBytes, callbacks }
}

/** The readable value that `compute` gives, or `! Kind`. */
export function outcomeOf(compute: () => Value): string {
  try {
    const value = compute()
    assertValue(value)
    return formatValue(value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}`
  }
}

/**
 * Which version of a function a run takes: `fast` the one for the number of arguments or `direct`, `unprepared` that
 * without prepared calls, `plain` the others.
 */
export type Way = 'fast' | 'unprepared' | 'plain'

function preparedOf(invoke: Invoke, meter: Meter): PreparedCalls {
  const one = (fn: Value) => (a: Value) => invoke(fn, [a])
  const two = (fn: Value) => (a: Value, b: Value) => invoke(fn, [a, b])
  return {
    one,
    two,
    map: (fn, items, results) => mapEach(one(fn), items, results, meter),
    filter: (fn, items, wanted, kept) => filterEach(one(fn), items, wanted, kept, meter),
    reduce: (fn, first, items, from) => reduceEach(two(fn), first, items, from, meter),
  }
}

/** A run of the little evaluator below, with what it has used and called. */
export class Run {
  readonly meter: Meter
  readonly context: LibraryContext
  readonly performed: { readonly capability: string; readonly args: readonly Value[] }[] = []
  /** Arguments of the calls made by higher-order functions, in order. */
  readonly callbacks: (readonly Value[])[] = []
  readonly #way: Way

  constructor(way: Way = 'fast', limits: Partial<Limits> = {}, extra: Partial<LibraryContext> = {}) {
    this.#way = way
    this.meter = new Meter({ ...defaultLimits, ...limits }, () => 0)
    this.context = {
      meter: this.meter,
      perform: (capability, args) => {
        this.performed.push({ capability, args })
        throw securityViolation('call', capability, 'pure')
      },
      taskContext: null,
      expansion: undefined,
      ...extra,
    }
  }

  /** Evaluates a program of literals, calls and `fn`. It covers what examples need and nothing else. */
  evaluate(source: string): Value {
    let result: Value = null
    for (const form of read(source)) result = this.#eval(form, new Map())
    return result
  }

  call(fn: Value, args: readonly Value[]): Value {
    if (fn instanceof Keyword) return callKeyword(fn, args)
    if (fn instanceof Closure) return fn.run(args)
    if (fn instanceof BuiltinFunction) {
      checkArity(fn.name, fn.definition.arity, args.length)
      return this.#apply(fn.definition.implementation, args)
    }
    if (fn instanceof DerivedFunction) {
      checkArity('function', fn.arity, args.length)
      return this.#apply(fn.implementation, args)
    }
    if (fn instanceof HostFunction) return fn.call(args)
    throw notCallable(typeName(fn), typeName(fn))
  }

  #apply(implementation: Implementation, args: readonly Value[]): Value {
    const invoke: Invoke = (fn, given) => {
      this.callbacks.push(given)
      return this.call(fn, given)
    }
    if (implementation.kind === 'steps') {
      const { direct } = implementation
      if (this.#way !== 'plain' && direct !== undefined) {
        return direct(
          args,
          this.context,
          invoke,
          this.#way === 'fast' ? preparedOf(invoke, this.meter) : undefined,
        )
      }
      return drive(implementation.steps(args, this.context), invoke)
    }
    const { call1, call2, call3 } = implementation
    if (this.#way === 'fast') {
      if (args.length === 1 && call1 !== undefined) return call1(args[0]!, this.context)
      if (args.length === 2 && call2 !== undefined) return call2(args[0]!, args[1]!, this.context)
      if (args.length === 3 && call3 !== undefined) return call3(args[0]!, args[1]!, args[2]!, this.context)
    }
    return implementation.call(args, this.context)
  }

  #eval(form: Value, scope: ReadonlyMap<string, Value>): Value {
    if (form instanceof RtfsSymbol) return this.#lookUp(form.name, scope)
    if (form instanceof RtfsVector) return RtfsVector.from([...form].map(item => this.#eval(item, scope)))
    if (form instanceof RtfsMap) {
      return RtfsMap.from([...form].map(([key, value]) => [key, this.#eval(value, scope)] as const))
    }
    if (!(form instanceof RtfsList) || form.size === 0) return form
    const [head, ...rest] = form.toArray() as [Value, ...Value[]]
    const name = head instanceof RtfsSymbol ? head.name : ''
    if (name === 'quote') return rest[0]!
    if (name === 'if') return this.#eval(isTruthy(this.#eval(rest[0]!, scope)) ? rest[1]! : rest[2]!, scope)
    if (name === 'fn') {
      const names = [...(rest[0] as RtfsVector)].map(symbol => (symbol as RtfsSymbol).name)
      return new Closure(args => {
        checkArity('function', { min: names.length, max: names.length }, args.length)
        return this.#eval(rest[1]!, new Map([...scope, ...names.map((n, i) => [n, args[i]!] as const)]))
      })
    }
    const fn = this.#eval(head, scope)
    return this.call(
      fn,
      rest.map(arg => this.#eval(arg, scope)),
    )
  }

  #lookUp(name: string, scope: ReadonlyMap<string, Value>): Value {
    const value = scope.has(name) ? scope.get(name) : findBuiltin(name)
    if (value === undefined) throw undefinedSymbol(name)
    return value
  }
}

class Closure extends RtfsFunction {
  readonly name = undefined
  readonly run: (args: readonly Value[]) => Value
  constructor(run: (args: readonly Value[]) => Value) {
    super()
    this.run = run
  }
}

const token = /[\s,]*(?:;.*)?([()[\]{}']|"(?:\\.|[^"\\])*"|[^\s,()[\]{}"';]+)/gu

/** The forms of a text as data. */
function read(source: string): Value[] {
  const tokens = [...source.matchAll(token)].map(match => match[1]!)
  let at = 0
  const until = (close: string): Value[] => {
    const items: Value[] = []
    while (tokens[at] !== close) {
      if (at >= tokens.length) throw new Error(`${close} is missing in ${source}`)
      items.push(next())
    }
    at++
    return items
  }
  const next = (): Value => {
    const text = tokens[at++]!
    if (text === '(') return RtfsList.from(until(')'))
    if (text === '[') return RtfsVector.from(until(']'))
    if (text === '{') return RtfsMap.fromFlat(until('}'))
    if (text === "'") return RtfsList.from([new RtfsSymbol('quote'), next()])
    return atom(text)
  }
  const forms: Value[] = []
  while (at < tokens.length) forms.push(next())
  return forms
}

function atom(text: string): Value {
  if (text.startsWith('"')) return JSON.parse(text.replaceAll('\n', '\\n')) as string
  if (text.startsWith(':')) return keyword(text.slice(1))
  if (text === 'nil') return null
  if (text === 'true' || text === 'false') return text === 'true'
  if (text.startsWith('resource://')) return new ResourceHandle(text)
  const whole = parseInteger(text)
  if (whole !== undefined) return whole
  const number = parseFloatText(text)
  if (number !== undefined) return float(number)
  return parseTimestamp(text) ?? parseUuid(text) ?? new RtfsSymbol(text)
}
