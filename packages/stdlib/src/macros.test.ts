import { RtfsSymbol } from '@rtfs/core'
import { expect, test } from 'vitest'
import type { ExpansionContext } from './index.js'
import { outcome, outcomeOf, Run } from './library.test-util.js'

const expansion: ExpansionContext = {
  gensym: prefix => new RtfsSymbol(`${prefix}7`),
  macroexpand: (form, once) => (once ? 'once' : form),
}

test.each([
  ['(gensym)', 'G__7'],
  ['(gensym "p")', 'p7'],
  ['(gensym 1)', '! TypeError'],
  ["(macroexpand '(f 1))", '(f 1)'],
  ["(macroexpand-1 '(f 1))", '"once"'],
])('while macros are expanded: %s => %s', (source, expected) => {
  expect(outcomeOf(() => new Run('fast', {}, { expansion }).evaluate(source))).toBe(expected)
})

test.each(['(gensym)', '(macroexpand 1)', '(macroexpand-1 1)'])(
  'otherwise: %s => ! InvalidProgram',
  source => {
    expect(outcome(source)).toBe('! InvalidProgram')
  },
)
