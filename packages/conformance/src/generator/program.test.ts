import { hasErrors } from '@rtfs/parser'
import { createRuntime } from '@rtfs/runtime'
import { definitions, findBuiltin } from '@rtfs/stdlib'
import { describe, expect, test } from 'vitest'
import { sizeOf } from './form.js'
import { libraryNames, libraryRows } from './library.js'
import { effectCapability, generatedLimits, generateProgram } from './program.js'
import { Random } from './random.js'

const sources = Array.from(
  { length: 4000 },
  (_, i) => generateProgram(i * 7919 + 1, { effects: true }).source,
)

describe('generated programs', () => {
  test('are the same for the same seed', () => {
    expect(generateProgram(42)).toEqual(generateProgram(42))
    expect(generateProgram(42).source).not.toBe(generateProgram(43).source)
    // Written down, so that a change of the generator that moves every seed is noticed.
    expect(generateProgram(7).limits).toEqual(generatedLimits)
  })

  test('parse without errors', () => {
    const runtime = createRuntime()
    const failing = sources.filter(source => hasErrors(runtime.parse(source)))
    expect(failing.slice(0, 3)).toEqual([])
  })

  test.each([
    ...[
      'if',
      'when',
      'when-not',
      'unless',
      'cond',
      'case',
      'if-let',
      'when-let',
      'and',
      'or',
      'do',
      'let',
      'letrec',
    ],
    ...[
      'loop',
      'recur',
      'fn',
      'def',
      'defn',
      'match',
      'try',
      'throw',
      'for',
      'dotimes',
      'parallel',
      'log-step',
    ],
    ...[
      'step',
      'step-if',
      'step-loop',
      'step-parallel',
      'with-resource',
      'the',
      'conforms?',
      'call',
      'defstruct',
    ],
    ...['->', '->>', 'defmacro', 'module', 'import'],
  ])('use %s', form => {
    expect(sources.some(source => source.includes(`(${form} `))).toBe(true)
  })

  test.each([
    '(catch ',
    '(finally ',
    ':when ',
    ':while ',
    ':keys',
    ':or ',
    ':as ',
    '& ',
    '#(',
    '`(',
    '~@',
    '##NaN',
    'when ',
  ])('contain %s', text => {
    expect(sources.some(source => source.includes(text))).toBe(true)
  })

  test.each(libraryNames())('call %s', name => {
    expect(sources.some(source => source.includes(`(${name} `) || source.includes(`(${name})`))).toBe(true)
  })

  test('ask only for what they are said to ask for', () => {
    const asked = new Set(sources.flatMap(source => source.match(/\(call :\S+/g) ?? []))
    expect([...asked].every(call => call.includes(effectCapability))).toBe(true)
  })
})

describe('the library table', () => {
  const beyond = new Set([
    // Only while macros are expanded.
    'gensym',
    'macroexpand',
    'macroexpand-1',
    // Depend on more than their arguments, or have no literal arguments the generator makes.
    'rtfs.task/current',
    'timestamp',
    'timestamp-ms',
    'timestamp?',
    'uuid',
    'uuid?',
    'resource-handle?',
    'serialize-json-pretty',
    'getMessage',
    'Exception.',
    'RuntimeError.',
    'Error.',
    'validate-object',
    // Values of these names are functions too, but the forms are what programs use.
    'and',
    'or',
  ])

  test('covers the pure functions', () => {
    const names = new Set(libraryNames())
    const missing = definitions()
      .filter(({ purity }) => purity === 'pure')
      .filter(({ name, aliases }) => ![name, ...aliases].some(each => names.has(each) || beyond.has(each)))
      .map(({ name }) => name)
    expect(missing).toEqual([])
  })

  test('names only functions that are there, with numbers of arguments that they take', () => {
    for (const { name, params } of libraryRows()) {
      const builtin = findBuiltin(name)
      expect(builtin, name).toBeDefined()
      const { min, max } = builtin!.definition.arity
      expect(params.length >= min && params.length <= max, `${name} ${params.length}`).toBe(true)
    }
  })
})

describe('the random source', () => {
  test('repeats itself from a seed', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, (_, i) => new Random(seed + i).below(1000))
    expect(draw(1)).toEqual(draw(1))
    expect(
      new Set(Array.from({ length: 100 }, (_, i) => new Random(i).below(1_000_000))).size,
    ).toBeGreaterThan(95)
  })

  test('stays in its bounds', () => {
    const random = new Random(1)
    const drawn = Array.from({ length: 1000 }, () => random.between(-2, 2))
    expect(Math.min(...drawn)).toBe(-2)
    expect(Math.max(...drawn)).toBe(2)
  })

  test('keeps to weights', () => {
    const random = new Random(3)
    const drawn = Array.from({ length: 1000 }, () =>
      random.weighted([
        [9, 'often'],
        [1, 'seldom'],
        [0, 'never'],
      ]),
    )
    expect(drawn.filter(item => item === 'never')).toEqual([])
    expect(drawn.filter(item => item === 'often').length).toBeGreaterThan(800)
  })
})

test('the size of a form counts atoms and groups', () => {
  expect(sizeOf({ open: '(', items: ['+', '1', { open: '[', items: [] }] })).toBe(4)
})
