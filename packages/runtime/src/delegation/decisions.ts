import type { CallContext, DelegationDecision, ExecTarget } from '@rtfs/interfaces'
import type { DelegationHint } from '@rtfs/parser'

const here = byHint({ kind: 'local-pure' }, 'the author wants it here')

/** What an author's hint decides by itself; `undefined` for `:l4`, where the cache is asked. */
export function decisionOfHint(hint: DelegationHint): DelegationDecision | undefined {
  switch (hint.kind) {
    case 'l4':
      return undefined
    case 'local':
      return here
    case 'local-model':
      return byHint({ kind: 'local-model', id: hint.id }, 'the author names a local model')
    case 'remote':
      return byHint({ kind: 'remote-model', id: hint.id }, 'the author names a model')
  }
}

function byHint(target: ExecTarget, reason: string): DelegationDecision {
  return { target, source: 'hint', reason, confidence: 1, trace: [`hint: ${reason}`] }
}

/** Where a decision stands in the journal: one for each function and types of arguments in a run. */
export function decisionKey({ fnSymbol, argTypeFingerprint }: CallContext): string {
  return `decide:${fnSymbol}:${argTypeFingerprint}`
}
