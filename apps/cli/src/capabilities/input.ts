import {
  decodeUtf8,
  displayValue,
  float,
  formatValue,
  invalidArgument,
  Keyword,
  keyword,
  type Value,
} from '@rtfs/core'
import type { Sink } from './output.js'
import { ioError } from './paths.js'
import type { CapabilityFamily } from './scopes.js'

/** The largest line of input. */
const maxLine = 16 * 1024 * 1024

/** Lines that a person, or a pipe, gives to a program. */
export interface LineInput {
  /** The next line without its end, `undefined` when there is none. One that comes after the signal is kept. */
  next(signal: AbortSignal | undefined): Promise<string | undefined>
  /** Nothing is read any more: the process may end. */
  close(): Promise<void>
}

/** Lines of a stream of UTF-8 text. Nothing is read before the first line is asked for. */
export function openLineInput(open: () => AsyncIterable<Uint8Array>): LineInput {
  let chunks: AsyncIterator<Uint8Array> | undefined
  let reading: Promise<void> | undefined
  let rest: Uint8Array = new Uint8Array()
  let isAtEnd = false

  async function readChunk(): Promise<void> {
    chunks ??= open()[Symbol.asyncIterator]()
    const { done, value } = await chunks.next()
    if (done === true) isAtEnd = true
    else rest = Buffer.concat([rest, value])
  }

  /** Whether a whole line is there, and where it ends. */
  function lineEnd(): number | undefined {
    const at = rest.indexOf(10)
    if (at >= 0) return at
    return isAtEnd ? rest.length : undefined
  }

  return {
    async next(signal) {
      for (;;) {
        const end = lineEnd()
        if (end !== undefined) {
          if (isAtEnd && rest.length === 0) return undefined
          const line = rest.subarray(0, rest[end - 1] === 13 ? end - 1 : end)
          rest = rest.subarray(end + 1)
          const text = decodeUtf8(line)
          if (text === undefined) throw ioError('the input is not UTF-8 text')
          return text
        }
        if (rest.length > maxLine) throw ioError(`a line of input is longer than ${maxLine} bytes`)
        // A reading that was given up goes on, and the line is there for whoever asks next.
        reading ??= readChunk().finally(() => {
          reading = undefined
        })
        await untilAborted(reading, signal)
      }
    },
    async close() {
      // A generator that waits for its next chunk would only end after it; a stream that is read ends at once.
      void chunks?.return?.()
    },
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  work.catch(() => {})
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** What a person types: a line, or the answer to a question (LANGUAGE §13.7). */
export function inputCapabilities(input: LineInput, prompt: Sink): CapabilityFamily {
  return () => ({
    'ccos.io.read-input': async ([text], _call, { signal }) => {
      if (text !== undefined) prompt(displayValue(text))
      return (await input.next(signal)) ?? null
    },
    'ccos.user.ask': async ([question, type = null], _call, { signal }) => {
      const read = readerOf(type)
      for (;;) {
        prompt(`${displayValue(question ?? '')} `)
        const line = await input.next(signal)
        if (line === undefined) throw ioError('nobody answers: the input has ended')
        const answer = read(line.trim())
        if (answer !== undefined) return answer
        prompt(`that is no ${formatValue(type)}\n`)
      }
    },
  })
}

type ReadAnswer = (text: string) => Value | undefined

const readInteger: ReadAnswer = text => (/^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined)
const readFloat: ReadAnswer = text =>
  /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? float(Number(text)) : undefined
const readBoolean: ReadAnswer = text =>
  /^(true|yes|y)$/i.test(text) ? true : /^(false|no|n)$/i.test(text) ? false : undefined
const readKeyword: ReadAnswer = text => {
  return /^:?[A-Za-z][\w.*+!?-]*$/.test(text) ? keyword(text.replace(/^:/, '')) : undefined
}

const readers: ReadonlyMap<string, ReadAnswer> = new Map([
  ['string', (text: string) => text],
  ['int', readInteger],
  ['integer', readInteger],
  ['float', readFloat],
  ['bool', readBoolean],
  ['boolean', readBoolean],
  ['keyword', readKeyword],
])

function readerOf(type: Value): ReadAnswer {
  if (type === null) return text => text
  const reader = type instanceof Keyword ? readers.get(type.name) : undefined
  if (reader !== undefined) return reader
  throw invalidArgument('an answer may be :string, :int, :float, :bool or :keyword')
}
