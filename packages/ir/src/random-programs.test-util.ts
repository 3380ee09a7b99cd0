import * as fc from 'fast-check'

/**
 * A random program with its names left open: `render` writes it with the names that `nameOf` gives for 0, 1, 2 …, and
 * with `gap` where white space has to be. Few names, so that they shadow one another in every way.
 */
export interface RandomProgram {
  readonly render: (nameOf: (index: number) => string, gap: string) => string
}

type Part = string | number | readonly Part[]

const name: fc.Arbitrary<Part> = fc.nat({ max: 3 })
const literal: fc.Arbitrary<Part> = fc.constantFrom(
  '0',
  '1',
  '-7',
  '2.5',
  '"s"',
  ':k',
  'nil',
  'true',
  "'(a b)",
  '9007199254740993',
)
const type: fc.Arbitrary<Part> = fc.constantFrom(
  ':int',
  ':float',
  ':string',
  ':any',
  ':[:vector :int]',
  ':[:union :int :nil]',
)
const builtin: fc.Arbitrary<Part> = fc.constantFrom('+', '*', 'str', 'count', 'vector', 'identity', '<', '=')

type Tree = {
  readonly expr: Part
  readonly body: Part
  readonly bindings: Part
  readonly pattern: Part
  readonly definition: Part
}

const { expr, definition } = fc.letrec<Tree>(tie => ({
  expr: fc.oneof(
    { maxDepth: 5 },
    { weight: 3, arbitrary: literal },
    { weight: 4, arbitrary: name },
    { weight: 4, arbitrary: list(builtin, tie('expr'), tie('expr')) },
    { weight: 2, arbitrary: list(name, tie('expr')) },
    { weight: 2, arbitrary: list('if', tie('expr'), tie('expr'), tie('expr')) },
    { weight: 1, arbitrary: list('do', tie('body')) },
    { weight: 1, arbitrary: list('and', tie('expr'), tie('expr')) },
    { weight: 1, arbitrary: list('or', tie('expr'), tie('expr')) },
    { weight: 4, arbitrary: list('let', tie('bindings'), tie('body')) },
    { weight: 3, arbitrary: list('fn', vector(tie('pattern')), tie('body')) },
    {
      weight: 1,
      arbitrary: list('fn', name, vector(name, '&', name).filter(distinct), type, tie('expr'), tie('expr')),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('pattern'), tie('expr'), type, tie('expr'), tie('expr'), tie('body'), tie('expr'))
        .map(([pattern, init, annotation, test, again, body, other]): Part => {
          const loop = ['[', pattern, init, '[_]', annotation, other, ']']
          return [
            '(',
            'loop',
            loop,
            body,
            ['(', 'if', test, ['(', 'recur', again, other, ')'], other, ')'],
            ')',
          ]
        }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('expr'), name, name, tie('expr'), tie('body'), tie('expr'))
        .map(([subject, a, b, guard, body, last]): Part => {
          return [
            '(',
            'match',
            subject,
            ['[', a, b, '&', a, ']'],
            'when',
            guard,
            ['(', 'do', body, ')'],
            b,
            last,
            ')',
          ]
        }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('body'), name, tie('body'), tie('expr'))
        .map(([body, caught, handler, last]): Part => {
          return [
            '(',
            'try',
            body,
            ['(', 'catch', '_', caught, handler, ')'],
            ['(', 'finally', last, ')'],
            ')',
          ]
        }),
    },
    { weight: 1, arbitrary: list('throw', tie('expr')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('pattern'), tie('expr'), tie('expr'), tie('bindings'), tie('body'))
        .map(([pattern, collection, test, bindings, body]): Part => {
          return ['(', 'for', ['[', pattern, collection, ':when', test, ':let', bindings, ']'], body, ')']
        }),
    },
    { weight: 1, arbitrary: list('dotimes', vector(name, tie('expr')), tie('body')) },
    { weight: 1, arbitrary: vector(tie('expr'), tie('expr')) },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('expr'), tie('expr')).map(([a, b]): Part => ['{', ':a', a, '"b"', b, '}']),
    },
    { weight: 1, arbitrary: list('the', ':int', tie('expr')) },
  ),
  body: fc.oneof(
    { weight: 3, arbitrary: tie('expr') },
    { weight: 1, arbitrary: fc.tuple(tie('definition'), tie('expr')).map((parts): Part => parts) },
  ),
  bindings: fc
    .array(
      fc.oneof(
        fc.tuple(tie('pattern'), tie('expr')),
        fc.tuple(name, type, tie('expr')),
        fc.tuple(name, list('fn', vector(name), tie('body'))),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((bindings): Part => ['[', ...bindings, ']']),
  pattern: fc.oneof(
    { weight: 5, arbitrary: name },
    { weight: 1, arbitrary: vector(name, name).filter(distinct) },
    {
      weight: 1,
      arbitrary: fc.tuple(name, tie('expr')).map(([bound, fallback]): Part => {
        return ['{', bound, ':k', ':or', ['{', bound, fallback, '}'], '}']
      }),
    },
  ),
  definition: fc.oneof(
    list('def', name, tie('expr')),
    list('defn', name, vector(name), tie('body')),
    list('def', name, type, list('fn', vector(name), tie('expr'))),
  ),
}))

/** Programs of one to five forms, definitions and others. */
export const programs: fc.Arbitrary<RandomProgram> = fc
  .array(fc.oneof({ weight: 2, arbitrary: definition }, { weight: 1, arbitrary: expr }), {
    minLength: 1,
    maxLength: 5,
  })
  .map(forms => ({ render: (nameOf, gap) => forms.map(form => write(form, nameOf, gap)).join(gap) }))

/** The usual names. */
export const plainName = (index: number): string => ['x', 'y', 'f', 'g'][index]!

function write(part: Part, nameOf: (index: number) => string, gap: string): string {
  if (typeof part === 'string') return part
  if (typeof part === 'number') return nameOf(part)
  return part.map(each => write(each, nameOf, gap)).join(gap)
}

function list(...parts: readonly (string | fc.Arbitrary<Part>)[]): fc.Arbitrary<Part> {
  return fc
    .tuple(...parts.map(part => (typeof part === 'string' ? fc.constant<Part>(part) : part)))
    .map(each => ['(', ...each, ')'])
}

function vector(...parts: readonly (string | fc.Arbitrary<Part>)[]): fc.Arbitrary<Part> {
  return fc
    .tuple(...parts.map(part => (typeof part === 'string' ? fc.constant<Part>(part) : part)))
    .map(each => ['[', ...each, ']'])
}

/** No name twice. */
function distinct(part: Part): boolean {
  const names = (part as readonly Part[]).filter(each => typeof each === 'number')
  return new Set(names).size === names.length
}
