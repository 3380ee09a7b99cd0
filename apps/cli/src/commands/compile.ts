import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError, type SourceText } from '@rtfs/core'
import type { CompiledModule } from '@rtfs/interfaces'
import { formatUnit, lower, type Node, type Unit, unitToJson } from '@rtfs/ir'
import { type Program, printProgram } from '@rtfs/parser'
import { parseProgram } from '@rtfs/runtime'
import { createFileModuleLoader, reasonOf } from '@rtfs/sdk/files'
import { astJson } from '../ast-json.js'
import { byteCode, bytecode } from '../bytecode.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { printJson, reportFailure } from '../report.js'
import { readSource } from '../source.js'
import { requireValid } from './check.js'

export interface CompileFlags extends CommonFlags {
  readonly expression?: string | undefined
  readonly output?: string | undefined
  readonly target: string
  readonly emit: string
}

const targets = ['wasm32', 'rtfs-bc'] as const

type TargetName = (typeof targets)[number]

const emitted = ['ast', 'ir', 'wat', 'wasm'] as const

/** Compiles a program, or shows what it becomes on the way. */
export async function compileCommand(
  file: string | undefined,
  flags: CompileFlags,
  io: Io,
): Promise<ExitCode> {
  const emit = emitted.find(each => each === flags.emit)
  if (emit === undefined) throw new UsageError(`--emit is one of ${emitted.join(', ')}, not '${flags.emit}'`)
  const target = targets.find(each => each === flags.target)
  if (target === undefined)
    throw new UsageError(`--target is one of ${targets.join(', ')}, not '${flags.target}'`)
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
    } else await writeWasm(program, emit, flags, io)
  } catch (error) {
    return reportFailure(error, false, io)
  }
  return exitCodes.done
}

function parsed(source: SourceText, file: string | undefined, io: Io): Program {
  const modules = createFileModuleLoader({ cwd: io.cwd, entry: file === '-' ? undefined : file })
  return parseProgram(source.text, { ...(source.file === undefined ? {} : { file: source.file }), modules })
    .program
}

async function writeWasm(program: Program, emit: 'wat' | 'wasm', flags: CompileFlags, io: Io): Promise<void> {
  const compiled = await compile(lower(program).unit, flags.target as TargetName)
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
async function compile(unit: Unit, target: TargetName): Promise<CompiledModule> {
  const { backend } = target === 'wasm32' ? await bytecode() : await byteCode()
  const [only] = unit.forms
  if (unit.forms.length === 1 && only?.kind === 'module') {
    const { unitOfModule } = await import('@rtfs/sdk')
    const names = only.exports
    return backend.compile(unitOfModule(unit, only.name), names === undefined ? {} : { exports: names })
  }
  const isLibrary = unit.forms.length > 0 && unit.forms.every(isDefinition)
  return backend.compile(unit, isLibrary ? {} : { program: true, closed: true })
}

function isDefinition(form: Node): boolean {
  return form.kind === 'def' || form.kind === 'deftest'
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
