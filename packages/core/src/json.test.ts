import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nested, seeded, values } from './arbitrary.test-util.js'
import {
  assertValue,
  equals,
  float,
  formatValue,
  fromJs,
  HostFunction,
  isRtfsError,
  keyword,
  languageError,
  list,
  type ParseJsonOptions,
  parseJson,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type SerializeJsonOptions,
  serializeJson,
  toJs,
  type Value,
} from './index.js'

/** The message of the JsonError that `run` throws. */
function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isRtfsError(error, 'JsonError')) return error.message
    throw error
  }
  return 'accepted'
}

describe('parseJson', () => {
  test.each<[string, string, string, ParseJsonOptions['keys']?]>([
    ['the example of LANGUAGE §13.6', '{"a":[1,2.0]}', '{"a" [1 2.0]}'],
    ['white space', ' \t\r\n[ 1 , { "a" : null } ] ', '[1 {"a" nil}]'],
    ['words', '[true,false,null]', '[true false nil]'],
    [
      'integers',
      '[0,-0,-5,9007199254740993,-9223372036854775808]',
      '[0 0 -5 9007199254740993 -9223372036854775808]',
    ],
    ['numbers with an exponent are Floats', '[1e3,1E+2,-0.0,1.5e-3]', '[1000.0 100.0 -0.0 0.0015]'],
    ['integers outside 64 bits are Floats', '9223372036854775808', '9223372036854776000.0'],
    ['escapes', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00f1\\ud83d\\ude00"', '"\\"\\\\/\\u0008\\u000c\\n\\r\\tñ😀"'],
    ['text above U+FFFF', '"😀"', '"😀"'],
    ['empty ones', '[[],{},""]', '[[] {} ""]'],
    ['equal keys: the last value at the first place', '{"a":1,"b":2,"a":3}', '{"a" 3 "b" 2}'],
    ['__proto__ is a key', '{"__proto__":1}', '{"__proto__" 1}'],
    ['keys as keywords', '{"a":{"b/c":":d"}}', '{:a {:b/c ":d"}}', 'keyword'],
    ['tagged', '{":a":":b","c":"d",":":[":x y",":"]}', '{:a :b "c" "d" ":" [:x y ":"]}', 'tagged'],
  ])('%s', (_, text, expected, keys = 'string') => {
    const value = parseJson(text, { keys })
    assertValue(value)
    expect(formatValue(value)).toBe(expected)
  })

  test.each<[string, string]>([
    ['', 'unexpected end of text at position 0'],
    ['  ', 'unexpected end of text at position 2'],
    ['[1', "expected ',' or ']' at position 2"],
    ['[1,]', 'expected a value at position 3'],
    ['[,1]', 'expected a value at position 1'],
    ['[1 2]', "expected ',' or ']' at position 3"],
    ['{"a"}', "expected ':' at position 4"],
    ['{"a":}', 'expected a value at position 5'],
    ['{"a":1,}', 'expected a string as key at position 7'],
    ['{"a":1', "expected ',' or '}' at position 6"],
    ['{a:1}', 'expected a string as key at position 1'],
    ['{1:1}', 'expected a string as key at position 1'],
    ['[1}', "expected ',' or ']' at position 2"],
    ['1 2', 'unexpected text after the value at position 2'],
    ['nul', 'expected a value at position 0'],
    ['nullx', 'unexpected text after the value at position 4'],
    ["'a'", 'expected a value at position 0'],
    ['01', 'bad number: leading zero at position 0'],
    ['-', 'bad number at position 0'],
    ['+1', 'expected a value at position 0'],
    ['1.', 'unexpected text after the value at position 1'],
    ['.5', 'expected a value at position 0'],
    ['1e', 'unexpected text after the value at position 1'],
    ['NaN', 'expected a value at position 0'],
    ['1e999', 'number out of range at position 0'],
    ['"a', 'unfinished string at position 2'],
    ['"a\nb"', 'control character in a string at position 2'],
    ['"\\x"', 'bad escape in a string at position 1'],
    ['"\\u12g4"', 'bad escape in a string at position 1'],
    ['"\\u12', 'bad escape in a string at position 1'],
    ['["\\ud800"]', 'lone surrogate in a string at position 1'],
    ['"\\ude00\\ud83d"', 'lone surrogate in a string at position 0'],
    ['"\ud800"', 'lone surrogate in a string at position 0'],
    ['["😀",x]', 'expected a value at position 5'],
    ['\ufeff1', 'expected a value at position 0'],
    ['/* */ 1', 'expected a value at position 0'],
  ])('%j is refused', (text, message) => {
    expect(refusal(() => parseJson(text))).toBe(`JSON error: ${message}`)
  })

  test('the position is in the details, in code points', () => {
    expect.assertions(1)
    try {
      parseJson('["😀",x]')
    } catch (error) {
      if (isRtfsError(error)) expect(error.value!.details.get(keyword('position'))).toBe(5)
    }
  })

  test('1000 levels are read, 1001 and 10 million are refused', () => {
    const brackets = (n: number): string => '['.repeat(n) + ']'.repeat(n)
    expect(refusal(() => parseJson(brackets(1000)))).toBe('accepted')
    expect(refusal(() => parseJson(brackets(1001)))).toContain(
      'nested deeper than 1000 levels at position 1000',
    )
    expect(refusal(() => parseJson('['.repeat(10_000_000)))).toContain('nested deeper')
    expect(refusal(() => parseJson('{"a":'.repeat(100_000)))).toContain('nested deeper')
  })

  test.each([
    ['a long string', `"${'a\\n'.repeat(500_000)}"`],
    ['a long number', '9'.repeat(300)],
    ['many numbers', `[${'1234567,'.repeat(300_000)}1]`],
    ['many keys', `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":${i}`).join()}}`],
    ['white space', `${' '.repeat(2_000_000)}1`],
  ])('takes linear time for %s', (_, text) => {
    const started = performance.now()
    parseJson(text)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('agrees with JSON.parse about what JSON is', () => {
    const fragment = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '\\',
      '1',
      '0',
      '-',
      '.',
      'e',
      '+',
      'true',
      'null',
      ' ',
      'a',
      '\\u00e9',
    )
    const mutated = fc
      .tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fc.array(fragment, { maxLength: 2 }))
      .map(([json, at, drop, insert]) => {
        const from = at % (json.length + 1)
        return json.slice(0, from) + insert.join('') + json.slice(from + drop)
      })
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.array(fragment, { maxLength: 8 }).map(parts => parts.join('')),
        ),
        text => {
          let expected: unknown
          let legal = true
          try {
            expected = JSON.parse(text)
          } catch {
            legal = false
          }
          const got = refusal(() => parseJson(text))
          // What only we refuse.
          if (legal && (got.includes('lone surrogate') || got.includes('out of range'))) return
          expect(got === 'accepted').toBe(legal)
          if (legal)
            expect(
              equals(parseJson(text), fromJs(expected)) || text.match(/\d[.eE]|-0|\d{16}|__proto__/),
            ).toBeTruthy()
        },
      ),
      { ...seeded, numRuns: 5000 },
    )
  })
})

describe('serializeJson', () => {
  test.each<[string, Value, string, SerializeJsonOptions?]>([
    ['the example of LANGUAGE §13.6', RtfsMap.from([[keyword('a'), 1]]), '{"a":1}'],
    ['keywords', RtfsMap.from([[keyword('a/b'), keyword('c')]]), '{"a/b":"c"}'],
    [
      'tagged',
      RtfsMap.from([
        [keyword('a/b'), keyword('c')],
        ['d', 'e'],
      ]),
      '{":a/b":":c","d":"e"}',
      { keys: 'tagged' },
    ],
    [
      'integer and boolean keys',
      RtfsMap.from([
        [1, null],
        [true, 2n ** 60n],
      ]),
      '{"1":null,"true":1152921504606846976}',
    ],
    ['floats', fromJs([1.5, -0, 1e21, 1e-9]), '[1.5,-0.0,1.0e21,1.0e-9]'],
    ['integral floats', RtfsVector.from([float(1), float(100)]), '[1.0,100.0]'],
    ['lists', list(1, list()), '[1,[]]'],
    ['texts', 'a"\\\n\u0000ñ😀\u2028', '"a\\"\\\\\\n\\u0000ñ😀\u2028"'],
    [
      'literals',
      RtfsVector.from([
        parseTimestamp('2026-01-31T08:00:00Z')!,
        parseUuid('123e4567-e89b-12d3-a456-426614174000')!,
        new ResourceHandle('resource://a'),
      ]),
      '["2026-01-31T08:00:00Z","123e4567-e89b-12d3-a456-426614174000","resource://a"]',
    ],
    [
      'pretty',
      fromJs([{ a: [1, 2], b: {}, c: [] }]),
      '[\n  {\n    "a": [\n      1,\n      2\n    ],\n    "b": {},\n    "c": []\n  }\n]',
      { pretty: true },
    ],
  ])('%s', (_, value, expected, options) => expect(serializeJson(value, options)).toBe(expected))

  test.each<[string, Value, string, SerializeJsonOptions?]>([
    ['symbols', new RtfsSymbol('a'), 'a value of type symbol has no JSON form'],
    ['functions', new HostFunction('f', () => null), 'a value of type function has no JSON form'],
    ['errors', languageError('Generic', 'x').value!, 'a value of type error has no JSON form'],
    ['NaN', float(NaN), '##NaN has no JSON form'],
    ['infinity', fromJs([Infinity]), '##Inf has no JSON form'],
    [
      'keys with one text',
      RtfsMap.from([
        [keyword('a'), 1],
        ['a', 2],
      ]),
      'two keys become "a"',
    ],
    [
      'an integer and its text as keys',
      RtfsMap.from([
        [1, 1],
        ['1', 2],
      ]),
      'two keys become "1"',
    ],
    ['lone surrogates', '\ud800', 'lone surrogate in a string'],
    ['lone surrogates in keys', RtfsMap.from([['\ud800', 1]]), 'lone surrogate in a string'],
    [
      'tagged: a string that looks like a keyword',
      ':a',
      'the string ":a" would be read as a keyword',
      { keys: 'tagged' },
    ],
    [
      'tagged: such a key',
      RtfsMap.from([[':a', 1]]),
      'the string ":a" would be read as a keyword',
      { keys: 'tagged' },
    ],
    ['1001 levels', nested(1001), 'nested deeper than 1000 levels'],
    ['deep values', nested(300_000), 'nested deeper than 1000 levels'],
  ])('%s are refused', (_, value, message, options) => {
    expect(refusal(() => serializeJson(value, options))).toBe(`JSON error: ${message}`)
  })

  test('what the pretty text means is what the compact text means, and it is laid out like JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), data => {
        if (/-0|\de|\d\.|\d{16}|__proto__/.test(JSON.stringify(data))) return
        const value = fromJs(data)
        expect(serializeJson(value, { pretty: true })).toBe(JSON.stringify(toJs(value), null, 2))
        expect(serializeJson(value)).toBe(JSON.stringify(toJs(value)))
      }),
      seeded,
    )
  })
})

test('tagged JSON reads back as an equal value', () => {
  fc.assert(
    fc.property(values, value => {
      let text: string
      try {
        text = serializeJson(value, { keys: 'tagged' })
      } catch (error) {
        expect(isRtfsError(error, 'JsonError')).toBe(true)
        return
      }
      // Integer and boolean keys come back as strings, literals of other types as texts.
      if (hasOther(value)) return
      const back = parseJson(text, { keys: 'tagged' })
      assertValue(back)
      expect(equals(back, value)).toBe(true)
    }),
    { ...seeded, numRuns: 3000 },
  )
})

function hasOther(value: Value): boolean {
  if (value instanceof RtfsMap) {
    return [...value].some(
      ([key, item]) => (typeof key !== 'string' && typeof key !== 'object') || hasOther(item),
    )
  }
  if (value instanceof RtfsVector || value instanceof RtfsList) return [...value].some(hasOther)
  return (
    typeof value === 'object' && value !== null && !(value instanceof RtfsFloat) && value !== keywordOf(value)
  )
}

function keywordOf(value: Value): Value | undefined {
  return typeof value === 'object' && value !== null && 'id' in value ? keyword(value.name) : undefined
}

test('the meter is charged by element', () => {
  let spent = 0
  const meter = { charge: (units: number): void => void (spent += units) }
  const value = parseJson('[1,[2,{"a":3}]]', { meter })
  expect(spent).toBe(5)
  serializeJson(value, { meter })
  expect(spent).toBe(10)
})
