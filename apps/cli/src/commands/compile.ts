import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError, type SourceText } from '@rtfs/core'
import type { CompiledModule, ModuleLoader } from '@rtfs/interfaces'
import { formatUnit, lower, type Node, type Unit, unitToJson } from '@rtfs/ir'
import { type Program, printProgram } from '@rtfs/parser'
import { parseProgram } from '@rtfs/runtime'
import { createFileModuleLoader, reasonOf } from '@rtfs/sdk/files'
import { astJson } from '../ast-json.js'
import { bytecodeOf } from '../bytecode.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { printJson, reportFailure } from '../report.js'
import { readSource } from '../source.js'
import { type TargetName, targetNamed } from '../targets.js'
import { requireValid } from './check.js'

export interface CompileFlags extends CommonFlags {
  readonly expression?: string | undefined
  readonly output?: string | undefined
  readonly target: string
  readonly emit: string
}

const emitted = ['ast', 'ir', 'wat', 'wasm'] as const

/** Compiles a program, or shows what it becomes on the way. */
export async function compileCommand(
  file: string | undefined,
  flags: CompileFlags,
  io: Io,
): Promise<ExitCode> {
  const emit = emitted.find(each => each === flags.emit)
  if (emit === undefined) throw new UsageError(`--emit is one of ${emitted.join(', ')}, not '${flags.emit}'`)
  const target = targetNamed(flags.target)
  if (emit === 'wat' && target !== 'wasm32') throw new UsageError(`--emit wat is for wasm32, not '${target}'`)
  if (emit === 'wasm' && flags.output === undefined && (io.outIsTerminal || flags.json === true)) {
    throw new UsageError('WebAssembly is written to a file: -o OUT')
  }
  const source = await readSource({ file, expression: flags.expression }, io)
  requireValid(source, file, io)
  const program = parsed(source, file, io)
  const json = flags.json === true
  try {
    if (emit === 'ast') write(json ? jsonText(astJson(program)) : printProgram(program), flags, io)
    else if (emit === 'ir') {
      const { unit } = lower(program)
      write(json ? jsonText(unitToJson(unit)) : `${formatUnit(unit, { brief: true })}\n`, flags, io)
    } else await writeWasm(source, file, target, emit, flags, io)
  } catch (error) {
    return reportFailure(error, false, io)
  }
  return exitCodes.done
}

function parsed(source: SourceText, file: string | undefined, io: Io): Program {
  const modules = modulesBeside(file, io)
  return parseProgram(source.text, { ...(source.file === undefined ? {} : { file: source.file }), modules })
    .program
}

function modulesBeside(file: string | undefined, io: Io): ModuleLoader {
  return createFileModuleLoader({ cwd: io.cwd, entry: file === '-' ? undefined : file })
}

async function writeWasm(
  source: SourceText,
  file: string | undefined,
  target: TargetName,
  emit: 'wat' | 'wasm',
  flags: CompileFlags,
  io: Io,
): Promise<void> {
  const { selfContained } = await import('@rtfs/sdk')
  const { text, added } = selfContained(source.text, { file: source.file, modules: modulesBeside(file, io) })
  const compiled = await compile(lower(parseProgram(text).program).unit, added.length, target)
  if (emit === 'wat') {
    const { watOf } = await import('../wat.js')
    write(await watOf(compiled.bytes), flags, io)
    return
  }
  write(compiled.bytes, flags, io)
  if (flags.output === undefined) return
  if (flags.json === true) printJson(compiledJson(compiled, flags.output), io)
  else if (flags.output !== '-')
    io.err(`${flags.output}: ${compiled.bytes.length} bytes, ${exportsOf(compiled)}\n`)
}

/** A file of definitions becomes a library of its functions; anything else a program that is run as a whole. */
async function compile(unit: Unit, added: number, target: TargetName): Promise<CompiledModule> {
  const { backend } = await bytecodeOf(target)
  // The first forms are modules of other files.
  const forms = unit.forms.slice(added)
  const [only] = forms
  if (forms.length === 1 && only?.kind === 'module') {
    const { unitOfModule } = await import('@rtfs/sdk')
    const { exports } = only
    return backend.compile(
      unitOfModule(unit, only.name),
      exports === undefined ? { bundle: true } : { exports, bundle: true },
    )
  }
  const isLibrary = forms.some(({ kind }) => kind === 'def') && forms.every(isDefinition)
  return backend.compile(unit, isLibrary ? { bundle: true } : { program: true, closed: true, bundle: true })
}

function isDefinition({ kind }: Node): boolean {
  return kind === 'def' || kind === 'deftest' || kind === 'import' || kind === 'module'
}

/** Text goes to standard output or to a file; `-o -` is standard output. */
function write(content: string | Uint8Array, { output }: CompileFlags, io: Io): void {
  if (output === undefined || output === '-') {
    io.out(content)
    return
  }
  try {
    writeFileSync(resolve(io.cwd, output), content)
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_IO', `cannot write ${output}: ${reasonOf(cause)}`, { cause })
  }
}

function jsonText(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function exportsOf({ exports }: CompiledModule): string {
  return exports.length === 0
    ? 'a program'
    : exports.map(({ name, signature }) => `${name} ${signature}`).join(', ')
}

function compiledJson(compiled: CompiledModule, output: string): object {
  const { targetId, abiVersion, backend, bytes, imports, exports } = compiled
  return {
    ok: true,
    output,
    target: targetId,
    abi: abiVersion,
    backend,
    size: bytes.length,
    imports,
    exports,
  }
}
