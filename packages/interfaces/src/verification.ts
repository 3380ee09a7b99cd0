import type { Digest } from '@rtfs/core'
import type { CallOptions } from './common.js'
import type { FunctionExample } from './delegation.js'

/** A compiled function whose claims are to be checked before it is signed. */
export interface VerificationRequest {
  readonly name: string
  /** Canonical type text of the function. */
  readonly interface: string
  readonly interfaceHash: Digest
  readonly codeHash: Digest
  /** Sorted capability ids. */
  readonly effects: readonly string[]
  readonly examples: readonly FunctionExample[]
  readonly bytes: Uint8Array
  readonly exportName: string
  readonly imports: readonly string[]
  readonly target: string
  readonly abi: string
  /** Canonical IR, when it is published too. */
  readonly ir: Uint8Array | undefined
  /** RTFS text, when it is published too. */
  readonly source: string | undefined
}

/** One thing that was tried: a type check, the examples in one tier, generated cases against the evaluator. */
export interface VerificationCheck {
  readonly name: string
  readonly passed: boolean
  /** How many cases were run. */
  readonly cases: number
  /** One sentence; for a failure, what was expected and what came. */
  readonly detail: string
}

export interface VerificationReport {
  /** Id and version of the verifier. */
  readonly verifier: { readonly id: string; readonly version: string }
  readonly checks: readonly VerificationCheck[]
}

/**
 * Says whether compiled bytes do what is claimed of them. A module is verified when there is at least one check and
 * every check passed; `verify` throws only when it could not do its work.
 */
export interface ModuleVerifier {
  verify(request: VerificationRequest, options?: CallOptions): Promise<VerificationReport>
}

/** A module of the cache that passed every check, and examples to run on it. */
export interface ExampleRequest {
  readonly bytes: Uint8Array
  readonly digest: Digest
  readonly interface: string
  readonly exportName: string
  readonly imports: readonly string[]
  readonly examples: readonly FunctionExample[]
}

export interface ExampleOutcome {
  readonly passed: boolean
  /** One sentence; for a failure, what was expected and what came. */
  readonly detail: string
}

/** Runs examples under limits and without any grant: a candidate that asks for an effect fails. */
export interface ProgramRunner {
  /** One outcome an example, in order. Throws only when it could not do its work. */
  runExamples(request: ExampleRequest, options?: CallOptions): Promise<readonly ExampleOutcome[]>
}
