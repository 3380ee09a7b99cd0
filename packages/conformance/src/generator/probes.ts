import { failingForm } from './control.js'
import type { Form } from './form.js'
import { list, map, vector } from './form.js'
import type { Generator } from './generator.js'
import { libraryRows } from './library.js'
import { distinctKeywords } from './literals.js'
import { numberChain } from './number-chain.js'
import { numericLoop } from './numeric-loop.js'
import { numericRecursion } from './numeric-recursion.js'
import type { Random } from './random.js'
import { Scope } from './scope.js'
import type { GenType } from './types.js'

/*
 * Small programs around the places where implementations go wrong: random expressions alone come there too seldom.
 * They see nothing of the program around them, so that its names cannot blunt them, and show all they compute.
 */

type Probe = (g: Generator) => Form

/** One probe. */
export function probe(g: Generator): Form {
  return g.random.weighted(weightedProbes)(g)
}

const smallType = (random: Random): GenType =>
  random.pick(['int', 'int', 'float', 'string', 'nil', 'keyword'] as const)

/** A scalar, sometimes nil. */
function value(g: Generator): Form {
  return g.random.chance(0.25) ? 'nil' : g.literal(smallType(g.random), Scope.empty)
}

function number(g: Generator): Form {
  return g.literal(g.random.pick(['int', 'int', 'float'] as const), Scope.empty)
}

/** Keys that are there, are absent, or hold nil; defaults that see what is bound before them. */
function mapDestructuring(g: Generator): Form {
  const { random } = g
  const given = distinctKeywords(random, 3).flatMap(key => [key, value(g)])
  const items: Form[] = [':keys', vector(['a', 'b'])]
  const seen: Form[] = ['a', 'b']
  if (random.chance(0.8)) items.push(':or', map(['a', value(g), 'b', random.chance(0.4) ? 'a' : value(g)]))
  if (random.chance(0.4)) {
    items.push(...(random.chance(0.5) ? ['k', ':k'] : [':k', 'k']))
    seen.push('k')
  }
  if (random.chance(0.5)) {
    items.push('&', 'more')
    seen.push('more')
  }
  if (random.chance(0.4)) {
    items.push(':as', 'all')
    seen.push('all')
  }
  const pattern = map(items)
  return random.chance(0.5)
    ? list('let', vector([pattern, map(given)]), vector(seen))
    : list(list('fn', vector([pattern]), vector(seen)), map(given))
}

/** Vectors shorter and longer than their pattern, rests, nested patterns, whole values. */
function vectorDestructuring(g: Generator): Form {
  const { random } = g
  const items = Array.from({ length: random.below(5) }, () => value(g))
  const source = random.pick<Form>([
    vector(items),
    list('list', ...items),
    'nil',
    vector([vector(items), value(g)]),
  ])
  const pattern = random.pick<readonly [Form, Form]>([
    [vector(['x', 'y']), vector(['x', 'y'])],
    [vector(['x', '&', 'r']), vector(['x', 'r'])],
    [vector(['x', 'y', '&', 'r', ':as', 'all']), vector(['x', 'y', 'r', 'all'])],
    [vector(['&', vector(['x', 'y'])]), vector(['x', 'y'])],
    [vector(['_', 'x', ':as', 'all']), vector(['x', 'all'])],
    [vector([vector(['x', '&', 'r']), 'y']), vector(['x', 'r', 'y'])],
  ])
  return random.chance(0.6)
    ? list('let', vector([pattern[0], source]), pattern[1])
    : list(list('fn', vector([pattern[0]]), pattern[1]), source)
}

/** A loop or function whose `recur` permutes its targets and computes with the old ones. */
function rebinding(g: Generator): Form {
  const { random } = g
  const names = ['x', 'y', 'z', 'w'].slice(0, random.between(1, 4))
  const next = (): Form =>
    random.weighted<() => Form>([
      [5, () => random.pick(names)],
      [1, () => number(g)],
      [1, () => list('vector', random.pick(names), random.pick(names))],
      [
        1,
        () =>
          list(
            'try',
            list('+', random.pick(names), random.pick(['1', ...names])),
            list('catch', 'e', list(':kind', 'e')),
          ),
      ],
    ])()
  const recur = list('recur', list('-', 'i', '1'), ...names.map(next))
  const test = list('if', list('<=', 'i', '0'), vector(names), recur)
  const count = String(random.between(1, 4))
  if (random.chance(0.6)) {
    return list('loop', vector(['i', count, ...names.flatMap(name => [name, number(g)])]), test)
  }
  return list(list('fn', vector(['i', ...names]), test), count, ...names.map(() => number(g)))
}

/** Closures over names that each round, element or call defines anew. */
function capturedDefinitions(g: Generator): Form {
  const { random } = g
  const called = (functions: Form): Form => list('map', list('fn', vector(['h']), list('h')), functions)
  const [definition, use] = random.pick<readonly [Form, Form]>([
    [list('def', 'y', list('*', 'i', '10')), 'y'],
    [list('defn', 'y', vector([]), list('+', 'i', '100')), list('y')],
    // The name that the round itself binds.
    [list('def', 'i', list('-', 'i', '1')), 'i'],
  ])
  const early = list('fn', vector([]), use)
  const body = random.pick<readonly Form[]>([
    [definition, early],
    [list('let', vector(['h', early]), definition, 'h')],
    [list('let', vector(['k', 'i']), definition, list('fn', vector([]), vector([use, 'k'])))],
  ])
  return random.weighted<() => Form>([
    [2, () => called(list('for', vector(['i', '[1 2 3]']), ...body))],
    [2, () => called(list('map', list('fn', vector(['i']), ...body), '[1 2 3]'))],
    [
      3,
      () =>
        called(
          list(
            'loop',
            vector(['i', '3', 'hs', '[]']),
            definition,
            list(
              'if',
              list('<=', 'i', '0'),
              'hs',
              list('recur', list('-', 'i', '1'), list('conj', 'hs', early)),
            ),
          ),
        ),
    ],
  ])()
}

/** Errors that replace errors, and what is left to see of the first. */
function replacedErrors(g: Generator): Form {
  const { random } = g
  const failing = () => failingForm(g, 'int', Scope.empty, 1)
  const inner: Form[] = [failing()]
  const pattern = random.pick([
    'e',
    '_',
    'TypeError',
    ':error/arithmetic',
    'ApplicationError',
    'DivisionByZero',
  ])
  if (random.chance(0.75)) inner.push(list('catch', pattern, random.chance(0.7) ? failing() : ':caught'))
  if (inner.length === 1 || random.chance(0.5))
    inner.push(list('finally', random.chance(0.5) ? failing() : '0'))
  const facts = vector([
    list(':kind', 'o'),
    list(':message', 'o'),
    list(':type', 'o'),
    list(':kind', list(':cause', 'o')),
    list(':kind', list(':cause', list(':cause', 'o'))),
  ])
  return list('try', list('try', ...inner), list('catch', 'o', facts))
}

/** Nested `for` with modifiers that depend on its bindings. */
function nestedFor(g: Generator): Form {
  const { random } = g
  const names = ['x', 'y', 'z'].slice(0, random.between(1, 3))
  const clauses: Form[] = []
  names.forEach((name, i) => {
    const source =
      i > 0 && random.chance(0.3) ? list('range', names[i - 1]!) : list('range', String(random.between(1, 4)))
    clauses.push(name, source)
    const bound = names.slice(0, i + 1)
    if (random.chance(0.2))
      clauses.push(':let', vector([random.pick(['t', ...bound]), list('+', random.pick(bound), '1')]))
    if (random.chance(0.5)) {
      const other = random.chance(0.5) ? random.pick(bound) : String(random.below(3))
      clauses.push(
        random.pick([':when', ':while']),
        list(random.pick(['<', '<=', '=', '!=', '>']), name, other),
      )
    }
  })
  return list('for', vector(clauses), vector(names))
}

/** Arithmetic and comparison of variables with literals and with each other, over edges of both kinds of numbers. */
function numericOperands(g: Generator): Form {
  const { random } = g
  const [x, y] = [edgeNumber(g), edgeNumber(g)]
  const literal = (): Form =>
    random.chance(0.6) ? relatedTo(random, x) : random.pick(['0', '1', '2', '-1', '2.5', '-3'])
  const operand = (): Form => random.pick<Form>(['x', 'x', 'y', literal(), list('identity', 'x')])
  const operators = [
    '+',
    '-',
    '*',
    '<',
    '<=',
    '>',
    '>=',
    '=',
    '=',
    '==',
    '!=',
    'max',
    'min',
    'mod',
    'quot',
    'rem',
    '/',
    'compare',
  ]
  const caught = (form: Form): Form => list('try', form, list('catch', 'e', list(':kind', 'e')))
  const operation = (): Form => {
    // Only as a Float does a zero show its sign.
    if (random.chance(0.1)) return caught(list('float', list('*', operand(), operand())))
    if (random.chance(0.35)) {
      const pair = [random.pick(['x', list('identity', 'x')]), relatedTo(random, x)]
      return caught(
        list(
          random.pick(['=', '==', '<', '+', '-', '*', 'compare']),
          ...(random.chance(0.7) ? pair : pair.reverse()),
        ),
      )
    }
    return caught(list(random.pick(operators), operand(), operand()))
  }
  const unary = (): Form =>
    caught(list(random.pick(['inc', 'dec', '-', 'abs', 'not', 'float', 'int', 'zero?', 'even?']), operand()))
  return list('let', vector(['x', x, 'y', y]), vector([...Array.from({ length: 7 }, operation), unary()]))
}

/** The same number, of the other kind too, and its neighbours. */
function relatedTo(random: Random, number: Form): Form {
  if (typeof number !== 'string' || !/^-?\d{1,16}(?:\.\d+)?$/.test(number)) return '1'
  if (number.includes('.')) return random.pick([number, number.replace(/\..*$/, '')])
  const integer = BigInt(number)
  return random.pick([
    number,
    `${number}.0`,
    String(integer + 1n),
    String(integer - 2n),
    String(2n * integer + 1n),
  ])
}

const nearLimits = [
  '9007199254740991',
  '9007199254740990',
  '-9007199254740991',
  '-9007199254740990',
  '4503599627370497',
  '6004799503160661',
  '94906267',
  '94906265',
  '-94906267',
  '3037000499',
]

function edgeNumber(g: Generator): Form {
  const { random } = g
  return random.weighted<() => Form>([
    [3, () => random.pick(nearLimits)],
    [3, () => random.pick(['0', '1', '2', '1.0', '2.0', '0.0', '-0.0', '-1.0'])],
    [2, () => g.literal('int', Scope.empty)],
    [1, () => value(g)],
  ])()
}

/** Calls that fail and are caught, again and again: depth must come back. */
function caughtCalls(g: Generator): Form {
  const { random } = g
  const failing = list(list('fn', vector(['x']), failingForm(g, 'int', Scope.empty, 1)), 'i')
  const caught = list(
    'try',
    random.chance(0.5) ? failing : list('inc', failing),
    list('catch', 'e', list(':kind', 'e')),
  )
  return random.chance(0.5)
    ? list('map', list('fn', vector(['i']), caught), list('range', '14'))
    : list(
        'loop',
        vector(['i', '14', 'r', '[]']),
        list('if', list('<=', 'i', '0'), 'r', list('recur', list('-', 'i', '1'), list('conj', 'r', caught))),
      )
}

/** `and`, `or`, `if` over false, nil and everything else. */
function truth(g: Generator): Form {
  const { random } = g
  const operand = (): Form =>
    random.pick<Form>(['nil', 'false', 'true', '0', '""', '[]', list('identity', 'nil'), list('not', '1')])
  const operands = () => Array.from({ length: random.below(4) }, operand)
  return vector([
    list('and', ...operands()),
    list('or', ...operands()),
    list('if', operand(), ':then', ':else'),
    list(random.pick(['when', 'when-not', 'unless']), operand(), '1'),
    list('cond', operand(), '1', operand(), '2'),
    list('if-let', vector(['x', operand()]), vector(['x']), ':none'),
  ])
}

/** Which variable a name means: lets, parameters, definitions and closures over three names, nested at random. */
function scopePuzzle(g: Generator): Form {
  return puzzle(g, 4)
}

const puzzleNames = ['x', 'y', 'f']

function puzzle(g: Generator, depth: number): Form {
  const { random } = g
  const name = (): string => random.pick(puzzleNames)
  if (depth <= 0) return puzzleLeaf(g)
  const inner = (): Form => puzzle(g, depth - 1)
  const init = (): Form =>
    random.weighted<() => Form>([
      [3, () => String(random.below(10))],
      [2, () => list('fn', vector([]), puzzle(g, depth - 2))],
      [1, () => list('fn', vector([name()]), puzzle(g, depth - 2))],
      [2, inner],
    ])()
  const body = (): Form[] => {
    const forms: Form[] = []
    if (random.chance(0.3)) forms.push(inner())
    if (random.chance(0.35)) forms.push(list('def', name(), init()))
    if (random.chance(0.15)) forms.push(list('defn', name(), vector([]), puzzle(g, depth - 2)))
    return [...forms, inner()]
  }
  const bindings = (): Form[] => Array.from({ length: random.between(1, 3) }, () => [name(), init()]).flat()
  return random.weighted<() => Form>([
    [6, () => list('let', vector(bindings()), ...body())],
    [3, () => list(list('fn', vector([name()]), ...body()), init())],
    [2, () => vector([inner(), inner()])],
    [1, () => list('do', ...body())],
    [1, () => list('match', init(), name(), inner())],
    [1, () => list('try', list('throw', '"t"'), list('catch', name(), inner(), list('do', ...body())))],
    [1, () => list('for', vector([name(), vector([init(), init()])]), ...body())],
    [1, () => list('if-let', vector([name(), init()]), inner(), inner())],
    [1, () => loopPuzzle(g, inner, body)],
    [3, () => puzzleLeaf(g)],
  ])()
}

function loopPuzzle(g: Generator, inner: () => Form, body: () => Form[]): Form {
  const name = g.random.pick(puzzleNames)
  const [last, ...first] = body().reverse()
  return list(
    'loop',
    vector(['n', '2', name, inner()]),
    ...first.reverse(),
    list('if', list('<=', 'n', '0'), last!, list('recur', list('-', 'n', '1'), inner())),
  )
}

/** A name, or a call of it; what it raises is a value too, so that the rest goes on. */
function puzzleLeaf(g: Generator): Form {
  const { random } = g
  const name = random.pick(puzzleNames)
  const form: Form = random.weighted<() => Form>([
    [3, () => name],
    [2, () => list(name)],
    [1, () => list(name, String(random.below(5)))],
    [1, () => String(random.below(10))],
  ])()
  return random.chance(0.75) && form !== name
    ? list('try', form, list('catch', 'e', list(':kind', 'e')))
    : caughtName(g, form)
}

function caughtName(g: Generator, form: Form): Form {
  return g.random.chance(0.5) ? list('try', form, list('catch', '_', ':none')) : form
}

/** Annotated parameters, results and bindings that widen, fit or fail. */
function annotated(g: Generator): Form {
  const { random } = g
  const type = (): string =>
    random.pick([':float', ':int', ':number', ':any', ':string?', ':[:vector :float]', ':[:union :int :nil]'])
  const argument = (): Form =>
    random.pick<Form>(['1', '2.5', 'nil', '"s"', '[1 2]', '[1.5]', '-0.0', '9007199254740993'])
  const call = random.weighted<() => Form>([
    [3, () => list(list('fn', vector(['x', type()]), 'x'), argument())],
    [2, () => list(list('fn', vector(['x']), type(), 'x'), argument())],
    [
      2,
      () =>
        list(
          list('fn', vector(['x', '&', 'r', type()]), vector(['x', 'r'])),
          argument(),
          argument(),
          argument(),
        ),
    ],
    [2, () => list('let', vector(['x', type(), argument()]), vector(['x']))],
    [
      1,
      () =>
        list(
          'loop',
          vector(['i', '1', 'x', type(), argument()]),
          list('if', list('<=', 'i', '0'), 'x', list('recur', '0', argument())),
        ),
    ],
    [1, () => list('the', bare(type()), argument())],
    [1, () => list('conforms?', bare(type()), argument())],
  ])()
  return list(
    'try',
    call,
    list(
      'catch',
      'e',
      vector([list(':kind', 'e'), list(':expected', list(':details', 'e')), list(':message', 'e')]),
    ),
  )
}

/** A type form as it stands outside of annotations. */
function bare(annotation: string): string {
  return annotation.startsWith(':[') ? annotation.slice(1) : annotation
}

/** Library functions on literals, each for itself: right arguments mostly, edges, and wrong ones. */
function libraryCalls(g: Generator): Form {
  const { random } = g
  const argument = (type: GenType): Form =>
    random.chance(0.08) ? value(g) : g.expression(type, Scope.empty, random.chance(0.2) ? 1 : 0)
  const call = (): Form => {
    const { name, params } = random.pick(libraryRows())
    return list(
      'try',
      list(name, ...params.map(argument)),
      list('catch', 'e', vector([list(':kind', 'e'), list(':message', 'e')])),
    )
  }
  return vector(Array.from({ length: random.between(2, 5) }, call))
}

const weightedProbes: readonly (readonly [number, Probe])[] = [
  [3, mapDestructuring],
  [2, vectorDestructuring],
  [3, rebinding],
  [2, capturedDefinitions],
  [3, replacedErrors],
  [3, nestedFor],
  [4, numericOperands],
  [2, caughtCalls],
  [2, truth],
  [8, scopePuzzle],
  [3, annotated],
  [6, libraryCalls],
  [4, g => numberChain(g.random)],
  [4, g => numericLoop(g.random)],
  [4, g => numericRecursion(g.random)],
]
