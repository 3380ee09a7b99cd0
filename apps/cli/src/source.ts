import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError, SourceText } from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { UsageError } from './failure.js'
import type { Io } from './io.js'

/** Where a command takes its program from: `-e TEXT`, a file, or `-` for standard input. */
export interface SourceChoice {
  readonly file?: string | undefined
  readonly expression?: string | undefined
}

/** Name in messages of a program that comes from standard input. */
const stdinName = 'stdin'

/** Reads the program. A file that cannot be read is a fault of the environment; no program at all is wrong usage. */
export async function readSource(choice: SourceChoice, io: Io): Promise<SourceText> {
  const { file, expression } = choice
  if (expression !== undefined) {
    if (file !== undefined) throw new UsageError('give a file or -e TEXT, not both')
    return new SourceText(expression)
  }
  if (file === undefined) throw new UsageError('no program: give a file, -e TEXT, or - for standard input')
  if (file === '-') return new SourceText(decode(await readInput(io), 'standard input'), stdinName)
  return readSourceFile(file, io)
}

/** Reads a source file as UTF-8. Throws `RTFS_STORE_IO` naming the file. */
export function readSourceFile(file: string, io: Io): SourceText {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(resolve(io.cwd, file))
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_IO', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  }
  return new SourceText(decode(bytes, file), file)
}

async function readInput(io: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of io.input()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new RtfsError('RTFS_PARSE', `${name} is not UTF-8 text`, { cause })
  }
}
