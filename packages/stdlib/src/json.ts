import {
  budgetExhausted,
  type Charge,
  invalidArgument,
  Keyword,
  keyword,
  type Meter,
  parseJson,
  RtfsMap,
  serializeJson,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { stringOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext, PlainImplementation } from './builtin.js'
import { chargeScan, made } from './charges.js'
import { define, variadic } from './define.js'

/** JSON (LANGUAGE §13.6). Reader and writer are in the core package. */
export function json(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'parse-json',
      aliases: ['tool:parse-json', 'tool/parse-json'],
      section: '13.6',
      signature: '[:=> [:string & [:map [:keys :keyword ?]]] :any]',
      max: 2,
      doc: 'The value of a JSON text. Object keys become strings, with `{:keys :keyword}` keywords, with `{:keys :tagged}` keywords where the text begins with a colon.',
      examples: {
        '(parse-json "{\\"a\\":[1,2.0]}")': '{"a" [1 2.0]}',
        '(parse-json "{\\"a\\":null}" {:keys :keyword})': '{:a nil}',
        '(parse-json "{\\":a\\":\\":b\\"}" {:keys :tagged})': '{:a :b}',
        '(parse-json "{")': '! JsonError',
      },
      implementation: variadic((args, { meter }) => {
        const text = stringOf(args[0]!, 'parse-json')
        const keys = option(args[1], 'parse-json', ['string', 'keyword', 'tagged'] as const)
        chargeScan(meter, text.length)
        return parseJson(text, { meter: accounting(meter), ...(keys === undefined ? {} : { keys }) })
      }),
    }),
    define({
      name: 'serialize-json',
      aliases: ['tool:serialize-json', 'tool/serialize-json'],
      section: '13.6',
      signature: '[:=> [:any & [:map [:keys :keyword ?]]] :string]',
      max: 2,
      doc: 'The JSON text of a value. Keywords lose their colon, with `{:keys :tagged}` they keep it.',
      examples: {
        '(serialize-json {:a 1})': '"{\\"a\\":1}"',
        '(serialize-json {:a :b} {:keys :tagged})': '"{\\":a\\":\\":b\\"}"',
        '(serialize-json [1.0 nil "x"])': '"[1.0,null,\\"x\\"]"',
        '(serialize-json inc)': '! JsonError',
      },
      implementation: serializing('serialize-json', false),
    }),
    define({
      name: 'serialize-json-pretty',
      section: '13.6',
      signature: '[:=> [:any & [:map [:keys :keyword ?]]] :string]',
      max: 2,
      doc: 'As `serialize-json`, on several lines, indented by two spaces.',
      examples: { '(serialize-json-pretty {:a [1]})': '"{\\n  \\"a\\": [\\n    1\\n  ]\\n}"' },
      implementation: serializing('serialize-json-pretty', true),
    }),
  ]
}

function serializing(name: string, pretty: boolean): PlainImplementation {
  return variadic((args: readonly Value[], { meter }: LibraryContext) => {
    const keys = option(args[1], name, ['plain', 'tagged'] as const)
    return made(
      meter,
      written(args[0]!, { pretty, meter: limited(meter), ...(keys === undefined ? {} : { keys }) }, meter),
    )
  })
}

/** A value that shares parts can be written to more text than any string holds; that is a budget, not a fault. */
function written(value: Value, options: Parameters<typeof serializeJson>[1], meter: Meter): string {
  try {
    return serializeJson(value, options)
  } catch (error) {
    // The other RangeError is the end of the native stack, which is the tier's business.
    if (error instanceof RangeError && !error.message.includes('call stack')) {
      throw budgetExhausted('collection', meter.limits.collectionSize)
    }
    throw error
  }
}

/** Charges what is written, and ends when there are more elements than one string may have characters. */
function limited(meter: Meter): Charge {
  const limit = meter.limits.collectionSize
  let elements = 0
  return {
    charge(units) {
      meter.charge(units)
      elements += units
      if (elements > limit) throw budgetExhausted('collection', limit)
    },
  }
}

/** Charges what is read, and accounts it as elements made. */
function accounting(meter: Meter): Charge {
  return {
    charge(units) {
      meter.charge(units)
      meter.elements(units)
    },
  }
}

/** The `:keys` option of an options map, as text. */
function option<Choice extends string>(
  options: Value | undefined,
  operation: string,
  choices: readonly Choice[],
): Choice | undefined {
  if (options === undefined || options === null) return undefined
  if (!(options instanceof RtfsMap)) throw typeError(operation, 'map', typeName(options))
  const value = options.get(keyword('keys'))
  if (value === undefined) return undefined
  const choice = value instanceof Keyword ? choices.find(name => name === value.name) : undefined
  if (choice !== undefined) return choice
  throw invalidArgument(`${operation} takes :keys ${choices.map(name => `:${name}`).join(' or ')}`)
}
