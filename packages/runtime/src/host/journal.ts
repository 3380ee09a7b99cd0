import {
  errorFromValue,
  languageError,
  type RtfsError,
  RtfsErrorValue,
  RtfsVector,
  type Value,
  valueHash,
} from '@rtfs/core'
import type { DelegationDecision, EffectResult, JournalEntry } from '@rtfs/interfaces'

/** An effect that was begun: what was asked for, and the answer once there is one. */
interface JournalRecord {
  readonly capability: string
  readonly idempotent: boolean
  readonly argsHash: () => string
  result: EffectResult | undefined
}

/**
 * The effects of one run in the order of their positions (ARCHITECTURE §4): an intent before an effect, its result
 * after. Evaluating again takes recorded answers from here; a question that differs from the recorded one is a
 * JournalMismatch.
 */
export class Journal {
  readonly #records = new Map<string, JournalRecord>()
  /** Highest counter with a record, by branch path: what a branch did before that is done. */
  readonly #reached = new Map<string, number>()
  readonly #added: JournalEntry[] = []

  /** A journal with the entries of an earlier process. */
  static from(entries: readonly JournalEntry[]): Journal {
    const journal = new Journal()
    for (const entry of entries) journal.#restore(entry)
    return journal
  }

  #restore(entry: JournalEntry): void {
    if (entry.kind === 'intent') {
      const { argsHash } = entry
      this.#put(entry.position, { ...entry, argsHash: () => argsHash, result: undefined })
      return
    }
    const record = this.#records.get(entry.position)
    if (record === undefined) throw mismatch(entry.position, 'a result without its intent', undefined)
    record.result = entry.result
  }

  #put(position: string, record: JournalRecord): void {
    this.#records.set(position, record)
    const { path, counter } = splitPosition(position)
    this.#reached.set(path, Math.max(counter, this.#reached.get(path) ?? -1))
  }

  /**
   * The recorded answer at a position. `undefined` when nothing was asked there; `in-doubt` when the question has no
   * answer. Throws JournalMismatch when another question was asked.
   */
  answerTo(
    position: string,
    capability: string,
    args: readonly Value[],
  ): EffectResult | 'in-doubt' | undefined {
    const record = this.#records.get(position)
    if (record === undefined) return undefined
    if (record.capability !== capability) {
      throw mismatch(position, `recorded ${record.capability}, asked for ${capability}`, capability)
    }
    if (record.argsHash() !== hashArguments(args)) {
      throw mismatch(position, `${capability} was recorded with other arguments`, capability)
    }
    return record.result ?? 'in-doubt'
  }

  /** True when an intent is recorded at the position. */
  isBegun(position: string): boolean {
    return this.#records.has(position)
  }

  /** Notes that an effect is about to happen. */
  begin(position: string, capability: string, args: readonly Value[], idempotent: boolean): void {
    let hash: string | undefined
    const argsHash = () => (hash ??= hashArguments(args))
    this.#put(position, { capability, idempotent, argsHash, result: undefined })
    this.#added.push({
      kind: 'intent',
      position,
      capability,
      get argsHash() {
        return argsHash()
      },
      idempotent,
    })
  }

  /** Notes the answer. */
  end(position: string, result: EffectResult): void {
    const record = this.#records.get(position)
    if (record === undefined) throw mismatch(position, 'a result without its intent', undefined)
    record.result = result
    this.#added.push({ kind: 'result', position, result })
  }

  /** True when the branch of this position got further before: what happened here is not to happen again. */
  isPast(position: string): boolean {
    const { path, counter } = splitPosition(position)
    return counter < (this.#reached.get(path) ?? -1)
  }

  /** Whether an effect that was begun may be done again when nobody knows whether it was done. */
  mayRepeat(position: string): boolean {
    return this.#records.get(position)?.idempotent === true
  }

  /** Entries since the last call, for the store. */
  takeAdded(): readonly JournalEntry[] {
    return this.#added.splice(0)
  }
}

/** The value of an answer; an error is raised. */
export function valueOfResult(result: EffectResult): Value {
  if (!result.ok) throw errorOf(result.error)
  if ('decision' in result) throw new Error('a decision is no value')
  return result.value
}

/** The decision of an answer; an error is raised. */
export function decisionOfResult(result: EffectResult): DelegationDecision {
  if (!result.ok) throw errorOf(result.error)
  if ('decision' in result) return result.decision
  throw new Error('a value is no decision')
}

function errorOf(error: Value): RtfsError {
  if (error instanceof RtfsErrorValue) return errorFromValue(error)
  return languageError('ApplicationError', 'An effect failed', { data: error })
}

/** Functions count by name: a replay makes new ones. */
function hashArguments(args: readonly Value[]): string {
  return valueHash(RtfsVector.from(args), { functionName: fn => fn.name ?? 'fn' })
}

/** A position is a branch path and a counter: `4`, `2.0/1` (the second effect of the first branch at 2). */
function splitPosition(position: string): { readonly path: string; readonly counter: number } {
  const slash = position.lastIndexOf('/')
  return { path: position.slice(0, slash + 1), counter: Number(position.slice(slash + 1)) }
}

/** The journal belongs to another program, other arguments, or other code. */
export function mismatch(position: string, message: string, capability: string | undefined): RtfsError {
  return languageError(
    'JournalMismatch',
    `Journal does not fit: ${message} (position ${position})`,
    { position, ...(capability === undefined ? {} : { capability }) },
    { fatal: true },
  )
}

/** An effect was begun, and nobody knows whether it happened. */
export function inDoubt(position: string, capability: string): RtfsError {
  return languageError(
    'JournalMismatch',
    `Journal does not fit: ${capability} was begun and has no result, and may not be repeated (position ${position})`,
    { position, capability, 'in-doubt': true },
    { fatal: true },
  )
}
