import { run } from './cli.js'
import { exitCodes } from './exit-codes.js'
import { processIo } from './io.js'

/** Runs the command as this process. */
export async function runProcess(args: readonly string[]): Promise<void> {
  // Whoever read our output has read enough.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      process.exit(error.code === 'EPIPE' ? process.exitCode : exitCodes.environment)
    })
  }
  process.on('SIGINT', () => process.exit(exitCodes.interrupted))
  process.exitCode = await run(args, processIo(args))
}
