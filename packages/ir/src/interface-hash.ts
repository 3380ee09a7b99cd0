import {
  compareText,
  type Digest,
  digestOf,
  encodeUtf8,
  formatType,
  type ResolveType,
  sha256Hex,
  type Type,
  types,
} from '@rtfs/core'
import type { Fn } from '@rtfs/parser'
import type { LambdaNode } from './nodes.js'

/** What a function offers: the identity by which requests find modules (LANGUAGE §12.6). */
export interface FunctionInterface {
  readonly type: Type
  /** Canonical text of the type. */
  readonly signature: string
  /** Sorted capability ids. */
  readonly effects: readonly string[]
  readonly hash: Digest
}

/**
 * The interface hash of a function: SHA-256 of its canonical type (parameters, variadic, result) and its effects. No
 * name. `resolve` knows the type aliases.
 */
export function interfaceHash(fnType: Type, effects: readonly string[], resolve?: ResolveType): Digest {
  const lines = [
    'rtfs-interface-v1',
    signatureOf(fnType, resolve),
    ...sortedEffects(effects).map(id => JSON.stringify(id)),
  ]
  return digestOf(encodeUtf8(lines.join('\n')))
}

/** The interface hash of a module: SHA-256 of its sorted `name: type` lines. */
export function moduleInterfaceHash(
  exports: readonly { readonly name: string; readonly type: Type }[],
  resolve?: ResolveType,
): Digest {
  const lines = exports.map(({ name, type }) => `${name}: ${signatureOf(type, resolve)}`).sort(compareText)
  return digestOf(encodeUtf8(['rtfs-module-v1', ...lines].join('\n')))
}

/** The interface hash by export names alone: SHA-256, as hex digits, over the sorted export names joined by `::`. */
export function interfaceHashV1(exportNames: readonly string[]): string {
  return sha256Hex(encodeUtf8([...exportNames].sort(compareText).join('::')))
}

/** The interface of a function, from its annotations; what has none is `:any`. */
export function functionInterface(
  fn: LambdaNode | Fn,
  effects: readonly string[],
  resolve?: ResolveType,
): FunctionInterface {
  const type = functionType(fn)
  return {
    type,
    signature: signatureOf(type, resolve),
    effects: sortedEffects(effects),
    hash: interfaceHash(type, effects, resolve),
  }
}

/** The function type that annotations give, of a lowered or a parsed function. */
export function functionType(fn: LambdaNode | Fn): Type {
  if (fn.kind === 'lambda') {
    const params = fn.params.map(param => param.annotation ?? types.any)
    const rest = fn.rest === undefined ? undefined : (fn.rest.annotation ?? types.any)
    return types.fn(params, rest, fn.returnType ?? types.any)
  }
  const params = fn.params.map(param => param.type?.type ?? types.any)
  const rest = fn.rest === undefined ? undefined : (fn.rest.type?.type ?? types.any)
  return types.fn(params, rest, fn.returnType?.type ?? types.any)
}

/** The canonical text of a type. */
export function signatureOf(type: Type, resolve?: ResolveType): string {
  return formatType(type, resolve)
}

/** Sorted, without repetitions. */
export function sortedEffects(effects: readonly string[]): readonly string[] {
  return [...new Set(effects)].sort(compareText)
}
