import { type Diagnostic, RtfsError, type SourceText } from '@rtfs/core'
import { checkEffects, checkTypes, lower } from '@rtfs/ir'
import { hasErrors } from '@rtfs/parser'
import { parseProgram } from '@rtfs/runtime'
import { createFileModuleLoader } from '@rtfs/sdk/files'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { programFiles } from '../program-files.js'
import { withProgress } from '../progress.js'
import { printJson } from '../report.js'
import { readSource } from '../source.js'
import { printDiagnostics } from '../warnings.js'

export interface CheckFlags extends CommonFlags {
  readonly expression?: string | undefined
}

/** Diagnostics of one file that are printed. */
const maxShown = 100

/** Reports what is wrong with programs. Names that nothing defines and types that cannot fit are errors here. */
export async function checkCommand(files: readonly string[], flags: CheckFlags, io: Io): Promise<ExitCode> {
  const { expression } = flags
  if (files.length === 0 && expression === undefined)
    throw new UsageError('no program: give files, -e TEXT, or -')
  if (files.length > 0 && expression !== undefined) throw new UsageError('give files or -e TEXT, not both')
  const choices =
    expression === undefined ? programFiles(files, io).map(file => ({ file })) : [{ expression }]
  const checked: CheckedFile[] = []
  await withProgress(io, async progress => {
    for (const choice of choices) {
      const entry = 'file' in choice ? choice.file : undefined
      progress.step(`checking ${entry ?? '-e'}, ${checked.length + 1} of ${choices.length}`)
      const source = await readSource(choice, io)
      checked.push({ source, name: entry ?? '-e', diagnostics: diagnosticsOf(source, entry, io) })
    }
  })
  for (const { source, diagnostics } of checked) printDiagnostics(diagnostics, source, io, maxShown)
  const invalid = checked.some(file => count(file, 'error') > 0)
  if (flags.json === true) printJson({ ok: !invalid, files: checked.map(fileJson) }, io)
  else for (const file of checked) io.out(`${file.name}: ${summary(file)}\n`)
  return invalid ? exitCodes.invalid : exitCodes.done
}

interface CheckedFile {
  readonly name: string
  readonly source: SourceText
  readonly diagnostics: readonly Diagnostic[]
}

/** What is known against a program, in the order of its text. */
export function diagnosticsOf(source: SourceText, entry: string | undefined, io: Io): readonly Diagnostic[] {
  const parsed = parseProgram(source.text, {
    ...(source.file === undefined ? {} : { file: source.file }),
    modules: createFileModuleLoader({ cwd: io.cwd, entry: entry === '-' ? undefined : entry }),
  })
  if (hasErrors(parsed)) return parsed.diagnostics
  const { unit, diagnostics } = lower(parsed.program, { strict: true })
  const all = [
    ...parsed.diagnostics,
    ...diagnostics,
    ...checkTypes(unit, { strict: true }),
    ...checkEffects(unit),
  ]
  return all.sort((a, b) => a.start - b.start)
}

/** Throws `RTFS_INVALID_PROGRAM` after printing what is wrong with a program, if anything is. */
export function requireValid(source: SourceText, entry: string | undefined, io: Io): void {
  const diagnostics = diagnosticsOf(source, entry, io)
  printDiagnostics(diagnostics, source, io, maxShown)
  const errors = diagnostics.filter(item => item.severity === 'error').length
  if (errors > 0) throw new RtfsError('RTFS_INVALID_PROGRAM', `the program has ${counted(errors, 'error')}`)
}

function count({ diagnostics }: CheckedFile, severity: Diagnostic['severity']): number {
  return diagnostics.filter(item => item.severity === severity).length
}

function summary(file: CheckedFile): string {
  const parts = (['error', 'warning'] as const).flatMap(severity => {
    const found = count(file, severity)
    return found === 0 ? [] : [counted(found, severity)]
  })
  return parts.length === 0 ? 'ok' : parts.join(', ')
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function fileJson(file: CheckedFile): object {
  const { name, source, diagnostics } = file
  return {
    file: name,
    ok: count(file, 'error') === 0,
    diagnostics: diagnostics.map(item => ({
      severity: item.severity,
      code: item.code,
      message: item.message,
      span: source.positionsOf(item),
      ...(item.hint === undefined ? {} : { hint: item.hint }),
      ...(item.related.length === 0
        ? {}
        : { related: item.related.map(each => ({ message: each.message, span: source.positionsOf(each) })) }),
      ...(item.fixes.length === 0 ? {} : { fixes: item.fixes.map(({ title, safe }) => ({ title, safe })) }),
    })),
  }
}
