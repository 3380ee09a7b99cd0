import { float } from '@rtfs/core'
import { createRuntime } from '@rtfs/runtime'
import { describe, expect, test } from 'vitest'
import { checkProgram } from './check.js'
import { findFunction, functionsOf } from './functions.js'
import { interfaceOf } from './request.js'

const shop = `(module shop "Prices." (:exports [total])
  (defn tax "Tax part." [price :float] :float (* price 0.2))
  (defn total "Price with tax."
    ^{:examples [[[10.0] 12.0] [["x"] :throws TypeValidationError] [broken]]}
    [price :float] :float (+ price (tax price))))`

function unitOf(source: string) {
  const checked = checkProgram(createRuntime(), source)
  if (checked.unit === undefined || !checked.valid) throw new Error(checked.diagnostics[0]?.message)
  return checked.unit
}

describe('functions of a module', () => {
  const [tax, total] = functionsOf(unitOf(shop))

  test('names, exports, types', () => {
    expect(total).toMatchObject({
      symbol: 'shop/total',
      module: 'shop',
      exported: true,
      task: 'Price with tax.',
    })
    expect(tax).toMatchObject({ symbol: 'shop/tax', exported: false })
    expect(total?.signature).toBe('[:=> [:float] :float]')
  })

  test('examples: pairs, errors; what has another shape is left out', () => {
    expect(total?.examples).toEqual([
      { args: [float(10)], expected: float(12) },
      { args: ['x'], throws: 'TypeValidationError' },
    ])
  })

  test('the interface is that of the type text, whatever the name', () => {
    expect(total?.interfaceHash).toBe(interfaceOf('[:=> [:float] :float]', []))
    expect(tax?.interfaceHash).toBe(total?.interfaceHash)
  })

  test('other names and another layout have the same code', () => {
    const renamed = `(defn vat [p :float] :float (* p 0.2))
      (defn gross [net :float] :float (+ net (vat net)))`
    expect(findFunction(unitOf(renamed), 'gross')?.codeHash).toBe(total?.codeHash)
    const other = renamed.replace('0.2', '0.3')
    expect(findFunction(unitOf(other), 'gross')?.codeHash).not.toBe(total?.codeHash)
  })
})

test('a declaration without a body has an interface and no code', () => {
  const unit = unitOf('(defn f "Adds." ^:delegation :l4 [a :int b :int] :int)')
  expect(findFunction(unit, 'f')).toMatchObject({ codeHash: undefined, task: 'Adds.' })
})

test.each([
  ['[:vector :int]', 'no function type'],
  ['[:=> [', 'no type'],
])('%s is refused as a signature', (text, reason) => {
  expect(() => interfaceOf(text, [])).toThrow(reason)
})
