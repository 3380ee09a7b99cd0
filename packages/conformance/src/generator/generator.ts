import type { Form, Group } from './form.js'
import { list, map, vector } from './form.js'
import { libraryRows } from './library.js'
import {
  anyType,
  data,
  distinctKeywords,
  floatLiteral,
  integerLiteral,
  keywords,
  scalarLiteral,
  stringLiteral,
} from './literals.js'
import type { Random } from './random.js'
import type { Scope, Variable } from './scope.js'
import { type FunctionType, fits, functionType, type GenType, mapOf, vectorOf } from './types.js'

/** How one program is generated. */
export interface Style {
  /** Probability that an expression is of another type than is meant, is undefined, or is called wrongly. */
  readonly mistakes: number
  /** Probability that a number literal is an edge: 64-bit limits, NaN, infinities. */
  readonly edges: number
  /** Nesting of expressions. */
  readonly depth: number
  /** Expressions in the whole program; beyond it only leaves are made. */
  readonly budget: number
  /** Probability that a parameter, result or binding is annotated. */
  readonly annotations: number
  /** True when the program may ask the host for `test.echo`. */
  readonly effects: boolean
  /** True when the program may use the macros of its prelude. */
  readonly macros: boolean
}

/** Makes an expression meant to give `type`; `undefined` when there is no way in this place. */
export type Production = (g: Generator, type: GenType, scope: Scope, depth: number) => Form | undefined

/** A way of making expressions and how often it is taken. */
export interface WeightedProduction {
  readonly weight: number
  readonly make: Production
  /** Where it can be used; default: for every type. */
  readonly when?: (type: GenType) => boolean
}

const ordinaryNames = ['x', 'y', 'z', 'a', 'b', 'n', 'm', 'v', 's', 'f', 'g', 'acc']
const libraryShadows = ['inc', 'first', 'count', 'map', 'str', 'name', 'rest', 'max', 'list', 'get', '+']

/** The state of one program while it is generated. */
export class Generator {
  readonly random: Random
  readonly style: Style
  readonly #productions: readonly WeightedProduction[]
  #budget: number

  constructor(random: Random, style: Style, productions: readonly WeightedProduction[]) {
    this.random = random
    this.style = style
    this.#productions = productions
    this.#budget = style.budget
  }

  /** An expression meant to give `type`. */
  expression(type: GenType, scope: Scope, depth: number): Form {
    const { random } = this
    if (random.chance(this.style.mistakes)) return this.#mistake(type, scope, depth)
    this.#budget--
    if (depth <= 0 || this.#budget <= 0) return this.leaf(type, scope)
    if (random.chance(0.12)) return this.leaf(type, scope)
    const meant =
      type === 'any'
        ? anyType(random)
        : type === 'number'
          ? random.pick(['int', 'int', 'float'] as const)
          : type
    const usable = this.#productions.filter(({ when }) => when === undefined || when(meant))
    const choices = usable.map(({ weight, make }) => [weight, make] as const)
    // A production may find that nothing fits; a few attempts find one that does.
    for (let attempt = 0; attempt < 4; attempt++) {
      const form = random.weighted(choices)(this, meant, scope, depth - 1)
      if (form !== undefined) return form
    }
    return this.leaf(meant, scope)
  }

  /** Several expressions, one for each type. */
  expressions(types: readonly GenType[], scope: Scope, depth: number): Form[] {
    return types.map(type => this.expression(type, scope, depth))
  }

  #mistake(type: GenType, scope: Scope, depth: number): Form {
    const { random } = this
    return random.weighted<() => Form>([
      [6, () => this.leaf(anyType(random), scope)],
      [3, () => this.expression(anyType(random), scope, Math.min(depth, 2) - 1)],
      [2, () => random.pick(['undefined-name', 'z', 'acc', 'no.such/name'])],
      [1, () => list(scalarLiteral(random, 0), this.leaf('any', scope))],
      [1, () => list(this.leaf('any', scope))],
      [2, () => this.#wrongArity(scope)],
      [
        1,
        () =>
          list('throw', this.leaf(random.pick(['string', 'keyword', 'int', 'error', 'nil'] as const), scope)),
      ],
      [1, () => this.leaf(type, scope)],
    ])()
  }

  #wrongArity(scope: Scope): Form {
    const row = this.random.pick(libraryRows())
    const count = this.random.pick([0, 1, 2, 3, 4])
    return list(row.name, ...Array.from({ length: count }, () => this.leaf('any', scope)))
  }

  /** A variable or a literal. */
  leaf(type: GenType, scope: Scope): Form {
    const { random } = this
    const fitting = scope.fitting(type)
    if (fitting.length > 0 && random.chance(0.65)) return random.pick(fitting).name
    return this.literal(type, scope)
  }

  /** A form that gives a value of the type without computing much. */
  literal(type: GenType, scope: Scope): Form {
    const { random, style } = this
    if (typeof type !== 'string') {
      switch (type.kind) {
        case 'vector':
          return this.#vectorLiteral(type.of, scope)
        case 'map':
          return map(
            distinctKeywords(random, random.below(4)).flatMap(key => [key, this.#element(type.of, scope)]),
          )
        case 'fn':
          return this.#functionLiteral(type, scope)
      }
    }
    switch (type) {
      case 'int':
        return integerLiteral(random, style.edges)
      case 'float':
        return floatLiteral(random, style.edges)
      case 'number':
        return random.chance(0.5) ? integerLiteral(random, style.edges) : floatLiteral(random, style.edges)
      case 'string':
        return stringLiteral(random)
      case 'bool':
        return random.pick(['true', 'false'])
      case 'nil':
        return 'nil'
      case 'keyword':
        return random.pick(keywords)
      case 'symbol':
        return random.pick(["'x", "'y", "'+", "'ns/n"])
      case 'error':
        return list('ex-info', stringLiteral(random), map([':a', integerLiteral(random, 0)]))
      case 'any':
        return random.chance(0.2) ? quoted(data(random, 2)) : scalarLiteral(random, style.edges)
    }
  }

  /** Data has holes: an element is nil now and then. */
  #element(of: GenType, scope: Scope): Form {
    return this.random.chance(0.05) ? 'nil' : this.literal(of, scope)
  }

  #vectorLiteral(of: GenType, scope: Scope): Form {
    const items = Array.from({ length: this.random.below(5) }, () => this.#element(of, scope))
    if (this.random.chance(0.12)) return list('list', ...items)
    if (of === 'int' && this.random.chance(0.15)) return list('range', String(this.random.below(6)))
    return vector(items)
  }

  /** A library function of this type, or a lambda around a leaf. */
  #functionLiteral(type: FunctionType, scope: Scope): Form {
    if (this.random.chance(0.4)) {
      const rows = libraryRows().filter(
        row => scope.typeOf(row.name) === undefined && fits(functionType(row.params, row.result), type),
      )
      if (rows.length > 0) return this.random.pick(rows).name
    }
    const params = this.freshNames(type.params.length)
    const inner = scope.with(...params.map((name, i) => ({ name, type: type.params[i]! })))
    return list('fn', vector(params), this.leaf(type.result, inner))
  }

  /** A name to bind: few different ones, so that they shadow each other; now and then that of a library function. */
  name(): string {
    return this.random.chance(0.06) ? this.random.pick(libraryShadows) : this.random.pick(ordinaryNames)
  }

  /** Different names to bind together. */
  freshNames(count: number): string[] {
    const names = new Set<string>()
    while (names.size < count) names.add(this.name())
    return [...names]
  }

  /** A variable whose name is not one of `taken`. */
  variable(type: GenType, taken: readonly string[] = []): Variable {
    for (;;) {
      const name = this.name()
      if (!taken.includes(name)) return { name, type }
    }
  }

  /** A small count for loops and recursion. */
  count(): string {
    return this.random.chance(0.05) ? String(this.random.between(10, 60)) : String(this.random.between(0, 5))
  }

  /** True when a name means the library's function here. */
  isLibrary(name: string, scope: Scope): boolean {
    return scope.typeOf(name) === undefined
  }
}

/** `'form`. */
export function quoted(form: Form): Form {
  return typeof form === 'string' ? `'${form}` : prefixed("'", form)
}

/** A group with text before it, such as a quote or metadata. */
export function prefixed(prefix: string, group: Group): Group {
  return { open: prefix + group.open, items: group.items }
}

/** Element type of a vector type, `undefined` for others. */
export function elementOf(type: GenType): GenType | undefined {
  return typeof type === 'object' && type.kind === 'vector' ? type.of : undefined
}

/** The types of collections that hold `type`. */
export function holding(type: GenType): { readonly vector: GenType; readonly map: GenType } {
  return { vector: vectorOf(type), map: mapOf(type) }
}
