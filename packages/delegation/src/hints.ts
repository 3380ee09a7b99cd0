import type { DelegationDecision } from '@rtfs/interfaces'
import { decision, describeTarget, localPure } from './decision.js'

/** An author's `^:delegation` hint, as the parser reads it. */
export type Hint =
  | { readonly kind: 'local' }
  | { readonly kind: 'local-model'; readonly id: string }
  | { readonly kind: 'remote'; readonly id: string }
  | { readonly kind: 'l4' }

/**
 * The decision a hint fixes, which bypasses the engine's routing; `undefined` for `:l4`, where the cache is asked.
 */
export function decideByHint(hint: Hint): DelegationDecision | undefined {
  if (hint.kind === 'l4') return undefined
  const target =
    hint.kind === 'local'
      ? localPure
      : hint.kind === 'local-model'
        ? ({ kind: 'local-model', id: hint.id } as const)
        : ({ kind: 'remote-model', id: hint.id } as const)
  return decision('hint', target, `author's hint: ${describeTarget(target)}`, 1, [`hint: ${hint.kind}`])
}
