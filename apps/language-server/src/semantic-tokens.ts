import { Keyword, RtfsFloat } from '@rtfs/core'
import type { Form } from '@rtfs/parser'
import { findBuiltin } from '@rtfs/stdlib'
import { type SemanticTokens, SemanticTokensBuilder } from 'vscode-languageserver'
import type { Analysis } from './analysis.js'
import type { Binding } from './binding.js'
import type { Positions } from './positions.js'

/** Names of token types, in the order of their numbers. */
export const tokenTypes = [
  'comment',
  'string',
  'number',
  'keyword',
  'property',
  'function',
  'macro',
  'parameter',
  'variable',
  'type',
] as const
type TokenType = (typeof tokenTypes)[number]

const ofBinding: Readonly<Record<Binding['kind'], TokenType>> = {
  local: 'variable',
  parameter: 'parameter',
  global: 'variable',
  function: 'function',
  macro: 'macro',
  type: 'type',
  import: 'function',
}

/** Colours by meaning: what a name is bound to decides, not how it looks. */
export function semanticTokens(analysis: Analysis, positions: Positions): SemanticTokens {
  const bound = new Map<number, TokenType>()
  for (const { kind, span, references } of analysis.names.bindings) {
    for (const each of [span, ...references]) bound.set(each.start, ofBinding[kind])
  }
  for (const { span } of analysis.names.qualified) bound.set(span.start, 'function')
  const free = new Set(analysis.names.free.map(each => each.span.start))
  const builder = new SemanticTokensBuilder()
  const push = (start: number, end: number, type: TokenType) => {
    // A token of the protocol stays within one line.
    for (let from = start; from < end; ) {
      const position = positions.positionAt(from)
      const lineEnd = positions.offsetAt({ line: position.line + 1, character: 0 })
      const to = lineEnd > from ? Math.min(end, lineEnd) : end
      builder.push(position.line, position.character, to - from, tokenTypes.indexOf(type), 0)
      from = to
    }
  }
  const pending: Form[] = [...analysis.forms].reverse()
  while (pending.length > 0) {
    const form = pending.pop()!
    const type = typeOf(form, bound, free)
    if (type !== undefined) push(form.start, form.end, type)
    else if ('items' in form) for (let i = form.items.length - 1; i >= 0; i--) pending.push(form.items[i]!)
  }
  return builder.build()
}

function typeOf(
  form: Form,
  bound: ReadonlyMap<number, TokenType>,
  free: ReadonlySet<number>,
): TokenType | undefined {
  if (form.kind === 'comment' || form.kind === 'discard') return 'comment'
  if (form.kind === 'symbol') {
    const known = bound.get(form.start)
    if (known !== undefined) return known
    if (free.has(form.start)) return findBuiltin(form.name) === undefined ? 'variable' : 'function'
    return 'keyword'
  }
  if (form.kind !== 'atom') return undefined
  const { value } = form
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof RtfsFloat) return 'number'
  return value instanceof Keyword ? 'property' : 'number'
}
