import { decodeUtf8, invalidArgument, languageError, type RtfsMap } from '@rtfs/core'
import { readJson, writeJson } from './json-text.js'
import { readNative, writeNative } from './native-text.js'
import { nameKey } from './object-data.js'
import { validateObject } from './validate-object.js'

/** The formats of objects that can be written and read (LANGUAGE §17.4). */
export type ObjectFormat = 'native' | 'json'

/** What the formats are called elsewhere. */
export const objectFormats: Readonly<
  Record<ObjectFormat, { readonly mediaType: string; readonly extension: string }>
> = {
  native: { mediaType: 'application/rtfs', extension: '.rtfs' },
  json: { mediaType: 'application/rtfs+json', extension: '.rtfs.json' },
}

/** Options of `writeObject`. */
export interface WriteObjectOptions {
  /** Default `native`. */
  readonly format?: ObjectFormat
  /** The kind it is written as, such as `task`. Default: what its `:type` says. */
  readonly kind?: string
  /** As `validateObject` has it. */
  readonly strict?: boolean
  /** JSON with a line for each property. Default false. */
  readonly pretty?: boolean
}

/**
 * The text of an object. What it holds is read back as it is, but for timestamps, UUIDs and symbols in JSON, which come
 * back as strings. Functions are their source, and must need nothing but the library. Throws TypeValidationError for
 * an object that is not valid; InvalidArgument or JsonError for values that have no text.
 */
export function writeObject(object: RtfsMap, options: WriteObjectOptions = {}): string {
  const { format = 'native', kind, strict = false, pretty = false } = options
  validate(object, kind, strict)
  return format === 'native' ? writeNative(object, kind) : writeJson(object, pretty)
}

/** Options of `readObject`. */
export interface ReadObjectOptions {
  /** Default: what the first bytes say. */
  readonly format?: ObjectFormat
  /** The kind it must be. Default: what its `:type` says, or the form it is written as. */
  readonly kind?: string
  /** As `validateObject` has it. */
  readonly strict?: boolean
}

/**
 * The object of a text from outside. Nothing of it is evaluated: native text that would have to be is InvalidProgram.
 * Throws RtfsParseError or JsonError for a text that cannot be read, TypeValidationError for an object that is not
 * valid.
 */
export function readObject(content: string | Uint8Array, options: ReadObjectOptions = {}): RtfsMap {
  const { format = requireFormat(content), kind, strict = false } = options
  const text = typeof content === 'string' ? content : decodeUtf8(content)
  if (text === undefined) throw invalidArgument('the text of an object is UTF-8')
  if (format === 'json') return validate(readJson(text.replace(/^\ufeff/, '')), kind, strict)
  const read = readNative(text)
  if (kind !== undefined && kind !== read.kind)
    throw invalidArgument(`expected ${article(kind)}, got ${article(read.kind)}`)
  return validate(read.object, read.kind, strict)
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function validate(object: RtfsMap, kind: string | undefined, strict: boolean): RtfsMap {
  validateObject(object.delete(nameKey), kind === undefined ? { strict } : { strict, kind })
  return object
}

/** What the first bytes of an object say of its format; `binary` is a format that this library does not read. */
export function detectObjectFormat(content: string | Uint8Array): ObjectFormat | 'binary' | undefined {
  const start = typeof content === 'string' ? content.slice(0, 4) : startOf(content)
  if (start === 'RTFS') return 'binary'
  const text = typeof content === 'string' ? content : (decodeUtf8(content) ?? '')
  const first = /^\ufeff?[\s,]*([^\s,])/.exec(text)?.[1]
  if (first === '{') return 'json'
  // Text of programs may begin with comments.
  return first === '(' || first === ';' || first === '#' ? 'native' : undefined
}

function startOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4))
}

function requireFormat(content: string | Uint8Array): ObjectFormat {
  const format = detectObjectFormat(content)
  if (format === 'binary') {
    const message = 'binary objects cannot be read'
    throw languageError('NotImplemented', `Not implemented: ${message}`, { message })
  }
  if (format === undefined) throw invalidArgument('the text of an object begins with ( or {')
  return format
}
