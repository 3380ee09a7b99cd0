import type { CallContext, DelegationDecision } from '@rtfs/interfaces'
import type { DelegationHint } from '@rtfs/parser'

const here: DelegationDecision = {
  target: { kind: 'local-pure' },
  source: 'hint',
  reason: 'the author wants it here',
  confidence: 1,
  trace: [],
}

/** What an author's hint decides by itself; `undefined` for `:l4`, where the cache is asked. */
export function decisionOfHint(hint: DelegationHint): DelegationDecision | undefined {
  switch (hint.kind) {
    case 'l4':
      return undefined
    case 'local':
      return here
    case 'local-model':
      return {
        ...here,
        target: { kind: 'local-model', id: hint.id },
        reason: 'the author names a local model',
      }
    case 'remote':
      return { ...here, target: { kind: 'remote-model', id: hint.id }, reason: 'the author names a model' }
  }
}

/** Where a decision stands in the journal: one for each function and types of arguments in a run. */
export function decisionKey({ fnSymbol, argTypeFingerprint }: CallContext): string {
  return `decide:${fnSymbol}:${argTypeFingerprint}`
}
