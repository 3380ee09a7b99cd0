import { Keyword } from '@rtfs/core'
import type { Metadata } from '@rtfs/parser'

/** `^{:data-class :pii}` of a function. */
export function dataClassOf(meta: Metadata): string | undefined {
  const value = meta.get('data-class')
  if (value instanceof Keyword) return value.name
  return typeof value === 'string' && value !== '' ? value : undefined
}
