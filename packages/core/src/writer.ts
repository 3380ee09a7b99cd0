import type { Charge } from './equality.js'
import { budgetExhausted, invalidArgument } from './errors.js'
import { RtfsMap } from './map.js'
import { RtfsList, RtfsSequence } from './sequence.js'
import { compareText, isWellFormed } from './text.js'
import { typeName } from './type-name.js'
import {
  Keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** How `writeValue` writes. One walk serves printing and the canonical text, so that the two cannot drift apart. */
export interface Style {
  /** Code units after which writing ends. */
  readonly maxLength: number
  /** Nesting at which writing ends. */
  readonly maxDepth: number
  /** What stands for what was left out; `undefined`: BudgetExhausted instead. */
  readonly ellipsis: string | undefined
  /** Text that does not depend on how an equal value was made: sorted maps, no lists, no −0.0. */
  readonly canonical: boolean
  /** The name under which a function may be written canonically. */
  readonly functionName: ((value: RtfsFunction) => string | undefined) | undefined
  readonly meter: Charge | undefined
}

/** A collection that is being written: `parts` still to come, from `index` on, then `close`. */
interface Frame {
  readonly parts: RtfsSequence | readonly Value[]
  readonly size: number
  readonly close: string
  index: number
}

/** The text of a value in a style. Keeps its own stack. */
export function writeValue(value: Value, style: Style): string {
  let text = ''
  const stack: Frame[] = []
  let current: Value = value
  for (;;) {
    if (current instanceof RtfsSequence || current instanceof RtfsMap || isCanonicalError(current, style)) {
      if (stack.length >= style.maxDepth) {
        if (style.ellipsis === undefined) throw budgetExhausted('print-depth', style.maxDepth)
        text += style.ellipsis
      } else {
        const frame = open(current, style)
        text += frame.open
        stack.push(frame)
      }
    } else {
      text += writeAtom(current, style)
    }
    // Close what is finished, then go on with the next part.
    let frame = stack[stack.length - 1]
    while (frame !== undefined && frame.index === frame.size) {
      text += frame.close
      stack.pop()
      frame = stack[stack.length - 1]
    }
    if (text.length > style.maxLength) {
      if (style.ellipsis === undefined) throw budgetExhausted('print-length', style.maxLength)
      return cut(text, style.maxLength) + style.ellipsis
    }
    if (frame === undefined) return text
    if (frame.index > 0) text += ' '
    style.meter?.charge(1)
    current =
      frame.parts instanceof RtfsSequence ? frame.parts.at(frame.index++) : frame.parts[frame.index++]!
  }
}

function open(
  value: RtfsSequence | RtfsMap | RtfsErrorValue,
  style: Style,
): Frame & { readonly open: string } {
  if (value instanceof RtfsMap) {
    const parts = style.canonical ? sortedByEncodedKey(value) : value.toFlatArray()
    return { parts, size: parts.length, open: '{', close: '}', index: 0 }
  }
  if (value instanceof RtfsErrorValue) {
    const parts: readonly Value[] = [new RtfsSymbol(value.kind), value.type, value.message, value.details]
    return { parts, size: parts.length, open: '#<error ', close: '>', index: 0 }
  }
  const round = value instanceof RtfsList && !style.canonical
  return { parts: value, size: value.size, open: round ? '(' : '[', close: round ? ')' : ']', index: 0 }
}

/** Equal errors share more than their message, so the canonical text has to hold all of it. */
function isCanonicalError(value: Value, style: Style): value is RtfsErrorValue {
  return style.canonical && value instanceof RtfsErrorValue
}

function writeAtom(value: Value, style: Style): string {
  switch (typeof value) {
    case 'string':
      if (style.canonical && !isWellFormed(value)) throw invalidArgument('text has a lone surrogate')
      return quoteString(value)
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value === null) return 'nil'
      if (value instanceof RtfsFloat) {
        return formatFloat(style.canonical && value.value === 0 ? 0 : value.value)
      }
      if (value instanceof Keyword) return `:${value.name}`
      if (value instanceof RtfsSymbol) return value.name
      if (value instanceof Timestamp || value instanceof Uuid || value instanceof ResourceHandle) {
        return value.text
      }
      if (value instanceof RtfsFunction) return writeFunction(value, style)
      if (value instanceof RtfsErrorValue) return `#<error: ${value.message}>`
      return `#<${typeName(value)}>`
  }
}

function writeFunction(value: RtfsFunction, style: Style): string {
  if (!style.canonical) return value.name === undefined ? '#<function>' : `#<function ${value.name}>`
  const name = style.functionName?.(value)
  if (name === undefined) throw invalidArgument('a function has no hash')
  return `#<function ${name}>`
}

/** Cuts at a code-point boundary. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** LANGUAGE §14.3: a tag character, then the text of the key. */
export function encodeKey(key: MapKey): string {
  switch (typeof key) {
    case 'string':
      return `s${key}`
    case 'boolean':
      return `b${key}`
    case 'number':
    case 'bigint':
      return `i${key}`
    default:
      return `k${key.name}`
  }
}

function sortedByEncodedKey(map: RtfsMap): Value[] {
  const entries: { readonly encoded: string; readonly key: MapKey; readonly value: Value }[] = []
  map.forEach((value, key) => {
    entries.push({ encoded: encodeKey(key), key, value })
  })
  entries.sort((a, b) => compareText(a.encoded, b.encoded))
  const parts: Value[] = []
  for (const { key, value } of entries) parts.push(key, value)
  return parts
}

const needsEscape = /["\\\u0000-\u001f\u007f-\u009f]/
const escaped = /["\\\u0000-\u001f\u007f-\u009f]/g
const shortEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
])

/** A string literal: quotes, backslashes and control characters escaped. */
export function quoteString(text: string): string {
  if (!needsEscape.test(text)) return `"${text}"`
  return `"${text.replace(escaped, unit => shortEscapes.get(unit) ?? unicodeEscape(unit))}"`
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * The float literal of LANGUAGE §14.4: the shortest digits that read back as the same number, always with a point;
 * with an exponent from 1e21 up and below 1e-7; `##Inf`, `##-Inf`, `##NaN`.
 */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return '##NaN'
  if (value === Infinity) return '##Inf'
  if (value === -Infinity) return '##-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const text = String(value)
  const exponentAt = text.indexOf('e')
  if (exponentAt < 0) return text.includes('.') ? text : `${text}.0`
  const digits = text.slice(0, exponentAt)
  // JavaScript goes over to exponents below 1e-6 already.
  if (Math.abs(value) >= 1e-7 && Math.abs(value) < 1e-6) {
    const sign = value < 0 ? '-' : ''
    return `${sign}0.000000${digits.replace(/[-.]/g, '')}`
  }
  const exponent = text.slice(exponentAt + 1).replace('+', '')
  return `${digits.includes('.') ? digits : `${digits}.0`}e${exponent}`
}
