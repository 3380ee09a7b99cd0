import type { Form } from './form.js'
import { list, vector } from './form.js'
import type { Random } from './random.js'

/*
 * Chains of `map`, `filter`, `reduce` and their kin over ranges, literal vectors, typed vectors and `for`, with
 * functions that may raise in the middle: what a compiler turns into loops over numbers in memory.
 */

const constants = ['0', '1', '2', '3', '-1', '7', '0.5', '9007199254740993', '9223372036854775807']

/** A chain whose value says all about its elements. */
export function numberChain(random: Random): Form {
  const shown = random.weighted<() => Form>([
    [5, () => list('reduce', folder(random), random.pick(['0', '1', '0.0', '-3']), source(random, 3))],
    [2, () => list('reduce', folder(random), source(random, 3))],
    [4, () => source(random, 3)],
    [2, () => list(random.pick(['every?', 'some?', 'some']), predicate(random), source(random, 2))],
    [1, () => list('some', mapper(random), source(random, 2))],
    [1, () => list('count', source(random, 3))],
  ])()
  const caught: Form = random.chance(0.4)
    ? list('try', shown, list('catch', 'e', vector([list(':kind', 'e'), source(random, 1)])))
    : shown
  const bound = list('let', vector(['k', random.pick(constants), 'ys', source(random, 1)]), caught)
  if (random.chance(0.5)) return bound
  const type = random.pick(['[:vector :int]', '[:vector :float]', '[:seq :int]', '[:vector :any]'])
  const callee = list('fn', vector(['xs', ':', type]), bound)
  return list('let', vector(['xs', literal(random), 'chain', callee]), list('chain', 'xs'))
}

/** A collection; `xs` is one only inside of a function that has it. */
function source(random: Random, depth: number): Form {
  const inner = (): Form => source(random, depth - 1)
  const simple: (readonly [number, () => Form])[] = [
    [4, () => range(random)],
    [2, () => literal(random)],
  ]
  if (depth <= 0) return random.weighted<() => Form>(simple)()
  return random.weighted<() => Form>([
    ...simple,
    [5, () => list(random.pick(['map', 'map', 'mapv']), mapper(random), inner())],
    [4, () => list(random.pick(['filter', 'remove']), predicate(random), inner())],
    [2, () => list('for', clauses(random, inner()), expression(random, 2))],
    [1, () => (depth < 3 ? range(random) : 'ys')],
    [1, () => list('let', vector(['zs', inner()]), list('map', mapper(random), 'zs'))],
  ])()
}

function range(random: Random): Form {
  return random.weighted<() => Form>([
    [4, () => list('range', String(random.between(0, 12)))],
    [2, () => list('range', String(random.between(-4, 3)), String(random.between(0, 9)))],
    [1, () => list('range', String(random.between(-9, 9)), '0', random.pick(['-2', '3', '1', '0']))],
    [1, () => list('range', '9223372036854775800', '9223372036854775807', random.pick(['1', '3']))],
  ])()
}

function literal(random: Random): Form {
  const items = Array.from({ length: random.between(0, 5) }, () => random.pick(constants))
  if (random.chance(0.1)) items.push(random.pick(['nil', ':a', '"s"', 'true']))
  return vector(items)
}

function clauses(random: Random, collection: Form): Form {
  const items: Form[] = ['x', collection]
  if (random.chance(0.3)) items.push('y', range(random))
  if (random.chance(0.3)) items.push(random.pick([':when', ':while']), test(random))
  if (random.chance(0.2)) items.push(':let', vector(['x', expression(random, 1)]))
  return vector(items)
}

function mapper(random: Random): Form {
  return random.weighted<() => Form>([
    [6, () => list('fn', vector(['x']), expression(random, 2))],
    [2, () => random.pick(['inc', 'dec', '-', 'abs', 'str', 'float', 'odd?', ':a'])],
    [1, () => list('fn', vector(['x', ':', random.pick(['int', 'float'])]), expression(random, 1))],
    [1, () => list('fn', vector(['x']), list('reduce', '+', '0', list('map', 'inc', list('range', 'x'))))],
    [1, () => list('fn', vector(['x', 'y']), 'x')],
  ])()
}

function predicate(random: Random): Form {
  return random.weighted<() => Form>([
    [4, () => list('fn', vector(['x']), test(random))],
    [2, () => random.pick(['even?', 'odd?', 'pos?', 'zero?', 'identity'])],
    [1, () => list('fn', vector(['x']), expression(random, 1))],
  ])()
}

function folder(random: Random): Form {
  return random.weighted<() => Form>([
    [4, () => random.pick(['+', '+', '-', '*', 'max', 'min', 'conj'])],
    [
      4,
      () =>
        list('fn', vector(['a', 'x']), list(random.pick(['+', '-', '*', 'max']), 'a', expression(random, 1))),
    ],
    [1, () => list('fn', vector(['a', 'x']), list('if', test(random), 'a', expression(random, 1)))],
  ])()
}

function expression(random: Random, depth: number): Form {
  const operand = (): Form =>
    depth > 0 && random.chance(0.4)
      ? expression(random, depth - 1)
      : random.pick(['x', 'x', 'x', ...constants])
  return random.weighted<() => Form>([
    [6, () => list(random.pick(['+', '-', '*', '+', 'quot', 'mod', '/']), operand(), operand())],
    [2, () => list(random.pick(['inc', 'dec', '-']), operand())],
    [1, () => list('if', test(random), operand(), operand())],
    [1, () => list('if', test(random), operand(), list('throw', '"no"'))],
    [1, () => list('try', list('quot', '6', operand()), list('catch', 'e', operand()))],
  ])()
}

function test(random: Random): Form {
  return random.weighted<() => Form>([
    [4, () => list(random.pick(['<', '>', '=', '<=']), 'x', random.pick(constants))],
    [2, () => list(random.pick(['even?', 'odd?', 'pos?']), 'x')],
    [1, () => list('not', list('=', list('mod', 'x', '3'), '0'))],
  ])()
}
