import { CommanderError } from 'commander'
import { type ExitCode, exitCodes } from './exit-codes.js'
import { exitCodeOf, UsageError } from './failure.js'
import type { Io } from './io.js'
import { createProgram } from './program.js'

/** Runs the command with its arguments; the exit code. Never throws. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done
  const finish = (result: ExitCode): void => {
    code = result
  }
  const program = createProgram(io, finish, args[0])
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    io.err(`rtfs: ${messageOf(error)}\n`)
    if (error instanceof UsageError) io.err(`Try 'rtfs --help' or 'rtfs COMMAND --help'.\n`)
    return exitCodeOf(error)
  }
}

/** One line: nobody who uses the command has use for our stack. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s*[\r\n]+\s*/g, ' ')
}
