import type { Form } from './form.js'
import { list, vector } from './form.js'
import { arithmetic, constants, innerLoop, step, test } from './numeric-loop.js'
import type { Random } from './random.js'

/*
 * Functions over numbers that call themselves, directly or through `recur`, often enough to be hot: with Integers that
 * outgrow an engine's own, Floats, divisors that become 0, results of several types, annotations that convert, names
 * that mean something else later.
 */

/** A function of its own and some calls of it. */
export function numericRecursion(random: Random): Form {
  const callee = definition(random, 'fn')
  return list('let', vector(['k', random.pick(constants), 'hot', callee]), vector(calls(random, 'hot')))
}

/** A program: definitions at its top level, calls, and sometimes another definition of the same name. */
export function numericProgram(random: Random): readonly Form[] {
  const forms: Form[] = [list('def', 'k', random.pick(constants)), definition(random, 'defn')]
  if (random.chance(0.3)) forms[1] = list('def', 'f', definition(random, 'fn', random.chance(0.5)))
  const shown: Form[] = [...calls(random, 'f')]
  if (random.chance(0.3)) {
    forms.push(list('def', 'before', vector(calls(random, 'f'))), definition(random, 'defn'))
    shown.push('before')
  }
  if (random.chance(0.2)) forms.push(list('def', 'k', random.pick([...constants, 'nil'])))
  return [...forms, vector(shown)]
}

function definition(random: Random, kind: 'fn' | 'defn', isNamed = true): Form {
  const annotation = (types: readonly string[]): Form[] => (random.chance(0.15) ? [random.pick(types)] : [])
  const params = vector([
    'i',
    ...annotation([':int']),
    'x',
    ...annotation([':float', ':int', ':number']),
    'y',
    ...annotation([':float', ':int']),
  ])
  const result = annotation([':float', ':int', ':bool', ':number'])
  const name = isNamed ? ['f'] : []
  return list(kind, ...name, params, ...result, functionBody(random))
}

function functionBody(random: Random): Form {
  const next = (): Form => list('f', step(random), arithmetic(random, 'x', 1), arithmetic(random, 'y', 1))
  const goes = list('<', 'i', String(random.between(5, 14)))
  const soon = list('<', 'i', String(random.between(3, 6)))
  const result = random.pick<Form>(['x', 'y', 'x', 'y', 'i', 'k', arithmetic(random, 'x', 1)])
  const operator = random.pick(['+', '-', '*', 'max', '+'])
  return random.weighted<() => Form>([
    [4, () => list('if', goes, next(), result)],
    [4, () => list('if', goes, list(operator, next(), operand(random)), result)],
    [3, () => list('if', soon, list(operator, next(), next()), result)],
    [2, () => list('if', goes, list('recur', step(random), arithmetic(random, 'x', 1), 'x'), result)],
    [2, () => list('if', goes, list('if', test(random), next(), list('+', next(), '1')), result)],
    [
      1,
      () => list('if', goes, list('let', vector(['z', next()]), list('if', test(random), 'z', 'x')), result),
    ],
    [1, () => list('if', goes, list(random.pick(['and', 'or']), test(random), next()), test(random))],
    [1, () => list('if', goes, list('if', next(), test(random), list('not', next())), test(random))],
    [1, () => list('if', goes, list('f', step(random), innerLoop(random), 'x'), result)],
    [1, () => list('loop', vector(['j', '0', 'w', 'x']), loopBody(random, result))],
    [1, () => list('if', goes, list('if', test(random), list('throw', '"t"'), next()), result)],
  ])()
}

/** Rounds of a loop that ends with its value, or with another call. */
function loopBody(random: Random, result: Form): Form {
  const again = list('recur', list('inc', 'j'), arithmetic(random, 'w', 1))
  const end = random.chance(0.5)
    ? 'w'
    : list('if', list('<', 'i', '4'), list('f', step(random), 'w', 'y'), result)
  return list('if', list('<', 'j', String(random.between(2, 9))), again, end)
}

function operand(random: Random): Form {
  return random.pick<Form>(['i', 'x', 'y', 'k', '1', random.pick(constants)])
}

/** Calls with arguments of some types; what they raise is a value too, most of the time. */
function calls(random: Random, name: string): readonly Form[] {
  const call = (): Form => {
    const form = list(name, random.pick(['0', '1', '3', '0.5']), random.pick(constants), argument(random))
    return random.chance(0.8)
      ? list('try', form, list('catch', 'e', vector([list(':kind', 'e'), list(':message', 'e')])))
      : form
  }
  const mapped = list(
    'map',
    list('fn', vector(['n']), list('try', list(name, 'n', '2', '3'), list('catch', 'e', list(':kind', 'e')))),
    list('range', '-3', '9'),
  )
  const made = Array.from({ length: random.between(2, 5) }, call)
  return random.chance(0.3) ? [...made, mapped] : made
}

function argument(random: Random): Form {
  return random.chance(0.05) ? random.pick(['nil', '"s"', 'true']) : random.pick(constants)
}
