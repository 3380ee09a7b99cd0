import {
  budgetExhausted,
  characters,
  codePointLength,
  codePointSlice,
  indexOutOfBounds,
  invalidArgument,
  isKeywordName,
  isSymbolName,
  Keyword,
  keyword,
  RtfsSymbol,
  RtfsVector,
  splitName,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { indexOf, sequenceOf, stringOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { chargeMade, chargeScan, made } from './charges.js'
import { binary, define, ternary, unary, variadic } from './define.js'
import { displayText, joinValues, readableText } from './display.js'
import { collection } from './signatures.js'
import { textFinder } from './text-search.js'

/** Strings and names (LANGUAGE §13.3). Positions count code points. */
export function strings(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'str',
      section: '13.3',
      signature: '[:=> [& :any] :string]',
      doc: 'The display texts of the arguments, one after the other: strings raw, everything else readable, nil as `nil`.',
      examples: {
        '(str "a" 1 :k nil)': '"a1:knil"',
        '(str ["a"])': '"[\\"a\\"]"',
        '(str)': '""',
        '(str 1.0)': '"1.0"',
      },
      implementation: variadic((args, { meter }) => joinValues(args, '', meter), {
        call1: (a, { meter }) => made(meter, displayText(a, meter)),
        call2: (a, b, { meter }) => {
          const first = displayText(a, meter)
          requireLength(first.length, meter)
          return concatenated(first, displayText(b, meter), '', meter)
        },
        call3: (a, b, c, { meter }) => {
          const first = displayText(a, meter)
          requireLength(first.length, meter)
          const second = displayText(b, meter)
          requireLength(first.length + second.length, meter)
          return concatenated(first, second, displayText(c, meter), meter)
        },
      }),
    }),
    define({
      name: 'pr-str',
      section: '13.3',
      signature: '[:=> [& :any] :string]',
      doc: 'The readable texts of the arguments with a space between them: strings quoted.',
      examples: { '(pr-str "a" 1)': '"\\"a\\" 1"', '(pr-str)': '""' },
      implementation: variadic((args, { meter }) => joinValues(args, ' ', meter, readableText)),
    }),
    define({
      name: 'string-length',
      aliases: ['str-length'],
      section: '13.3',
      signature: '[:=> [:string] :int]',
      doc: 'Number of code points.',
      examples: { '(string-length "añ")': '2', '(string-length "🙂")': '1' },
      total: true,
      implementation: unary((s, context) => lengthOf(stringOf(s, 'string-length'), context)),
    }),
    define({
      name: 'substring',
      section: '13.3',
      signature: '[:=> [:string :int & :int] :string]',
      max: 3,
      doc: 'The characters from the first position to the second, exclusive, or to the end.',
      examples: {
        '(substring "abcd" 1 3)': '"bc"',
        '(substring "añb" 1)': '"ñb"',
        '(substring "abc" 2 1)': '! IndexOutOfBounds',
        '(substring "abc" 0 4)': '! IndexOutOfBounds',
      },
      implementation: variadic((args, context) => substring(args[0]!, args[1]!, args[2], context), {
        call2: (s, start, context) => substring(s, start, undefined, context),
        call3: substring,
      }),
    }),
    define({
      name: 'string-contains',
      aliases: ['string-contains?', 'includes?'],
      section: '13.3',
      signature: '[:=> [:string :string] :bool]',
      doc: 'True when the second text occurs in the first; the empty text always does.',
      examples: {
        '(string-contains "abc" "b")': 'true',
        '(includes? "abc" "x")': 'false',
        '(string-contains "" "")': 'true',
      },
      total: true,
      implementation: binary(
        (s, t, context) =>
          occurrence(stringOf(s, 'string-contains'), stringOf(t, 'string-contains'), context) >= 0,
      ),
    }),
    define({
      name: 'starts-with?',
      section: '13.3',
      signature: '[:=> [:string :string] :bool]',
      doc: 'True when the first text begins with the second.',
      examples: { '(starts-with? "abc" "ab")': 'true', '(starts-with? "abc" "b")': 'false' },
      total: true,
      implementation: binary((s, t, context) => {
        const [text, prefix] = [stringOf(s, 'starts-with?'), stringOf(t, 'starts-with?')]
        chargeScan(context.meter, prefix.length)
        return text.startsWith(prefix)
      }),
    }),
    define({
      name: 'ends-with?',
      section: '13.3',
      signature: '[:=> [:string :string] :bool]',
      doc: 'True when the first text ends with the second.',
      examples: { '(ends-with? "abc" "bc")': 'true', '(ends-with? "abc" "b")': 'false' },
      total: true,
      implementation: binary((s, t, context) => {
        const [text, suffix] = [stringOf(s, 'ends-with?'), stringOf(t, 'ends-with?')]
        chargeScan(context.meter, suffix.length)
        return text.endsWith(suffix)
      }),
    }),
    define({
      name: 'string-upper',
      aliases: ['upper-case'],
      section: '13.3',
      signature: '[:=> [:string] :string]',
      doc: 'In upper case, by the Unicode default mapping.',
      examples: { '(string-upper "añ")': '"AÑ"', '(upper-case "ß")': '"SS"' },
      implementation: unary((s, { meter }) => made(meter, stringOf(s, 'string-upper').toUpperCase())),
    }),
    define({
      name: 'string-lower',
      aliases: ['lower-case'],
      section: '13.3',
      signature: '[:=> [:string] :string]',
      doc: 'In lower case, by the Unicode default mapping.',
      examples: { '(string-lower "AÑ")': '"añ"' },
      implementation: unary((s, { meter }) => made(meter, stringOf(s, 'string-lower').toLowerCase())),
    }),
    define({
      name: 'string-trim',
      aliases: ['trim'],
      section: '13.3',
      signature: '[:=> [:string] :string]',
      doc: 'Without the white space at both ends.',
      examples: { '(string-trim " a ")': '"a"', '(trim "\\n\\t")': '""' },
      implementation: unary((s, { meter }) => made(meter, stringOf(s, 'string-trim').trim())),
    }),
    define({
      name: 'split',
      section: '13.3',
      signature: '[:=> [:string :string] [:vector :string]]',
      doc: 'The parts between literal separators, empty parts kept; the empty separator gives the characters.',
      examples: {
        '(split "a,b,,c" ",")': '["a" "b" "" "c"]',
        '(split "añ" "")': '["a" "ñ"]',
        '(split "" ",")': '[""]',
      },
      implementation: binary(split),
    }),
    define({
      name: 'join',
      aliases: ['string-join'],
      section: '13.3',
      signature: `[:=> [[:union :string ${collection}] & ${collection}] :string]`,
      max: 2,
      doc: 'The display texts of the elements with the first argument between them; with only a collection, nothing between.',
      examples: { '(join "-" [1 :a "b"])': '"1-:a-b"', '(join ["a" "b"])': '"ab"', '(join ", " nil)': '""' },
      implementation: variadic(
        (args, context) =>
          args.length === 1
            ? join('', args[0]!, context)
            : join(stringOf(args[0]!, 'join'), args[1]!, context),
        {
          call1: (c, context) => join('', c, context),
          call2: (t, c, context) => join(stringOf(t, 'join'), c, context),
        },
      ),
    }),
    define({
      name: 'string-replace',
      section: '13.3',
      signature: '[:=> [:string :string :string] :string]',
      doc: 'The first text with every literal occurrence of the second replaced by the third.',
      examples: {
        '(string-replace "aXbX" "X" "-")': '"a-b-"',
        '(string-replace "ab" "" ".")': '".a.b."',
        '(string-replace "$1" "1" "$&")': '"$$&"',
      },
      implementation: ternary(replace),
    }),
    define({
      name: 'string-index-of',
      section: '13.3',
      signature: '[:=> [:string :string] [:union :int :nil]]',
      doc: 'The position of the first occurrence of the second text in the first, or nil.',
      examples: {
        '(string-index-of "abc" "c")': '2',
        '(string-index-of "🙂b" "b")': '1',
        '(string-index-of "a" "x")': 'nil',
      },
      total: true,
      implementation: binary((s, t, context) => {
        const text = stringOf(s, 'string-index-of')
        const at = occurrence(text, stringOf(t, 'string-index-of'), context)
        return at < 0 ? null : codePointLength(text.slice(0, at))
      }),
    }),
    define({
      name: 'keyword',
      section: '13.3',
      signature: '[:=> [:string] :keyword]',
      doc: 'The keyword of a name given without its colon.',
      examples: { '(keyword "a/b")': ':a/b', '(keyword "no space")': '! InvalidArgument' },
      implementation: unary((s, context) => {
        const name = nameOf(s, 'keyword', context)
        if (!isKeywordName(name))
          throw invalidArgument(`${readableText(name, context.meter)} is not the name of a keyword`)
        return keyword(name)
      }),
    }),
    define({
      name: 'symbol',
      section: '13.3',
      signature: '[:=> [:string] :symbol]',
      doc: 'The symbol of a name.',
      examples: { '(symbol "a/b")': 'a/b', '(symbol "1x")': '! InvalidArgument' },
      implementation: unary((s, context) => {
        const name = nameOf(s, 'symbol', context)
        if (!isSymbolName(name))
          throw invalidArgument(`${readableText(name, context.meter)} is not the name of a symbol`)
        return new RtfsSymbol(name)
      }),
    }),
    define({
      name: 'name',
      section: '13.3',
      signature: '[:=> [[:union :keyword :symbol :string]] :string]',
      doc: 'The name of a keyword or symbol without its namespace; a string is its own name.',
      examples: { '(name :a/b)': '"b"', '(name "a/b")': '"a/b"', '(name 1)': '! TypeError' },
      total: true,
      implementation: unary(x => {
        if (typeof x === 'string') return x
        return splitName(namedOf(x, 'name', 'keyword, symbol or string').name).name
      }),
    }),
    define({
      name: 'namespace',
      section: '13.3',
      signature: '[:=> [[:union :keyword :symbol]] [:union :string :nil]]',
      doc: 'The namespace of a keyword or symbol, with its version where it has one, or nil.',
      examples: {
        '(namespace :a/b)': '"a"',
        '(namespace :a)': 'nil',
        '(namespace :org.lib:v2.1/f)': '"org.lib:v2.1"',
      },
      total: true,
      implementation: unary(x => {
        const { namespace, version } = splitName(namedOf(x, 'namespace', 'keyword or symbol').name)
        if (namespace === undefined) return null
        return version === undefined ? namespace : `${namespace}:v${version}`
      }),
    }),
  ]
}

/** Texts are made one after the other: what is too long already is known before the next one is charged. */
function requireLength(length: number, { limits }: LibraryContext['meter']): void {
  if (length > limits.collectionSize) throw budgetExhausted('collection', limits.collectionSize)
}

function concatenated(a: string, b: string, c: string, meter: LibraryContext['meter']): string {
  meter.string(a.length + b.length + c.length)
  return a + b + c
}

function lengthOf(text: string, { meter }: LibraryContext): number {
  chargeScan(meter, text.length)
  return codePointLength(text)
}

function substring(s: Value, start: Value, end: Value | undefined, context: LibraryContext): Value {
  const text = stringOf(s, 'substring')
  const from = indexOf(start, 'substring')
  const length = lengthOf(text, context)
  const to = end === undefined ? length : indexOf(end, 'substring')
  if (from < 0 || from > length) throw indexOutOfBounds(start, length)
  if (end !== undefined && (to < from || to > length)) throw indexOutOfBounds(end, length)
  return made(context.meter, codePointSlice(text, from, to))
}

/** The code-unit offset of the first occurrence, -1 for none. */
function occurrence(text: string, part: string, { meter }: LibraryContext): number {
  chargeScan(meter, text.length + part.length)
  return textFinder(text, part)(0)
}

function split(s: Value, t: Value, { meter }: LibraryContext): Value {
  const [text, separator] = [stringOf(s, 'split'), stringOf(t, 'split')]
  meter.string(text.length)
  if (separator === '') {
    chargeMade(meter, codePointLength(text))
    return RtfsVector.adopt(characters(text))
  }
  const parts: Value[] = partsBetween(text, separator)
  chargeMade(meter, parts.length)
  return RtfsVector.adopt(parts)
}

function join(separator: string, c: Value, { meter }: LibraryContext): Value {
  const items = sequenceOf(c, 'join', meter)
  meter.charge(items.size)
  return joinValues(items, separator, meter)
}

function replace(s: Value, a: Value, b: Value, { meter }: LibraryContext): Value {
  const text = stringOf(s, 'string-replace')
  const old = stringOf(a, 'string-replace')
  const by = stringOf(b, 'string-replace')
  chargeScan(meter, text.length + old.length)
  if (old === '') {
    meter.charge(codePointLength(text))
    return joinValues(['', ...characters(text), ''], by, meter)
  }
  const parts = partsBetween(text, old)
  meter.charge(parts.length - 1)
  return joinValues(parts, by, meter)
}

/** The parts of `text` before, between and after the occurrences of `separator`. */
function partsBetween(text: string, separator: string): string[] {
  const find = textFinder(text, separator)
  const parts: string[] = []
  let from = 0
  for (let at = find(0); at >= 0; at = find(from)) {
    parts.push(text.slice(from, at))
    from = at + separator.length
  }
  parts.push(text.slice(from))
  return parts
}

/** A name is checked by a pattern match, so its length is charged. */
function nameOf(value: Value, operation: string, { meter }: LibraryContext): string {
  const name = stringOf(value, operation)
  chargeScan(meter, name.length)
  return name
}

function namedOf(value: Value, operation: string, expected: string): Keyword | RtfsSymbol {
  if (value instanceof Keyword || value instanceof RtfsSymbol) return value
  throw typeError(operation, expected, typeName(value))
}
