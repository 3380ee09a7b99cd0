import { decodeError } from './decode-error.js'
import type { Shape } from './shape.js'

/** True for what a field holds when it holds nothing; the text and JSON leave it out. */
export function isDefault(shape: Shape, part: unknown): boolean {
  switch (shape.is) {
    case 'maybe':
    case 'equality':
      return part === undefined
    case 'list':
      return (part as readonly unknown[]).length === 0
    case 'meta':
      return (part as ReadonlyMap<string, unknown>).size === 0
    case 'flag':
      return part === false
    case 'choice':
      return shape.of.length > 2 && part === shape.of[0]
    case 'variable-id':
      return part === 0
    default:
      return false
  }
}

/** What a field holds that was left out. */
export function nothing(shape: Shape, name: string): unknown {
  switch (shape.is) {
    case 'maybe':
      return undefined
    case 'list':
      return []
    case 'meta':
      return new Map()
    case 'flag':
    case 'equality':
      return false
    case 'variable-id':
      return 0
    case 'choice':
      if (shape.of.length > 2) return shape.of[0]
      break
  }
  throw decodeError(`${name} is missing`)
}
