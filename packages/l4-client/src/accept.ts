import { isRtfsError, RtfsError } from '@rtfs/core'
import type { AcceptMode, CallOptions, FunctionExample, ProgramRunner } from '@rtfs/interfaces'
import type { Acceptance } from './candidates.js'
import { normalizeDescription } from './description.js'
import { isRefusal, type Refusal, refusal } from './gates.js'
import type { ModuleManifest } from './manifest.js'

/** Similarity from which `accept: 'similarity'` takes a candidate. */
export const defaultThreshold = 0.95

/** What a hook is asked: may this module answer for that description? */
export interface AcceptanceQuestion {
  readonly description: string
  readonly examples: readonly FunctionExample[]
  readonly score: number | undefined
  readonly manifest: ModuleManifest
}

/** A judge that the user has configured: a model, a person. */
export type AcceptanceHook = (
  question: AcceptanceQuestion,
  options?: CallOptions,
) => Promise<{ readonly accepted: boolean; readonly reason: string }>

/** What decides about a candidate that was found by meaning. */
export interface AcceptanceRules {
  readonly description: string
  readonly examples: readonly FunctionExample[]
  readonly accept: AcceptMode
  readonly threshold: number
  /** Similarity of the best other candidate, and how far above it a candidate has to be. */
  readonly runnerUp?: { readonly score: number; readonly margin: number } | undefined
  readonly runner: ProgramRunner | undefined
  readonly hook: AcceptanceHook | undefined
}

export interface Accepted {
  readonly by: Acceptance
  readonly reason: string
}

/**
 * Behaviour decides: where the caller gives examples and there is a runner, they have the last word. Otherwise the
 * same description, then the hook, and only where the caller opted in, similarity alone. `bytes` fetches the checked
 * bytes, and is asked only when examples are run.
 */
export async function acceptBySemantics(
  rules: AcceptanceRules,
  manifest: ModuleManifest,
  score: number | undefined,
  bytes: () => Promise<Uint8Array | Refusal>,
  options?: CallOptions,
): Promise<Accepted | Refusal> {
  const byExamples = await acceptByExamples(rules, manifest, bytes, options)
  if (byExamples !== undefined) return byExamples

  const wanted = normalizeDescription(rules.description)
  if (wanted !== '' && wanted === normalizeDescription(manifest.description)) {
    return { by: 'description', reason: 'its description is the same text' }
  }

  let refused =
    rules.examples.length > 0 ? 'there is no runner for the examples' : 'there are no examples to run on it'
  if (rules.hook !== undefined) {
    const { description, examples } = rules
    const answer = await rules.hook({ description, examples, score, manifest }, options)
    if (answer.accepted) return { by: 'hook', reason: `the acceptance hook took it: ${answer.reason}` }
    refused = `the acceptance hook did not take it: ${answer.reason}`
  }

  if (rules.accept === 'similarity' && score !== undefined) {
    const comparison = `${score.toFixed(3)} against a threshold of ${rules.threshold}`
    const { runnerUp } = rules
    if (runnerUp !== undefined && score - runnerUp.score < runnerUp.margin) {
      const lead = (score - runnerUp.score).toFixed(3)
      return refusal(
        'acceptance',
        `leads the next candidate by ${lead}, a margin of ${runnerUp.margin} is asked for`,
      )
    }
    if (score >= rules.threshold) {
      return {
        by: 'similarity',
        reason: `accepted on similarity alone, as the caller opted in: ${comparison}`,
      }
    }
    return refusal('acceptance', `similarity is too low: ${comparison}`)
  }
  return refusal('acceptance', `${refused}, and its description is another text`)
}

/** `undefined` when there is nothing to run or nobody to run it. */
export async function acceptByExamples(
  rules: Pick<AcceptanceRules, 'examples' | 'runner'>,
  manifest: ModuleManifest,
  bytes: () => Promise<Uint8Array | Refusal>,
  options?: CallOptions,
): Promise<Accepted | Refusal | undefined> {
  const { examples, runner } = rules
  if (examples.length === 0 || runner === undefined) return undefined
  const checked = await bytes()
  if (isRefusal(checked)) return checked
  const outcomes = await runExamples(runner, manifest, checked, examples, options)
  if (isRefusal(outcomes)) return outcomes
  const failed = outcomes.findIndex(outcome => !outcome.passed)
  if (failed >= 0) return refusal('acceptance', `example ${failed + 1} fails: ${outcomes[failed]!.detail}`)
  return { by: 'examples', reason: `${examples.length} of ${examples.length} examples pass on it` }
}

async function runExamples(
  runner: ProgramRunner,
  manifest: ModuleManifest,
  bytes: Uint8Array,
  examples: readonly FunctionExample[],
  options?: CallOptions,
) {
  try {
    const outcomes = await runner.runExamples(
      {
        bytes,
        digest: manifest.blob.sha256,
        interface: manifest.interface,
        exportName: manifest.export,
        imports: manifest.imports,
        examples,
      },
      options,
    )
    if (outcomes.length === examples.length) return outcomes
    return refusal('acceptance', `the runner answered for ${outcomes.length} of ${examples.length} examples`)
  } catch (cause) {
    if (options?.signal?.aborted) throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause })
    return refusal(
      'acceptance',
      `the examples could not be run: ${isRtfsError(cause) ? cause.message : 'unexpected fault'}`,
    )
  }
}
