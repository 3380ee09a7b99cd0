import { bindingPattern } from './bindings.js'
import { lambda } from './control.js'
import type { Form } from './form.js'
import { list, map, vector } from './form.js'
import { elementOf, type Generator, quoted, type WeightedProduction } from './generator.js'
import { libraryRows } from './library.js'
import { anyType, data, distinctKeywords, scalarLiteral } from './literals.js'
import type { Scope } from './scope.js'
import { type FunctionType, fits, functionType, type GenType, mapOf, vectorOf } from './types.js'

/*
 * Productions for particular types: library calls, literals with computed parts, functions, loops that collect.
 */

/** A call of any library function whose result may stand here. */
function libraryCall(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const rows = libraryRows().filter(row => fits(row.result, type) && g.isLibrary(row.name, scope))
  if (rows.length === 0) return undefined
  const row = g.random.pick(rows)
  return list(row.name, ...g.expressions(row.params, scope, depth))
}

/** A call whose result the table calls `any`. */
function looseCall(g: Generator, _type: GenType, scope: Scope, depth: number): Form | undefined {
  const row = g.random.pick(libraryRows())
  return g.isLibrary(row.name, scope) ? list(row.name, ...g.expressions(row.params, scope, depth)) : undefined
}

function vectorOfParts(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const of = elementOf(type)
  if (of === undefined) return undefined
  const items = Array.from({ length: g.random.below(4) }, () => g.expression(of, scope, depth))
  return g.random.chance(0.12) ? list('list', ...items) : vector(items)
}

/** `for` with one or two bindings and modifiers. */
function comprehension(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const of = elementOf(type)
  if (of === undefined) return undefined
  const { random } = g
  const clauses: Form[] = []
  let inner = scope
  for (let i = random.between(1, 2); i > 0; i--) {
    const from: GenType = random.pick<GenType>(['int', 'int', vectorOf('int'), 'any'])
    const pattern = bindingPattern(g, from, inner, [], 1)
    const source = random.chance(0.1)
      ? g.literal('string', inner)
      : g.expression(vectorOf(from), inner, depth)
    clauses.push(pattern.form, source)
    inner = inner.with(...pattern.variables)
    if (random.chance(0.2)) {
      const variable = g.variable('int')
      clauses.push(':let', vector([variable.name, g.expression('int', inner, depth - 1)]))
      inner = inner.with(variable)
    }
    if (random.chance(0.25))
      clauses.push(random.pick([':when', ':while']), g.expression('bool', inner, depth - 1))
  }
  return list('for', vector(clauses), g.expression(of, inner, depth))
}

/** Closures made in a loop and called afterwards: each must keep its own variables. */
function closuresInLoop(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const of = elementOf(type)
  if (of === undefined) return undefined
  const names = ['map', 'conj', '-', '<=', 'range'] as const
  const i = g.variable('int')
  const all = g.variable(vectorOf(functionType([], of)), [i.name])
  const extra = g.variable('int', [i.name, all.name])
  const inside = scope.with(i, all)
  if (names.some(name => !g.isLibrary(name, inside.with(extra)))) return undefined
  const make = (inner: Scope): Form => list('fn', vector([]), g.expression(of, inner, depth - 1))
  const call = list('fn', vector(['f']), list('f'))
  const counted = list('-', i.name, '1')
  const withLet = list(
    'let',
    vector([extra.name, g.expression('int', inside, depth - 1)]),
    list('recur', counted, list('conj', all.name, make(inside.with(extra)))),
  )
  const plain = list('recur', counted, list('conj', all.name, make(inside)))
  const functions = g.random.weighted<() => Form>([
    [
      3,
      () =>
        list(
          'loop',
          vector([i.name, g.count(), all.name, '[]']),
          list('if', list('<=', i.name, '0'), all.name, g.random.chance(0.5) ? withLet : plain),
        ),
    ],
    [1, () => list('for', vector([i.name, list('range', g.count())]), make(scope.with(i)))],
    [1, () => list('map', list('fn', vector([i.name]), make(scope.with(i))), list('range', g.count()))],
  ])()
  return list('map', call, functions)
}

function mapOfParts(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (typeof type !== 'object' || type.kind !== 'map') return undefined
  const keys = distinctKeywords(g.random, g.random.below(4))
  const items = keys.flatMap(key => [key, g.expression(type.of, scope, depth)])
  // A computed key may be equal to another one, or be none at all.
  if (g.random.chance(0.12))
    items.push(g.expression(g.random.chance(0.8) ? 'keyword' : 'any', scope, 1), g.leaf(type.of, scope))
  return computedKeysLast(items)
}

function computedKeysLast(items: readonly Form[]): Form | undefined {
  // Equal literal keys would not parse.
  const literals = items.filter((_, i) => i % 2 === 0).map(key => (typeof key === 'string' ? key : undefined))
  const known = literals.filter(key => key !== undefined)
  return new Set(known).size === known.length && known.every(key => !/^[-+\d"]|^true$|^false$/.test(key))
    ? map(items)
    : undefined
}

function parallelMap(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (typeof type !== 'object' || type.kind !== 'map') return undefined
  return list(
    'parallel',
    vector(['a', g.expression(type.of, scope, depth)]),
    vector(['b', g.expression(type.of, scope, depth)]),
  )
}

function functionValue(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (!isFunction(type)) return undefined
  return lambda(g, type.params, type.result, scope, depth)
}

/** A closure over a variable of an enclosing function call. */
function curried(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (!isFunction(type)) return undefined
  const captured = anyType(g.random)
  const variable = g.variable(captured)
  const inner = lambda(g, type.params, type.result, scope.with(variable), depth)
  return list(list('fn', vector([variable.name]), inner), g.expression(captured, scope, depth))
}

function isFunction(type: GenType): type is FunctionType {
  return typeof type === 'object' && type.kind === 'fn'
}

function conformsTest(g: Generator, _type: GenType, scope: Scope, depth: number): Form {
  const types = [
    'int',
    'float',
    'number',
    'string?',
    '[:vector int]',
    '[:seq any]',
    '[:tuple int int]',
    '[:map [:a int] [:b any ?]]',
    '[:map [:a int] [:* int]]',
    '[:map-of keyword int]',
    '[:union int string]',
    '[:and int [:> 0] [:< 100]]',
    '[:and string [:min-length 1] [:matches-regex "^a"]]',
    '[:enum :a :b 1 nil]',
    '[:val 1]',
    'fn',
    'error',
  ]
  return list('conforms?', g.random.pick(types), g.expression('any', scope, depth))
}

/** Quoted data and quasiquotes with parts to fill in. */
function quotedData(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const { random } = g
  if (type !== 'any' && elementOf(type) !== 'any') return undefined
  if (random.chance(0.5)) return quoted(data(random, 2))
  const parts: Form[] = []
  for (let i = random.below(4); i > 0; i--) {
    parts.push(
      random.weighted<() => Form>([
        [2, () => scalarLiteral(random, 0)],
        [1, () => 'x'],
        [2, () => unquoted(g, scope)],
        [1, () => ({ open: '~@[', items: [g.expression('int', scope, Math.min(depth, 1))] })],
      ])(),
    )
  }
  return { open: random.chance(0.5) ? '`(' : '`[', items: parts }
}

function unquoted(g: Generator, scope: Scope): Form {
  const leaf = g.leaf('any', scope)
  return typeof leaf === 'string' && /^[a-z%0-9:]/.test(leaf)
    ? `~${leaf}`
    : { open: '~(', items: ['do', leaf] }
}

function errorValue(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (type !== 'error') return undefined
  return g.random.chance(0.5)
    ? list('try', list('throw', g.expression('string', scope, depth)), list('catch', 'e', 'e'))
    : list('ex-info', g.expression('string', scope, depth), g.expression(mapOf('int'), scope, depth))
}

function printed(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (type !== 'string' || !g.isLibrary('str', scope)) return undefined
  return list(g.random.pick(['str', 'pr-str']), g.expression('any', scope, depth))
}

/** Arithmetic on numbers, the most used of all. */
function arithmetic(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (type !== 'int' && type !== 'float' && type !== 'number') return undefined
  const operator = g.random.pick(['+', '-', '*', '+', '-', 'max', 'min'])
  if (!g.isLibrary(operator, scope)) return undefined
  return list(operator, g.expression(type, scope, depth), g.expression(type, scope, depth))
}

const whenType =
  (...types: readonly GenType[]) =>
  (type: GenType): boolean =>
    types.includes(type)

const whenKind =
  (kind: 'vector' | 'map' | 'fn') =>
  (type: GenType): boolean =>
    typeof type === 'object' && type.kind === kind

/** The productions for particular types, and library calls for all. */
export const valueProductions: readonly WeightedProduction[] = [
  { weight: 30, make: libraryCall },
  { weight: 3, make: looseCall },
  { weight: 14, make: arithmetic, when: whenType('int', 'float', 'number') },
  { weight: 8, make: printed, when: whenType('string') },
  { weight: 6, make: conformsTest, when: whenType('bool') },
  { weight: 6, make: errorValue, when: whenType('error') },
  { weight: 12, make: vectorOfParts, when: whenKind('vector') },
  { weight: 8, make: comprehension, when: whenKind('vector') },
  { weight: 7, make: closuresInLoop, when: whenKind('vector') },
  { weight: 5, make: quotedData, when: whenKind('vector') },
  { weight: 12, make: mapOfParts, when: whenKind('map') },
  { weight: 5, make: parallelMap, when: whenKind('map') },
  { weight: 30, make: functionValue, when: whenKind('fn') },
  { weight: 10, make: curried, when: whenKind('fn') },
]
