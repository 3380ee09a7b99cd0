import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

/** One value of each type, by the name of the type. */
const samples = {
  nil: 'nil',
  boolean: 'false',
  integer: '9223372036854775807',
  float: '1.0',
  string: '""',
  keyword: ':a',
  symbol: "'a",
  timestamp: '2026-01-31T08:00:00Z',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  'resource-handle': 'resource://files/7',
  vector: '[]',
  list: "'()",
  map: '{}',
  function: 'inc',
  error: '(ex-info "m" {})',
}

test.each(Object.entries(samples))('type-name: %s', (name, source) => {
  expect(outcome(`(type-name ${source})`)).toBe(`"${name}"`)
})

test.each([
  ['int?', ['integer']],
  ['float?', ['float']],
  ['number?', ['integer', 'float']],
  ['string?', ['string']],
  ['string-p', ['string']],
  ['nil?', ['nil']],
  ['bool?', ['boolean']],
  ['boolean?', ['boolean']],
  ['map?', ['map']],
  ['vector?', ['vector']],
  ['list?', ['list']],
  ['seq?', ['vector', 'list']],
  ['sequential?', ['vector', 'list']],
  ['coll?', ['vector', 'list', 'map']],
  ['keyword?', ['keyword']],
  ['symbol?', ['symbol']],
  ['fn?', ['function']],
  ['timestamp?', ['timestamp']],
  ['uuid?', ['uuid']],
  ['resource-handle?', ['resource-handle']],
  ['error?', ['error']],
])('%s is true for %j and nothing else', (name, types) => {
  const holds = Object.entries(samples).filter(([, source]) => outcome(`(${name} ${source})`) === 'true')
  expect(holds.map(([type]) => type).sort()).toEqual([...types].sort())
})
