import type { Form } from './form.js'
import { list, vector } from './form.js'
import type { Random } from './random.js'

/*
 * Loops over numbers that run long enough for an engine to treat them as hot, with what ends or slows such treatment:
 * Integers that outgrow it, Floats that are NaN or −0, divisors that become 0, variables that change their type,
 * branches that do something else.
 */

export const names = ['i', 'x', 'y', 'k'] as const
export const constants = ['0', '1', '2', '3', '-1', '0.5', '-0.0', '1.5', '0.0', '9007199254740991', '-7']

/** A loop of some dozens of rounds, with its variables as they are at the end. */
export function numericLoop(random: Random): Form {
  const rounds = String(random.between(34, 90))
  const start = (): Form => (random.chance(0.5) ? random.pick(['0', '1', '3', '-2']) : random.pick(constants))
  const again = (): Form =>
    list('recur', step(random), arithmetic(random, 'x', 2), arithmetic(random, 'y', 2))
  const result = vector(['i', 'x', 'y'])
  const loop = list(
    'loop',
    vector(['i', '0', 'x', start(), 'y', start()]),
    round(random, rounds, result, again),
  )
  const shown: Form = random.chance(0.4)
    ? list('try', loop, list('catch', 'e', vector([list(':kind', 'e'), list(':message', 'e')])))
    : loop
  const bound = list('let', vector(['k', random.pick(constants)]), shown)
  if (random.chance(0.6)) return bound
  // The same loop entered again, with variables of other types.
  const callee = list('fn', vector(['k']), shown)
  const args = [random.pick(constants), random.pick(constants), random.pick(['nil', '2', '0.25'])]
  return list('let', vector(['hot', callee]), vector(args.map(arg => list('hot', arg))))
}

export function step(random: Random): Form {
  return random.pick<Form>([list('+', 'i', '1'), list('inc', 'i'), list('-', 'i', '-1')])
}

/** The body: ends when `i` reaches the bound, or before. */
function round(random: Random, rounds: string, result: Form, again: () => Form): Form {
  const goes = list('<', 'i', rounds)
  return random.weighted<() => Form>([
    [4, () => list('if', goes, again(), result)],
    [2, () => list('if', list('not', goes), result, again())],
    [2, () => list('if', list('and', goes, test(random)), again(), result)],
    [1, () => list('if', list('or', list('>=', 'i', rounds), test(random)), result, again())],
    [2, () => list('if', goes, list('if', test(random), again(), again()), result)],
    [1, () => list('if', goes, list('let', vector(['z', arithmetic(random, 'x', 2)]), again()), result)],
    [1, () => list('cond', list('>=', 'i', rounds), result, test(random), again(), ':else', again())],
    [1, () => list('if', goes, list('let', vector(['y', innerLoop(random)]), again()), result)],
    [1, () => list('if', goes, list('recur', step(random), 'x', test(random)), result)],
  ])()
}

/** A few rounds of a loop of its own, whose value is a number most of the time. */
export function innerLoop(random: Random): Form {
  const start = random.pick<Form>(['x', 'y', ...constants])
  const next = list('recur', list('inc', 'j'), arithmetic(random, 'w', 1))
  const goes = list('<', 'j', String(random.between(1, 4)))
  const body = list('if', random.chance(0.7) ? goes : list('and', goes, test(random)), next, 'w')
  return list('loop', vector(['j', '0', 'w', start]), body)
}

const unary = ['inc', 'dec', '-', 'abs', 'float', 'sqrt', 'int', 'floor', 'ceil', 'round'] as const

/** The next value of a variable: mostly of its own type and size. */
export function arithmetic(random: Random, variable: string, depth: number): Form {
  const operand = (): Form =>
    depth > 0 && random.chance(0.4)
      ? arithmetic(random, variable, depth - 1)
      : random.weighted<() => Form>([
          [4, () => variable],
          [3, () => random.pick(names)],
          [3, () => random.pick(constants)],
        ])()
  const binary = random.pick(['+', '-', '+', '-', '*', '/', 'quot', 'rem', 'mod', 'max', 'min'])
  return random.weighted<() => Form>([
    [8, () => list(binary, operand(), operand())],
    [1, () => list(random.pick(['+', '-', '*']), operand(), operand(), operand())],
    [2, () => list(random.pick(unary), operand())],
    [2, () => list('if', test(random), operand(), operand())],
    [1, () => list('let', vector(['z', operand()]), list('+', 'z', operand()))],
    [2, () => variable],
    [1, () => random.pick(names)],
  ])()
}

export function test(random: Random): Form {
  const operand = (): Form => (random.chance(0.7) ? random.pick(names) : random.pick(constants))
  return random.weighted<() => Form>([
    [5, () => list(random.pick(['<', '<=', '>', '>=', '=', '==', '!=']), operand(), operand())],
    [2, () => list(random.pick(['even?', 'odd?']), 'i')],
    [2, () => list(random.pick(['zero?', 'pos?', 'neg?']), operand())],
    [1, () => list('not', test(random))],
    [1, () => list(random.pick(['and', 'or']), test(random), test(random))],
  ])()
}
