/**
 * What a module has to pass, in the order in which it is asked. `namespace` to `status` are asked of the record
 * first, because that is cheap, and of the signed manifest again.
 */
export type Gate =
  | 'quarantine'
  | 'namespace'
  | 'interface'
  | 'code'
  | 'effects'
  | 'target'
  | 'abi'
  | 'embedding'
  | 'status'
  | 'size'
  | 'envelope'
  | 'signature'
  | 'payload'
  | 'record'
  | 'revocation'
  | 'acceptance'
  | 'blob'
  | 'loader'
  | 'store'

/** Why a module was not taken. */
export interface Refusal {
  readonly gate: Gate
  /** One sentence: what was expected and what came. */
  readonly reason: string
  /** True when the record or its bytes are damaged, so that nobody has to look at them again. */
  readonly damaged: boolean
}

/** A module that does not fit, or whose signer is not trusted: both may be otherwise for the next caller. */
export function refusal(gate: Gate, reason: string): Refusal {
  return { gate, reason, damaged: false }
}

/** A record or blob that is not what was signed. */
export function damage(gate: Gate, reason: string): Refusal {
  return { gate, reason, damaged: true }
}

/** True for an answer of a check that is no refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'gate' in answer
}
