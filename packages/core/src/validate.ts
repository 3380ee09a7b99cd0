import { type Charge, equals } from './equality.js'
import { budgetExhausted, invalidArgument, isRtfsError, languageError, type RtfsError } from './errors.js'
import { RtfsMap } from './map.js'
import { compareNumbers, isNumber } from './numbers.js'
import { formatValue } from './print.js'
import { RtfsList, RtfsSequence, RtfsVector } from './sequence.js'
import { codePointLength } from './text.js'
import { typeName } from './type-name.js'
import { formatPredicate, formatType, maxTypeDepth, type ResolveType, shapeText } from './type-text.js'
import type { Predicate, PrimitiveName, RecordEntry, Type } from './types.js'
import {
  isInteger,
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** How much is checked (LANGUAGE §10.4). */
export type ValidationLevel = 'basic' | 'standard' | 'strict'

/** Options of `validateValue` and `conforms`. */
export interface ValidateOptions {
  /** Default `'standard'`. */
  readonly level?: ValidationLevel
  /** Knows the aliases. An alias that it does not know accepts anything, at level strict nothing. */
  readonly resolve?: ResolveType
  /**
   * Whether `pattern` is found in `text`; throws for a bad pattern. Core has no engine of its own; without one
   * `:matches-regex` is violated.
   */
  readonly matchesRegex?: (pattern: string, text: string) => boolean
  /** Predicates of the host by name, without the colon. */
  readonly predicates?: ReadonlyMap<string, (value: Value, args: readonly Value[]) => boolean>
  /** Told once per use of an alias or predicate that nobody knows, at level standard. */
  readonly onWarning?: (message: string) => void
  /** Charged 1 per value looked at. */
  readonly meter?: Charge
}

/** What is wrong with a value (LANGUAGE §10.5). `path` leads from the value to the place: keys and indices. */
export type Violation =
  | {
      readonly kind: 'TypeMismatch'
      readonly expected: string
      readonly actual: string
      readonly path: readonly Value[]
    }
  | {
      readonly kind: 'PredicateViolation'
      readonly predicate: string
      readonly value: Value
      readonly path: readonly Value[]
    }
  | {
      readonly kind: 'ShapeViolation'
      readonly expected: string
      readonly actual: string
      readonly path: readonly Value[]
    }
  | { readonly kind: 'MissingRequiredKey'; readonly key: Value; readonly path: readonly Value[] }
  | { readonly kind: 'InvalidRegexPattern'; readonly pattern: string }
  | { readonly kind: 'UnknownPredicate'; readonly name: string }

/** The answer of `validateValue`. */
export type ValidationResult =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violations: readonly Violation[] }

/** No more than this many violations are reported. */
const maxViolations = 100

/**
 * Checks a value against a type (LANGUAGE §10). On success `value` is the value itself, except that an Integer which
 * the type accepts only as `float` has become the nearest Float (§10.5). That is so for the value of the annotation
 * itself, through aliases, unions and refinements; the inside of collections is checked but never changed.
 * Keeps its own stack; recursive types over deep values are fine.
 */
export function validateValue(value: Value, type: Type, options: ValidateOptions = {}): ValidationResult {
  if (type.kind === 'primitive' && isOfPrimitive(value, type.name, false)) return { ok: true, value }
  const converts = options.level !== 'basic' && isInteger(value)
  if (converts) {
    const accepted = new NumberAcceptance(options).accept(value, type)
    if (accepted !== undefined) return { ok: true, value: accepted }
  }
  let violations = violationsOf(value, type, options)
  if (converts && violations.length === 0) {
    // As an Integer it would do, but the Float that it becomes does not.
    violations = violationsOf(new RtfsFloat(Number(value)), type, options)
  }
  return violations.length === 0 ? { ok: true, value } : { ok: false, violations }
}

/** True when the value conforms to the type as `validateValue` says. Types without parts take a short cut. */
export function conforms(value: Value, type: Type, options: ValidateOptions = {}): boolean {
  if (type.kind === 'primitive') return isOfPrimitive(value, type.name, options.level !== 'basic')
  if (isInteger(value)) return validateValue(value, type, options).ok
  return violationsOf(value, type, options, true).length === 0
}

/**
 * The error of a value that does not conform, with the `:details` of LANGUAGE §10.5. `path` names the place:
 * `f/param x`, `f/return`, `let x`.
 */
export function typeValidationError(
  path: string,
  type: Type,
  value: Value,
  violations: readonly Violation[],
): RtfsError {
  const expected = formatType(type)
  const actual = typeName(value)
  const first = violations[0]
  const where = first === undefined || saysNoMore(first, expected) ? '' : `: ${describeViolation(first)}`
  return languageError(
    'TypeValidationError',
    `Type validation error: ${path}: expected ${expected}, got ${actual}${where}`,
    {
      path: RtfsVector.adopt([path]),
      expected,
      actual,
      violations: RtfsVector.from(violations.map(violationValue)),
    },
  )
}

/** True for the violation that the message names anyway: the whole value is of another type. */
function saysNoMore(violation: Violation, expected: string): boolean {
  return violation.kind === 'TypeMismatch' && violation.path.length === 0 && violation.expected === expected
}

/** One sentence about a violation. */
export function describeViolation(violation: Violation): string {
  switch (violation.kind) {
    case 'TypeMismatch':
      return `${at(violation.path)}expected ${violation.expected}, got ${violation.actual}`
    case 'PredicateViolation':
      return `${at(violation.path)}${brief(violation.value)} does not satisfy ${violation.predicate}`
    case 'ShapeViolation':
      return `${at(violation.path)}expected shape ${violation.expected}, got ${violation.actual}`
    case 'MissingRequiredKey':
      return `${at(violation.path)}missing key ${brief(violation.key)}`
    case 'InvalidRegexPattern':
      return `invalid pattern ${brief(violation.pattern)}`
    case 'UnknownPredicate':
      return `unknown predicate :${violation.name}`
  }
}

function at(path: readonly Value[]): string {
  return path.length === 0 ? '' : `at ${brief(RtfsVector.from(path))} `
}

function brief(value: Value): string {
  return formatValue(value, { maxLength: 80, maxDepth: 8, ellipsis: '…' })
}

function violationValue(violation: Violation): Value {
  const entries: [MapKey, Value][] = []
  for (const [name, field] of Object.entries(violation) as [string, Value | readonly Value[]][]) {
    entries.push([keyword(name), Array.isArray(field) ? RtfsVector.from(field) : (field as Value)])
  }
  return RtfsMap.from(entries)
}

/** The way from the root to a value, innermost step first. */
interface Path {
  readonly step: Value
  readonly outer: Path | undefined
}

/** Something that a value has to meet. */
interface Goal {
  readonly value: Value
  readonly type: Type | Predicate
  readonly path: Path | undefined
}

/** Goals still to be met, made one at a time. */
interface Frame {
  readonly size: number
  readonly goalAt: (index: number) => Goal
  index: number
  /**
   * `all`: every goal counts. `until-failure`: a goal may take for granted what those before it say. `any`: a union,
   * ended by the first goal that adds no violation.
   */
  readonly mode: 'all' | 'until-failure' | 'any'
  /** The goal whose frame this is. */
  readonly goal: Goal
  /** Violations there were when the frame began. */
  readonly mark: number
  /** Aliases looked through on the way to a goal about the same value; one that comes round again has no values. */
  readonly aliases: ReadonlySet<string> | undefined
}

/** Stands for a violation that nobody will read. */
const unread: Violation = { kind: 'UnknownPredicate', name: '' }

/** Without a meter, validation ends here. */
const maxSteps = 10_000_000

/** Looks at one and the same value, again without a meter: a type that doubles with every alias ends here. */
const maxStepsAside = 100_000

function violationsOf(
  value: Value,
  type: Type,
  options: ValidateOptions,
  quiet: boolean = false,
): readonly Violation[] {
  const validation = new Validation(options, quiet)
  validation.run({ value, type, path: undefined })
  return validation.violations
}

/** What a number becomes where a type accepts it. Recursive over the type only: a number has no inside. */
class NumberAcceptance {
  readonly #options: ValidateOptions
  #steps = 0

  constructor(options: ValidateOptions) {
    this.#options = options
  }

  /** The number as it is or, an Integer where only `float` takes it, the nearest Float; `undefined` if refused. */
  accept(
    value: number | bigint | RtfsFloat,
    type: Type,
    aliases?: ReadonlySet<string>,
    depth: number = 0,
  ): number | bigint | RtfsFloat | undefined {
    this.#options.meter?.charge(1)
    if (++this.#steps > maxStepsAside) throw budgetExhausted('iterations', maxStepsAside)
    if (depth > maxTypeDepth) throw invalidArgument(`a type is nested deeper than ${maxTypeDepth} levels`)
    switch (type.kind) {
      case 'primitive':
        if (type.name === 'float' && isInteger(value)) return new RtfsFloat(Number(value))
        return isOfPrimitive(value, type.name, false) ? value : undefined
      case 'literal':
        return equals(value, type.value) ? value : undefined
      case 'enum':
        return type.values.some(literal => equals(value, literal)) ? value : undefined
      case 'stream':
        return value
      case 'ref': {
        if (aliases?.has(type.name)) return undefined
        const target = this.#options.resolve?.(type.name)
        if (target !== undefined)
          return this.accept(value, target, new Set(aliases).add(type.name), depth + 1)
        if (this.#options.level === 'strict') return undefined
        this.#options.onWarning?.(`unknown type :${type.name}`)
        return value
      }
      case 'union': {
        let converted: number | bigint | RtfsFloat | undefined
        for (const member of type.members) {
          const accepted = this.accept(value, member, aliases, depth + 1)
          if (accepted === value) return value
          converted ??= accepted
        }
        return converted
      }
      case 'and':
        return this.#acceptIntersection(value, type, aliases, depth + 1)
      default:
        return undefined
    }
  }

  #acceptIntersection(
    value: number | bigint | RtfsFloat,
    type: Extract<Type, { kind: 'and' }>,
    aliases: ReadonlySet<string> | undefined,
    depth: number,
  ): number | bigint | RtfsFloat | undefined {
    let current = this.accept(value, type.base, aliases, depth)
    const predicates: Predicate[] = []
    for (const part of type.parts) {
      if (current === undefined) return undefined
      if (part.kind === 'predicate') {
        predicates.push(part)
        continue
      }
      const accepted = this.accept(current, part, aliases, depth)
      if (accepted === undefined) return undefined
      // A part may ask for the Float, unless the base wants the Integer; then it is content with that.
      if (accepted !== current && this.accept(accepted, type.base, aliases, depth) === accepted)
        current = accepted
    }
    if (current === undefined) return undefined
    for (const predicate of predicates) {
      const fault = predicateFault(current, predicate, this.#options)
      if (fault === 'unknown' && this.#options.level !== 'strict') {
        this.#options.onWarning?.(`unknown predicate :${predicate.name}`)
      } else if (fault !== undefined) return undefined
    }
    return current
  }
}

class Validation {
  readonly violations: Violation[] = []
  readonly #options: ValidateOptions
  readonly #level: ValidationLevel
  /** Only whether there is a violation matters. */
  readonly #quiet: boolean
  readonly #stack: Frame[] = []
  /** How unions judged a collection, so that going back never judges it twice. */
  readonly #judged = new Map<Value, Map<Type | Predicate, boolean>>()
  #unions = 0
  #steps = 0
  #stepsAside = 0

  constructor(options: ValidateOptions, quiet: boolean) {
    this.#options = options
    this.#level = options.level ?? 'standard'
    this.#quiet = quiet
  }

  run(first: Goal): void {
    this.#visit(first, undefined)
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const failed = this.violations.length > frame.mark
      if (frame.mode === 'any') this.#continueUnion(frame, failed)
      else if (frame.index === frame.size || (failed && this.#endsOnFailure(frame))) this.#stack.pop()
      else this.#next(frame)
    }
  }

  #next(frame: Frame): void {
    const goal = frame.goalAt(frame.index++)
    this.#countStep(goal.path === frame.goal.path)
    this.#visit(goal, frame.aliases)
  }

  #endsOnFailure(frame: Frame): boolean {
    return frame.mode === 'until-failure' || this.#isUnread() || this.violations.length >= maxViolations
  }

  /** Inside a union, what is wrong with one member is not reported. */
  #isUnread(): boolean {
    return this.#quiet || this.#unions > 0
  }

  #continueUnion(frame: Frame, failed: boolean): void {
    if (frame.index > 0 && !failed) {
      this.#endUnion(frame.goal, true)
      return
    }
    this.violations.length = frame.mark
    if (frame.index < frame.size) {
      this.#next(frame)
      return
    }
    this.#endUnion(frame.goal, false)
    this.#mismatch(frame.goal)
  }

  #endUnion(union: Goal, holds: boolean): void {
    this.#stack.pop()
    this.#unions--
    if (!(union.value instanceof RtfsSequence || union.value instanceof RtfsMap)) return
    let judged = this.#judged.get(union.value)
    if (judged === undefined) this.#judged.set(union.value, (judged = new Map()))
    judged.set(union.type, holds)
  }

  #add(violation: () => Violation): void {
    this.violations.push(this.#isUnread() ? unread : violation())
  }

  #mismatch(goal: Goal, expected?: string): void {
    this.#add(() => ({
      kind: 'TypeMismatch',
      expected: expected ?? formatType(goal.type as Type),
      actual: typeName(goal.value),
      path: pathArray(goal.path),
    }))
  }

  #push(
    goal: Goal,
    size: number,
    goalAt: (index: number) => Goal,
    mode: Frame['mode'] = 'all',
    aliases?: ReadonlySet<string>,
  ): void {
    this.#stack.push({ size, goalAt, index: 0, mode, goal, mark: this.violations.length, aliases })
  }

  /** Settles a goal, or pushes a frame with the goals that settle it. `aliases` belong to this very value. */
  #visit(goal: Goal, aliases: ReadonlySet<string> | undefined): void {
    const { value, type, path } = goal
    switch (type.kind) {
      case 'primitive':
        if (!isOfPrimitive(value, type.name, this.#level !== 'basic')) this.#mismatch(goal)
        return
      case 'predicate':
        this.#visitPredicate(goal, type)
        return
      case 'ref':
        this.#visitReference(goal, type.name, aliases)
        return
      case 'union':
        this.#visitUnion(goal, type.members, aliases)
        return
      case 'and': {
        const parts = [type.base, ...(this.#level === 'basic' ? [] : type.parts)]
        this.#push(goal, parts.length, i => ({ value, type: parts[i]!, path }), 'until-failure', aliases)
        return
      }
      case 'literal':
        if (!equals(value, type.value, this.#options.meter)) this.#mismatch(goal)
        return
      case 'enum':
        if (!type.values.some(literal => equals(value, literal, this.#options.meter))) this.#mismatch(goal)
        return
      case 'stream':
        return
      case 'function':
        if (!(value instanceof RtfsFunction)) this.#mismatch(goal)
        return
      case 'resource':
        if (!(value instanceof ResourceHandle)) this.#mismatch(goal)
        return
      case 'vector':
        this.#visitElements(goal, value instanceof RtfsVector, type.element)
        return
      case 'list':
        this.#visitElements(goal, value instanceof RtfsList, type.element)
        return
      case 'seq':
        this.#visitElements(goal, value instanceof RtfsSequence, type.element)
        return
      case 'tuple':
        this.#visitTuple(goal, type.elements)
        return
      case 'array':
        this.#visitArray(goal, type.element, type.shape ?? [null])
        return
      case 'record':
        this.#visitRecord(goal, type)
        return
      case 'map-of':
        this.#visitMapOf(goal, type.key, type.value)
        return
    }
  }

  /** `aside` is a further look at the value that the frame is about. */
  #countStep(aside: boolean): void {
    if (this.#options.meter !== undefined) {
      this.#options.meter.charge(1)
      return
    }
    if (aside) this.#stepsAside++
    else this.#steps++
    if (this.#steps > maxSteps) throw budgetExhausted('iterations', maxSteps)
    // Every value may be looked at through many types, but not through endlessly many.
    if (this.#stepsAside > maxStepsAside + 1000 * this.#steps) {
      throw budgetExhausted('iterations', maxStepsAside)
    }
  }

  #visitReference(goal: Goal, name: string, aliases: ReadonlySet<string> | undefined): void {
    if (aliases?.has(name)) {
      this.#mismatch(goal)
      return
    }
    const target = this.#options.resolve?.(name)
    if (target !== undefined) {
      this.#push(goal, 1, () => ({ ...goal, type: target }), 'all', new Set(aliases).add(name))
    } else if (this.#level === 'strict') {
      this.#mismatch(goal, `:${name} (unknown type)`)
    } else {
      this.#options.onWarning?.(`unknown type :${name}`)
    }
  }

  #visitUnion(goal: Goal, members: readonly Type[], aliases: ReadonlySet<string> | undefined): void {
    const judged = this.#judged.get(goal.value)?.get(goal.type)
    if (judged === true) return
    if (judged === false) {
      this.#mismatch(goal)
      return
    }
    this.#push(goal, members.length, i => ({ ...goal, type: members[i]! }), 'any', aliases)
    this.#unions++
  }

  #visitElements(goal: Goal, rightKind: boolean, type: Type): void {
    if (!rightKind) {
      this.#mismatch(goal)
      return
    }
    if (this.#level === 'basic') return
    const items = goal.value as RtfsSequence
    if (type.kind === 'primitive' && this.#allOfPrimitive(items, type.name)) return
    this.#push(goal, items.size, i => ({ value: items.at(i), type, path: { step: i, outer: goal.path } }))
  }

  /** A loop without frames for the most frequent collections; whoever fails it is looked at closely. */
  #allOfPrimitive(items: RtfsSequence, name: PrimitiveName): boolean {
    this.#options.meter?.charge(items.size)
    for (let i = 0; i < items.size; i++) if (!isOfPrimitive(items.at(i), name, true)) return false
    return true
  }

  #visitTuple(goal: Goal, types: readonly Type[]): void {
    const items = goal.value
    if (!(items instanceof RtfsSequence)) {
      this.#mismatch(goal)
      return
    }
    if (this.#level === 'basic') return
    if (items.size !== types.length) {
      this.#shape(goal, `[${types.length}]`, items.size)
      return
    }
    this.#push(goal, types.length, i => ({
      value: items.at(i),
      type: types[i]!,
      path: { step: i, outer: goal.path },
    }))
  }

  #visitArray(goal: Goal, element: Type, shape: readonly (number | null)[]): void {
    const items = goal.value
    if (!(items instanceof RtfsVector)) {
      this.#mismatch(goal)
      return
    }
    if (this.#level === 'basic') return
    const length = shape[0] ?? null
    if (length !== null && items.size !== length) {
      this.#shape(goal, shapeText(shape), items.size)
      return
    }
    const type: Type = shape.length <= 1 ? element : { kind: 'array', element, shape: shape.slice(1) }
    this.#push(goal, items.size, i => ({ value: items.at(i), type, path: { step: i, outer: goal.path } }))
  }

  #shape(goal: Goal, expected: string, size: number): void {
    this.#add(() => ({ kind: 'ShapeViolation', expected, actual: `[${size}]`, path: pathArray(goal.path) }))
  }

  #visitRecord(goal: Goal, type: Extract<Type, { kind: 'record' }>): void {
    const map = goal.value
    if (!(map instanceof RtfsMap)) {
      this.#mismatch(goal)
      return
    }
    if (this.#level === 'basic') return
    const goals: Goal[] = []
    const named = new Set<Value>()
    const mark = this.violations.length
    for (const entry of type.entries) {
      const key = presentKey(map, entry)
      if (key !== undefined) {
        named.add(key as Value)
        goals.push({ value: map.get(key)!, type: entry.type, path: { step: key as Value, outer: goal.path } })
      } else if (!entry.optional) {
        this.#add(() => ({ kind: 'MissingRequiredKey', key: entry.key, path: pathArray(goal.path) }))
      }
    }
    const { rest } = type
    if (rest !== undefined) {
      map.forEach((value, key) => {
        if (!named.has(key as Value)) {
          goals.push({ value, type: rest, path: { step: key as Value, outer: goal.path } })
        }
      })
    }
    if (this.#isUnread() && this.violations.length > mark) return
    this.#push(goal, goals.length, i => goals[i]!)
  }

  #visitMapOf(goal: Goal, keyType: Type, valueType: Type): void {
    const map = goal.value
    if (!(map instanceof RtfsMap)) {
      this.#mismatch(goal)
      return
    }
    if (this.#level === 'basic') return
    const row = map.toFlatArray()
    this.#push(goal, row.length, i => ({
      value: row[i]!,
      type: i % 2 === 0 ? keyType : valueType,
      path: { step: row[i - (i % 2)]!, outer: goal.path },
    }))
  }

  #visitPredicate(goal: Goal, predicate: Predicate): void {
    const { value, path } = goal
    switch (predicateFault(value, predicate, this.#options)) {
      case 'violated':
        this.#add(() => ({
          kind: 'PredicateViolation',
          predicate: formatPredicate(predicate),
          value,
          path: pathArray(path),
        }))
        return
      case 'bad-pattern':
        this.#add(() => ({ kind: 'InvalidRegexPattern', pattern: String(predicate.args[0]) }))
        return
      case 'no-engine':
        this.#add(() => ({ kind: 'UnknownPredicate', name: predicate.name }))
        return
      case 'unknown':
        if (this.#level === 'strict') this.#add(() => ({ kind: 'UnknownPredicate', name: predicate.name }))
        else this.#options.onWarning?.(`unknown predicate :${predicate.name}`)
    }
  }
}

/** Why a value does not satisfy a predicate; `undefined` when it does. */
function predicateFault(
  value: Value,
  predicate: Predicate,
  options: ValidateOptions,
): 'violated' | 'bad-pattern' | 'no-engine' | 'unknown' | undefined {
  const [pattern] = predicate.args
  if (predicate.name === 'matches-regex' && typeof value === 'string' && typeof pattern === 'string') {
    if (options.matchesRegex === undefined) return 'no-engine'
    try {
      return options.matchesRegex(pattern, value) ? undefined : 'violated'
    } catch (error) {
      // A spent budget is not the pattern's fault.
      if (isRtfsError(error) && error.fatal) throw error
      return 'bad-pattern'
    }
  }
  const test = builtinPredicates.get(predicate.name) ?? options.predicates?.get(predicate.name)
  if (test === undefined) return 'unknown'
  return test(value, predicate.args) ? undefined : 'violated'
}

function pathArray(path: Path | undefined): Value[] {
  const steps: Value[] = []
  for (let at = path; at !== undefined; at = at.outer) steps.push(at.step)
  return steps.reverse()
}

/** The key that satisfies an entry: `:k`, or `"k"` when `:k` is absent. */
function presentKey(map: RtfsMap, entry: RecordEntry): MapKey | undefined {
  const key = entry.key as MapKey
  if (map.has(key)) return key
  return key instanceof Keyword && map.has(key.name) ? key.name : undefined
}

/** Whether a value is of a type without parts. `widen` lets `float` take an Integer. */
export function isOfPrimitive(value: Value, name: PrimitiveName, widen: boolean): boolean {
  switch (name) {
    case 'int':
      return typeof value === 'number' || typeof value === 'bigint'
    case 'float':
      return value instanceof RtfsFloat || (widen && isInteger(value))
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'nil':
      return value === null
    case 'any':
      return true
    case 'never':
      return false
    case 'keyword':
      return value instanceof Keyword
    case 'symbol':
      return value instanceof RtfsSymbol
    case 'timestamp':
      return value instanceof Timestamp
    case 'uuid':
      return value instanceof Uuid
    case 'resource-handle':
      return value instanceof ResourceHandle
    case 'error':
      return value instanceof RtfsErrorValue
    case 'map':
      return value instanceof RtfsMap
    case 'vector':
      return value instanceof RtfsVector
    case 'list':
      return value instanceof RtfsList
    case 'fn':
      return value instanceof RtfsFunction
  }
}

type Test = (value: Value, args: readonly Value[]) => boolean

/** Predicates of LANGUAGE §10.2; one that does not apply to the kind of value is violated. */
export const builtinPredicates: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['>', (value, [bound]) => compare(value, bound) > 0],
  ['>=', (value, [bound]) => compare(value, bound) >= 0],
  ['<', (value, [bound]) => compare(value, bound) < 0],
  ['<=', (value, [bound]) => compare(value, bound) <= 0],
  ['=', (value, [other]) => other !== undefined && equals(value, other)],
  ['!=', (value, [other]) => other !== undefined && !equals(value, other)],
  ['in-range', (value, [min, max]) => compare(value, min) >= 0 && compare(value, max) <= 0],
  ['length', (value, [length]) => compare(textLength(value), length) === 0],
  ['string-length', (value, [length]) => compare(textLength(value), length) === 0],
  ['min-length', (value, [length]) => compare(textLength(value), length) >= 0],
  ['string-min-length', (value, [length]) => compare(textLength(value), length) >= 0],
  ['max-length', (value, [length]) => compare(textLength(value), length) <= 0],
  ['string-max-length', (value, [length]) => compare(textLength(value), length) <= 0],
  ['matches-regex', () => false],
  ['is-url', value => typeof value === 'string' && isUrl(value)],
  ['is-email', value => typeof value === 'string' && isEmail(value)],
  ['count', (value, [count]) => compare(sizeOf(value), count) === 0],
  ['min-count', (value, [count]) => compare(sizeOf(value), count) >= 0],
  ['max-count', (value, [count]) => compare(sizeOf(value), count) <= 0],
  ['non-empty', value => (typeof value === 'string' ? value !== '' : compare(sizeOf(value), 0) > 0)],
  ['has-key', (value, [key]) => value instanceof RtfsMap && key !== undefined && value.has(key as MapKey)],
  ['required-keys', (value, [keys]) => value instanceof RtfsMap && hasAll(value, keys)],
])

/** NaN, for which every comparison is false, unless both are numbers. */
function compare(value: Value | undefined, bound: Value | undefined): number {
  if (value === undefined || bound === undefined || !isNumber(value) || !isNumber(bound)) return NaN
  return compareNumbers(value, bound)
}

function textLength(value: Value): number | undefined {
  return typeof value === 'string' ? codePointLength(value) : undefined
}

function sizeOf(value: Value): number | undefined {
  return value instanceof RtfsSequence || value instanceof RtfsMap ? value.size : undefined
}

function hasAll(map: RtfsMap, keys: Value | undefined): boolean {
  return keys instanceof RtfsSequence && keys.toArray().every(key => map.has(key as MapKey))
}

function isUrl(text: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(text)) return false
  try {
    return new URL(text).host !== ''
  } catch {
    return false
  }
}

function isEmail(text: string): boolean {
  const [local, domain, more] = text.split('@')
  return local !== '' && domain !== undefined && more === undefined && /^[^.\s]+(?:\.[^.\s]+)+$/.test(domain)
}
