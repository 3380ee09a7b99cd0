import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { decodeUtf8, invalidArgument, isRtfsError, type Value } from '@rtfs/core'
import type { CapabilityFunction } from '@rtfs/runtime'
import { reasonOf } from '@rtfs/sdk/files'
import { ioError, pathInScope } from './paths.js'
import type { CapabilityContext, CapabilityFamily } from './scopes.js'

/** The largest file that a program may read at once. */
const maxFileSize = 64 * 1024 * 1024

/** Files below the granted paths, as UTF-8 text (LANGUAGE §13.7). */
export const fileCapabilities: CapabilityFamily = context => ({
  'ccos.io.read-file': onPath(context, 'ccos.io.read-file', readText),
  'ccos.io.read-lines': onPath(context, 'ccos.io.read-lines', path => linesOf(readText(path))),
  'ccos.io.write-file': onPath(context, 'ccos.io.write-file', (path, text) => {
    if (typeof text !== 'string') throw invalidArgument('write-file takes a path and a string')
    writeText(path, text)
    return null
  }),
  'ccos.io.delete-file': onPath(context, 'ccos.io.delete-file', path => {
    unlinkSync(path)
    return null
  }),
  'ccos.io.file-exists': onPath(
    context,
    'ccos.io.file-exists',
    path => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  ),
})

/** A capability whose first argument is a path: checked, then handed on without links; faults become IoError. */
function onPath(
  { scopesOf, cwd }: CapabilityContext,
  capability: string,
  work: (path: string, second: Value | undefined) => unknown,
): CapabilityFunction {
  return ([path, second]) => {
    if (typeof path !== 'string') throw invalidArgument('a path is a string')
    try {
      return work(pathInScope(capability, path, scopesOf(capability), cwd), second)
    } catch (cause) {
      if (isRtfsError(cause)) throw cause
      throw ioError(`${path}: ${reasonOf(cause)}`, cause)
    }
  }
}

function readText(path: string): string {
  // Without `O_NONBLOCK` opening a pipe that nobody writes would wait for ever.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw ioError(`${path}: it is no file`)
    if (stat.size > maxFileSize) throw ioError(`${path}: it is larger than ${maxFileSize} bytes`)
    const text = decodeUtf8(readFileSync(file))
    if (text === undefined) throw ioError(`${path}: it is not UTF-8 text`)
    return text
  } finally {
    closeSync(file)
  }
}

function writeText(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o666)
  try {
    if (!fstatSync(file).isFile()) throw ioError(`${path}: it is no file`)
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

/** The lines without their ends; the end of the last line makes no further one. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
