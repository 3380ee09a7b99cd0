import { type Form, list, vector } from './form.js'
import type { Random } from './random.js'

/*
 * Programs of several functions without annotations, or with few, that call one another with ints, floats and anything
 * else: each is compiled for the kinds of arguments it gets. Some take vectors, declared to hold numbers or not.
 */

const numbers = ['0', '1', '2', '-3', '7', '9223372036854775807', '0.5', '2.0', '-1.25'] as const
const others = ['nil', '"7"', ':k', 'true', '[1 2]'] as const

interface Known {
  readonly name: string
  /** For each parameter, whether it is a vector. */
  readonly params: readonly boolean[]
}

/** The forms of such a program; its value says what the calls gave. */
export function plainFunctions(random: Random): readonly Form[] {
  const known: Known[] = []
  const forms: Form[] = []
  for (let i = random.between(2, 5); i > 0; i--) {
    const fn: Known = {
      name: `f${known.length}`,
      params: Array.from({ length: random.between(1, 3) }, () => random.chance(0.3)),
    }
    forms.push(definition(random, fn, known))
    known.push(fn)
  }
  const calls = Array.from({ length: random.between(2, 5) }, () => {
    const fn = random.pick(known)
    const call = list(fn.name, ...fn.params.map(isVector => argument(random, isVector)))
    return list('try', call, list('catch', 'e', vector([list(':kind', 'e'), list(':message', 'e')])))
  })
  const single = known.filter(({ params }) => params.length === 1 && !params[0])
  if (single.length > 0) {
    const mapped = list('map', random.pick(single).name, numbersOf(random))
    calls.push(list('try', mapped, list('catch', 'e', list(':message', 'e'))))
  }
  return [...forms, vector(calls)]
}

function numbersOf(random: Random): Form {
  const pool = random.pick([numbers.slice(0, 5), numbers.slice(6), numbers])
  return vector(Array.from({ length: random.below(5) }, () => random.pick(pool)))
}

function argument(random: Random, isVector: boolean): Form {
  if (random.chance(0.06)) return random.pick(others)
  return isVector ? numbersOf(random) : random.pick(numbers)
}

function definition(random: Random, fn: Known, known: readonly Known[]): Form {
  const names = fn.params.map((isVector, index) => `${isVector ? 'xs' : 'n'}${index}`)
  const params = fn.params.flatMap((isVector, index): Form[] => {
    const name = names[index]!
    if (random.chance(0.75)) return [name]
    const element = random.pick(['int', 'float', 'any'])
    return [name, ':', isVector ? vector([':vector', element]) : element]
  })
  const scalars = names.filter((_, index) => !fn.params[index])
  const vectors = names.filter((_, index) => fn.params[index])
  const result = random.chance(0.1) ? [random.pick([':int', ':float', ':number'])] : []
  const inner = (depth: number): Form => expression(random, scalars, vectors, known, depth)
  const body = random.chance(0.25) && scalars.length > 0 ? countdown(fn, names, scalars[0]!, inner) : inner(3)
  return list('defn', fn.name, vector(params), ...result, body)
}

/** Calls itself with one less while that is a small number. */
function countdown(fn: Known, names: readonly string[], n: string, inner: (depth: number) => Form): Form {
  const again = list(fn.name, ...names.map(name => (name === n ? list('-', n, '1') : name)))
  const isSmall = list('and', list('>', n, '0'), list('<', n, '9'))
  return list('if', isSmall, list('+', inner(1), again), inner(2))
}

function expression(
  random: Random,
  scalars: readonly string[],
  vectors: readonly string[],
  known: readonly Known[],
  depth: number,
): Form {
  const number = (): Form => expression(random, scalars, vectors, known, depth - 1)
  const leaf = (): Form =>
    scalars.length > 0 && random.chance(0.8) ? random.pick(scalars) : random.pick(numbers.slice(0, 4))
  if (depth <= 0) return leaf()
  const xs = (): Form =>
    vectors.length > 0 && random.chance(0.8) ? random.pick(vectors) : vector([number(), number()])
  const call = (): Form => {
    if (known.length === 0) return leaf()
    const fn = random.pick(known)
    return list(fn.name, ...fn.params.map(isVector => (isVector ? xs() : number())))
  }
  return random.weighted<() => Form>([
    [3, leaf],
    [5, () => list(random.pick(['+', '-', '*', '/', 'max', 'min', 'quot', 'mod']), number(), number())],
    [4, call],
    [2, () => list('if', list(random.pick(['<', '=', '>=']), number(), number()), number(), number())],
    [2, () => list('let', vector(['t', number()]), list('+', 't', number()))],
    [2, () => list('reduce', '+', random.pick(['0', '0.0']), xs())],
    [1, () => list('count', list('filter', list('fn', vector(['q']), list('<', 'q', number())), xs()))],
    [1, () => list('reduce', '+', list('map', list('fn', vector(['q']), list('*', 'q', number())), xs()))],
    [1, () => list('nth', xs(), '0')],
    [
      1,
      () =>
        list(
          'loop',
          vector(['i', '0', 'a', number()]),
          list('if', list('<', 'i', '3'), list('recur', list('inc', 'i'), list('+', 'a', number())), 'a'),
        ),
    ],
    [1, () => list(random.pick(['inc', 'abs', 'float', 'str']), number())],
  ])()
}
