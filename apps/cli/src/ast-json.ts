import { formatValue, isInteger, type Value } from '@rtfs/core'
import type { Program } from '@rtfs/parser'

/**
 * The syntax tree as JSON: nodes keep their fields, spans are offsets, and what is a value of the language becomes
 * its readable text below `rtfs`. Trees are at most as deep as the parser lets them be.
 */
export function astJson(program: Program): unknown {
  return plain(program)
}

function plain(node: unknown): unknown {
  if (node === null || node === undefined || typeof node === 'boolean' || typeof node === 'string')
    return node
  if (typeof node === 'number') return node
  if (Array.isArray(node)) return node.map(plain)
  if (node instanceof Map)
    return Object.fromEntries([...node].map(([key, value]) => [String(key), plain(value)]))
  if (node instanceof Set) return [...node].map(plain)
  if (typeof node === 'object' && Object.getPrototypeOf(node) === Object.prototype) {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plain(value)]))
  }
  return { rtfs: isInteger(node as Value) ? String(node) : formatValue(node as Value) }
}
