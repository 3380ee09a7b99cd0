import { expect, test } from 'vitest'
import {
  decodeValue,
  encodeValue,
  formatValue,
  HostFunction,
  isRtfsError,
  keyword,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Value,
} from './index.js'

const trace = [{ fn: 'f', line: 1, column: undefined }]
const cause = new RtfsErrorValue('Generic', keyword('error/generic'), 'why', RtfsMap.empty)
const error = new RtfsErrorValue(
  'IoError',
  keyword('error/io'),
  'gone',
  RtfsMap.from([['a', 1]]),
  cause,
  trace,
)

test.each<[string, Value]>([
  ['nil', null],
  ['false', false],
  ['a string', 'a "b" \u{1F600}'],
  ['the largest integer', 9223372036854775807n],
  ['a float without fraction', new RtfsFloat(2)],
  ['negative zero', new RtfsFloat(-0)],
  ['no number', new RtfsFloat(Number.NaN)],
  ['infinity', new RtfsFloat(-Infinity)],
  ['a keyword', keyword('a/b')],
  ['a symbol', new RtfsSymbol('x')],
  ['a handle', new ResourceHandle('resource://file/1')],
  ['an empty vector', RtfsVector.empty],
  ['lists and vectors', RtfsVector.from([RtfsList.from([1, RtfsVector.empty]), RtfsList.empty])],
  [
    'keys of all kinds',
    RtfsMap.from([
      ['1', 1],
      [1, 'x'],
      [true, null],
      [keyword('__proto__'), RtfsMap.empty],
    ]),
  ],
  ['an error with cause and trace', error],
])('%s comes back', (_, value) => {
  const back = decodeValue(encodeValue(value))
  expect(formatValue(back)).toBe(formatValue(value))
  expect(encodeValue(back)).toBe(encodeValue(value))
  expect(back?.constructor).toBe(value?.constructor)
})

test('an error keeps what its print does not show', () => {
  expect(decodeValue(encodeValue(error))).toEqual(error)
})

test('depth costs no stack', () => {
  let deep: Value = RtfsVector.empty
  for (let i = 0; i < 20_000; i++) deep = RtfsVector.from([deep])
  expect(encodeValue(decodeValue(encodeValue(deep)))).toBe(encodeValue(deep))
})

test.each([
  ['no JSON', '['],
  ['no array', '1'],
  ['nothing', '[]'],
  ['too little', '[["v",2],1]'],
  ['too much', '[1,2]'],
  ['a count beyond the text', '[["v",4294967295]]'],
  ['a number that is no integer', '[1.5]'],
  ['an integer that a number holds', '[["i","1000000000000000"]]'],
  ['an unknown tag', '[["x","y"]]'],
  ['a key that is none', '[["m",1],null,1]'],
  ['an error without details', '[["e","A","b","c",[]],1,null]'],
])('%s is refused', (_, text) => {
  expect(codeOf(() => decodeValue(text))).toBe('RTFS_DECODE')
})

test('functions have no text', () => {
  expect(codeOf(() => encodeValue(new HostFunction('f', () => null)))).toBe('RTFS_NOT_SUPPORTED')
})

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'no error'
  } catch (caught) {
    return isRtfsError(caught) ? caught.code : String(caught)
  }
}
