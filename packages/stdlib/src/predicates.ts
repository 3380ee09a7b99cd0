import {
  isInteger,
  isNumber,
  Keyword,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  RtfsSequence,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  typeName,
  Uuid,
  type Value,
} from '@rtfs/core'
import type { BuiltinDefinition } from './builtin.js'
import { define, unary } from './define.js'

/** Type tests (LANGUAGE §13.6). */
export function predicates(): readonly BuiltinDefinition[] {
  return [
    test('int?', 'an Integer', ['(int? 1.0)', '(int? 1)'], isInteger),
    test('float?', 'a Float', ['(float? 1)', '(float? 1.0)'], x => x instanceof RtfsFloat),
    test('number?', 'an Integer or a Float', ['(number? "1")', '(number? 1.5)'], isNumber),
    test('string?', 'a string', ['(string? :a)', '(string? "a")'], x => typeof x === 'string', ['string-p']),
    test('bool?', 'true or false', ['(bool? nil)', '(boolean? false)'], x => typeof x === 'boolean', [
      'boolean?',
    ]),
    test('nil?', 'nil', ['(nil? false)', '(nil? nil)'], x => x === null),
    test('map?', 'a map', ['(map? [])', '(map? {})'], x => x instanceof RtfsMap),
    test('vector?', 'a vector', ["(vector? '(1))", '(vector? [1])'], x => x instanceof RtfsVector),
    test('list?', 'a list', ['(list? [1])', "(list? '(1))"], x => x instanceof RtfsList),
    test('seq?', 'a vector or list', ['(seq? "a")', "(sequential? '(1))"], x => x instanceof RtfsSequence, [
      'sequential?',
    ]),
    test(
      'coll?',
      'a vector, list or map',
      ['(coll? "a")', '(coll? {})'],
      x => x instanceof RtfsSequence || x instanceof RtfsMap,
    ),
    test('keyword?', 'a keyword', ['(keyword? "a")', '(keyword? :a)'], x => x instanceof Keyword),
    test('symbol?', 'a symbol', ['(symbol? :a)', "(symbol? 'a)"], x => x instanceof RtfsSymbol),
    test('fn?', 'a function', ['(fn? :a)', '(fn? inc)'], x => x instanceof RtfsFunction),
    test(
      'timestamp?',
      'a timestamp',
      ['(timestamp? 0)', '(timestamp? 2026-01-31T08:00:00Z)'],
      x => x instanceof Timestamp,
    ),
    test(
      'uuid?',
      'a UUID',
      ['(uuid? "x")', '(uuid? 123e4567-e89b-12d3-a456-426614174000)'],
      x => x instanceof Uuid,
    ),
    test(
      'resource-handle?',
      'a resource handle',
      ['(resource-handle? "x")', '(resource-handle? resource://files/7)'],
      x => x instanceof ResourceHandle,
    ),
    test(
      'error?',
      'an error value',
      ['(error? 1)', '(error? (ex-info "m" {}))'],
      x => x instanceof RtfsErrorValue,
    ),
    define({
      name: 'type-name',
      section: '13.6',
      signature: '[:=> [:any] :string]',
      doc: 'The name of the type of a value, such as `integer`, `vector` or `nil`.',
      examples: { '(type-name [])': '"vector"', '(type-name 1)': '"integer"', '(type-name nil)': '"nil"' },
      total: true,
      implementation: unary(typeName),
    }),
  ]
}

/** A type test; the first example is false, the second true. */
function test(
  name: string,
  what: string,
  [no, yes]: readonly [string, string],
  holds: (value: Value) => boolean,
  aliases: readonly string[] = [],
): BuiltinDefinition {
  return define({
    name,
    aliases,
    section: '13.6',
    signature: '[:=> [:any] :bool]',
    doc: `True for ${what}.`,
    examples: { [no]: 'false', [yes]: 'true' },
    total: true,
    implementation: unary(holds),
  })
}
