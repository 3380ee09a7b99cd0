import type { DelegationDecision, ExecTarget } from '@rtfs/interfaces'

/** Makes a decision; `trace` lists what was asked, in order. */
export function decision(
  source: string,
  target: ExecTarget,
  reason: string,
  confidence: number,
  trace: readonly string[] = [],
): DelegationDecision {
  return { target, source, reason, confidence, trace }
}

/** The target that needs nothing. */
export const localPure: ExecTarget = Object.freeze({ kind: 'local-pure' })

/** `local`, `local model m`, `remote model m`, `L4 sha256:…`: a target in words. */
export function describeTarget(target: ExecTarget): string {
  switch (target.kind) {
    case 'local-pure':
      return 'local'
    case 'local-model':
      return `local model ${target.id}`
    case 'remote-model':
      return `remote model ${target.id}`
    case 'l4-cache-hit':
      return `L4 ${target.storagePointer}`
  }
}

/**
 * A decision in words: what was tried, in order, then where the call goes and why. The lines are those the engine wrote
 * while it decided; nothing is asked again.
 */
export function explain(made: DelegationDecision): string {
  const { trace, target, source, reason, confidence } = made
  return [...trace, `=> ${describeTarget(target)} by ${source}: ${reason} (confidence ${confidence})`].join(
    '\n',
  )
}
