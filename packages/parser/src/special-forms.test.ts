import { expect, test } from 'vitest'
import { specialForms } from './special-forms.js'
import { objectKinds, reservedForms, shadowableForms } from './special-names.js'

test('every special form has a function, and is either reserved or may be shadowed', () => {
  const named = [...reservedForms, ...shadowableForms, ...objectKinds, 'catch', 'finally']
  expect([...specialForms.keys()].sort()).toEqual([...new Set(named)].sort())
  for (const [name, { shadowable }] of specialForms)
    expect([name, shadowable]).toEqual([name, !reservedForms.has(name)])
})
