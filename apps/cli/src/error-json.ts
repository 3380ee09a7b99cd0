import { type ErrorKind, errorTypes, isRtfsError, type SourceText, type SpanPosition } from '@rtfs/core'
import { RtfsParseError, sourceOfError } from '@rtfs/runtime'

/** When a program failed. */
export type Phase = 'parse' | 'expand' | 'type' | 'run'

/** An error as `--json` and `--jsonl` tell it. */
export interface ErrorJson {
  readonly kind: string
  /** A keyword with its colon: `:error/type`. */
  readonly type: string
  /** `P001`… for parse errors, else the kind. */
  readonly code: string
  readonly message: string
  /** Lines and columns from 1, in code points; `null` where no place is known. */
  readonly span: SpanPosition | null
  /** File of the span, when it is not the program's own. */
  readonly file?: string
  readonly hint?: string
}

/** What is answered instead of a value. */
export interface FailureJson {
  readonly ok: false
  readonly phase: Phase
  readonly error: ErrorJson
}

/** The failure that a thrown error stands for; its place is one in `source`. Never throws. */
export function failureJson(
  error: unknown,
  source: SourceText | null | undefined = sourceOfError(error),
): FailureJson {
  if (error instanceof RtfsParseError) return parseFailure(error)
  if (!isRtfsError(error)) return failure('run', 'InternalError', `Internal error: ${textOf(error)}`)
  const { value, span, file, message, code } = error
  const phase = code === 'RTFS_INVALID_PROGRAM' ? 'type' : 'run'
  return {
    ok: false,
    phase,
    error: {
      kind: value?.kind ?? code,
      type: value === undefined ? ':error/system' : `:${value.type.name}`,
      code: value?.kind ?? code,
      message,
      span: !source || span === undefined ? null : source.positionsOf(span),
      ...(file === undefined ? {} : { file }),
    },
  }
}

/** A failure without a place. */
export function failure(phase: Phase, kind: string, message: string): FailureJson {
  return { ok: false, phase, error: { kind, type: typeOf(kind), code: kind, message, span: null } }
}

function parseFailure(error: RtfsParseError): FailureJson {
  const { kind, phase, diagnostics, source } = error
  const first = diagnostics.find(item => item.severity === 'error')
  return {
    ok: false,
    phase,
    error: {
      kind,
      type: typeOf(kind),
      code: first?.code ?? kind,
      message: first?.message ?? error.message,
      span: first === undefined ? null : source.positionsOf(first),
      ...(first?.hint === undefined ? {} : { hint: first.hint }),
    },
  }
}

/** `InvalidRequest` is `:error/invalid-request`, unless the language says otherwise. */
function typeOf(kind: string): string {
  if (Object.hasOwn(errorTypes, kind)) return `:${errorTypes[kind as ErrorKind]}`
  if (kind === 'ParseError') return ':error/parse'
  return `:error/${kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
