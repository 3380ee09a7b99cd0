import type { ExitCode } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { Io } from '../io.js'
import { type ProgramFlags, runSource } from './run.js'

export interface EvalFlags extends ProgramFlags {
  readonly jsonl?: boolean | undefined
}

/** Evaluates a form and prints its value; with `--jsonl` one request a line. */
export async function evalCommand(form: string | undefined, flags: EvalFlags, io: Io): Promise<ExitCode> {
  const { expression } = flags
  if (form !== undefined && expression !== undefined) throw new UsageError('give a form or -e TEXT, not both')
  if (flags.jsonl === true) {
    if (form !== undefined || expression !== undefined) {
      throw new UsageError('--jsonl reads its programs from standard input')
    }
    const { evalLines } = await import('../jsonl/eval-lines.js')
    return evalLines(flags, io)
  }
  if (form === '-') return runSource({ file: '-' }, flags, io)
  if (form === undefined && expression === undefined)
    throw new UsageError('no form: give one, or - for standard input')
  return runSource({ expression: form ?? expression }, flags, io)
}
