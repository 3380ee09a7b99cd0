import { type Keyword, RtfsVector, type Value } from '@rtfs/core'
import type { IrMapPatternEntry, IrPattern, Variable } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import type { FunctionEmitter, Operand } from './function-emitter.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

/** Puts a value where a binding pattern says, taking it apart (LANGUAGE §6). */
export function bindPattern(
  e: FunctionEmitter,
  pattern: IrPattern,
  value: Operand,
  type: ValueType,
  kinds: Kinds,
): void {
  switch (pattern.kind) {
    case 'bind':
      bindVariable(e, pattern.variable, value, type, kinds)
      return
    case 'wildcard':
      return
    case 'vector-pattern':
      bindVector(e, pattern, value, type, kinds)
      return
    case 'map-pattern':
      bindMap(e, pattern, value, type, kinds)
  }
}

/** Gives a variable its value; one that lives in a cell is put into it. */
export function bindVariable(
  e: FunctionEmitter,
  variable: Variable,
  value: Operand,
  type: ValueType,
  kinds: Kinds,
): void {
  const { body } = e
  const isCell = e.module.facts.isCell(variable)
  const local = isCell ? e.variable(variable) : e.place(variable)
  if (isCell) {
    body.localGet(local.index)
    e.finishValue(type, kinds, 'externref', () => value.push())
    body.call(e.host('cell-set'))
    return
  }
  if (value.local === local.index) return
  e.finishValue(type, kinds, local.type, () => value.push())
  body.localSet(local.index)
}

function pushReference(e: FunctionEmitter, value: Operand, type: ValueType, kinds: Kinds): void {
  e.finishValue(type, kinds, 'externref', () => value.push())
}

function bindVector(
  e: FunctionEmitter,
  pattern: IrPattern & { readonly kind: 'vector-pattern' },
  value: Operand,
  type: ValueType,
  kinds: Kinds,
): void {
  const { body } = e
  pushReference(e, value, type, kinds)
  e.raising(e.host('sequence'), pattern.span)
  const sequence = e.stored('externref')
  let rest: Operand | undefined
  if (pattern.rest !== undefined) {
    // Made, and charged, before anything is bound.
    sequence.push()
    body.i32(pattern.elements.length)
    e.charging(e.host('tail'), pattern.span)
    rest = e.stored('externref')
  }
  pattern.elements.forEach((element, index) => {
    if (element.kind === 'wildcard') return
    sequence.push()
    body.i32(index).call(e.host('item'))
    bindStored(e, element, k.any)
  })
  sequence.release()
  if (rest !== undefined && pattern.rest !== undefined)
    bindPattern(e, pattern.rest, rest, 'externref', k.list)
  rest?.release()
  if (pattern.as !== undefined) bindVariable(e, pattern.as, value, type, kinds)
}

/** Binds the reference on the stack. */
function bindStored(e: FunctionEmitter, pattern: IrPattern, kinds: Kinds): void {
  const part = e.stored('externref')
  bindPattern(e, pattern, part, 'externref', kinds)
  part.release()
}

function bindMap(
  e: FunctionEmitter,
  pattern: IrPattern & { readonly kind: 'map-pattern' },
  value: Operand,
  type: ValueType,
  kinds: Kinds,
): void {
  pushReference(e, value, type, kinds)
  e.raising(e.host('entries'), pattern.span)
  const map = e.stored('externref')
  let rest: Operand | undefined
  if (pattern.rest !== undefined) {
    map.push()
    e.body.globalGet(e.module.value(keysOf(pattern.entries)))
    e.charging(e.host('without'), pattern.span)
    rest = e.stored('externref')
  }
  for (const entry of pattern.entries) {
    pushEntry(e, map, entry)
    bindStored(e, entry.pattern, k.any)
  }
  map.release()
  if (rest !== undefined && pattern.rest !== undefined)
    bindVariable(e, pattern.rest, rest, 'externref', k.map)
  rest?.release()
  if (pattern.as !== undefined) bindVariable(e, pattern.as, value, type, kinds)
}

/** Pushes what the map has under a key; the default is evaluated only when the key is absent. */
function pushEntry(e: FunctionEmitter, map: Operand, { key, default: fallback }: IrMapPatternEntry): void {
  const { body } = e
  const pushKey = (): void => {
    map.push()
    body.globalGet(e.module.value(key))
  }
  pushKey()
  if (fallback === undefined) {
    body.call(e.host('entry'))
    return
  }
  body.call(e.host('has'))
  e.ifElse(
    'externref',
    () => {
      pushKey()
      body.call(e.host('entry'))
    },
    () => e.emit(fallback, 'externref'),
  )
}

/** The keys that a pattern mentions, as a constant. */
export function keysOf(
  entries: readonly { readonly key: Keyword | string | number | bigint | boolean }[],
): Value {
  return RtfsVector.from(entries.map(({ key }) => key))
}
