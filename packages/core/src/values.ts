import type { RtfsMap } from './map.js'
import type { RtfsList, RtfsVector } from './sequence.js'

/**
 * A run-time value (LANGUAGE §19). Nil is `null`; an Integer is a safe `number` or, outside ±(2^53−1), a `bigint`
 * within 64 bits (a bigint in the safe range, −0 and non-integers are illegal); every Float is an `RtfsFloat`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | RtfsFloat
  | Keyword
  | RtfsSymbol
  | Timestamp
  | Uuid
  | ResourceHandle
  | RtfsVector
  | RtfsList
  | RtfsMap
  | RtfsFunction
  | RtfsErrorValue

/** What may be a map key (LANGUAGE §3.3). */
export type MapKey = Keyword | string | number | bigint | boolean

/** A binary64 number. Every Float is boxed, integral or not, so that `typeof` tells an Integer. */
export class RtfsFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** An interned keyword; `name` is the text without the leading colon. Make one with `keyword()`. */
export class Keyword {
  readonly name: string
  /** A number of its own in this process, for hashing. */
  readonly id: number
  /** Use `keyword(name)`: two objects with one name would be unequal. */
  private constructor(name: string) {
    this.name = name
    this.id = nextKeywordId++
  }
  /** The literal, with its colon. */
  toString(): string {
    return `:${this.name}`
  }
  /** The name, as `serializeJson` writes it. */
  toJSON(): string {
    return this.name
  }
  static intern(name: string): Keyword {
    const known = keywords.get(name)?.deref()
    if (known !== undefined) return known
    // A dead entry of the same name may still be there; it is replaced, and its finalizer then finds this one.
    const made = new Keyword(name)
    keywords.set(name, new WeakRef(made))
    collected().register(made, name)
    return made
  }
}

let nextKeywordId = 1

/** Weak, so that keywords made from outside data do not pile up for the life of the process. */
const keywords = new Map<string, WeakRef<Keyword>>()
let registry: FinalizationRegistry<string> | undefined
function collected(): FinalizationRegistry<string> {
  registry ??= new FinalizationRegistry(name => {
    if (keywords.get(name)?.deref() === undefined) keywords.delete(name)
  })
  return registry
}

/** The keyword of a name given without its colon: `keyword('a/b')` is `:a/b`. */
export function keyword(name: string): Keyword {
  return Keyword.intern(name)
}

/** A symbol as data: from `quote`, macros or `symbol`. */
export class RtfsSymbol {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  /** The name. */
  toString(): string {
    return this.name
  }
}

/** An instant in UTC. `text` is the canonical literal; `epochNanos` is computed when first asked for. */
export class Timestamp {
  readonly text: string
  #nanos: bigint | undefined
  /** `text` must be a valid literal in canonical form; use `parseTimestamp` for anything else. */
  constructor(text: string) {
    this.text = text
  }
  /** The literal. */
  toString(): string {
    return this.text
  }
  /** The literal. */
  toJSON(): string {
    return this.text
  }
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  get epochNanos(): bigint {
    if (this.#nanos === undefined) {
      const fraction = /\.(\d+)Z$/.exec(this.text)?.[1] ?? ''
      const seconds = Date.parse(`${this.text.slice(0, 19)}Z`) / 1000
      this.#nanos = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0') || '0')
    }
    return this.#nanos
  }
}

/** A UUID; `text` is lower case. */
export class Uuid {
  readonly text: string
  constructor(text: string) {
    this.text = text.toLowerCase()
  }
  /** The literal. */
  toString(): string {
    return this.text
  }
  /** The literal. */
  toJSON(): string {
    return this.text
  }
}

/** An opaque handle such as `resource://files/7`. Its state (`:active`, `:released`) belongs to the run's host. */
export class ResourceHandle {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  /** The literal. */
  toString(): string {
    return this.text
  }
  /** The literal. */
  toJSON(): string {
    return this.text
  }
}

/** A callable value. Each tier has its own subclass; `RtfsFunction` itself is never instantiated. */
export abstract class RtfsFunction {
  /** The name it was defined under, `undefined` for an anonymous function. */
  abstract readonly name: string | undefined

  /**
   * True when `other` counts as the same function though it is another object: builtins override this to compare
   * by name (LANGUAGE §14.1).
   */
  isSameFunction(other: RtfsFunction): boolean {
    return this === other
  }
}

/** A function of the embedding program, made by `fromJs`. It is called with RTFS values and returns one. */
export class HostFunction extends RtfsFunction {
  readonly name: string | undefined
  readonly call: (args: readonly Value[]) => Value
  constructor(name: string | undefined, call: (args: readonly Value[]) => Value) {
    super()
    this.name = name
    this.call = call
  }
}

/** A frame of the RTFS call stack: the function's name and where in it the call stands. */
export interface TraceFrame {
  readonly fn: string
  readonly line: number | undefined
  readonly column: number | undefined
}

/** What `catch` binds and `ex-info` makes (LANGUAGE §9.1). */
export class RtfsErrorValue {
  readonly kind: string
  readonly type: Keyword
  readonly message: string
  readonly details: RtfsMap
  readonly cause: RtfsErrorValue | null
  readonly trace: readonly TraceFrame[]
  constructor(
    kind: string,
    type: Keyword,
    message: string,
    details: RtfsMap,
    cause: RtfsErrorValue | null = null,
    trace: readonly TraceFrame[] = [],
  ) {
    this.kind = kind
    this.type = type
    this.message = message
    this.details = details
    this.cause = cause
    this.trace = trace
  }
}

/** True for both representations of an Integer. */
export function isInteger(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Only `false` and `nil` are falsy (LANGUAGE §3.1). */
export function isTruthy(value: Value): boolean {
  return value !== null && value !== false
}
