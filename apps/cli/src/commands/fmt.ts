import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError, type SourceText } from '@rtfs/core'
import { formatSource, hasErrors, parse } from '@rtfs/parser'
import { reasonOf } from '@rtfs/sdk/files'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { programFiles } from '../program-files.js'
import { printJson } from '../report.js'
import { readSource } from '../source.js'
import { printDiagnostics } from '../warnings.js'

export interface FmtFlags extends CommonFlags {
  readonly check?: boolean | undefined
}

type Outcome = 'unchanged' | 'changed' | 'invalid'

/** Formats files in place, standard input to standard output. What does not parse is left as it is: exit 3. */
export async function fmtCommand(files: readonly string[], flags: FmtFlags, io: Io): Promise<ExitCode> {
  const outcomes: { file: string; outcome: Outcome }[] = []
  for (const file of programFiles(files, io)) {
    const source = await readSource({ file }, io)
    const outcome = formatFile(source, file, flags, io)
    outcomes.push({ file, outcome })
    if (flags.json !== true && outcome === 'changed' && file !== '-') {
      io.out(flags.check === true ? `${file}: not formatted\n` : `${file}: formatted\n`)
    }
  }
  const has = (wanted: Outcome) => outcomes.some(({ outcome }) => outcome === wanted)
  if (flags.json === true) printJson({ ok: !has('invalid'), files: outcomes }, io)
  if (has('invalid')) return exitCodes.invalid
  return flags.check === true && has('changed') ? exitCodes.failed : exitCodes.done
}

function formatFile(source: SourceText, file: string, { check, json }: FmtFlags, io: Io): Outcome {
  const formatted = formatSource(source.text)
  if (file === '-' && check !== true && json !== true) io.out(formatted)
  // Text that cannot be read comes back as it is, so only then there may be errors to show.
  if (formatted === source.text) {
    const parsed = parse(source.text, source.file === undefined ? {} : { file: source.file })
    const unread = parsed.diagnostics.filter(item => item.code === 'P008')
    if (!hasErrors({ diagnostics: unread })) return 'unchanged'
    printDiagnostics(unread, source, io)
    return 'invalid'
  }
  if (check !== true && file !== '-') write(resolve(io.cwd, file), formatted, file)
  return 'changed'
}

function write(path: string, text: string, name: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_IO', `cannot write ${name}: ${reasonOf(cause)}`, { cause })
  }
}
