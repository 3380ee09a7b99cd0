import { Keyword, RtfsSequence, typeError, typeName, type Value } from '@rtfs/core'
import type { StepOptions } from './services.js'

/** The options of a step that reports no context of its own. */
export const noStepOptions: StepOptions = { exposeContext: undefined, contextKeys: undefined }

/** The values of `:expose-context` and `:context-keys` (LANGUAGE §5.13). */
export function stepOptions(expose: Value | undefined, keys: Value | undefined): StepOptions {
  if (expose !== undefined && typeof expose !== 'boolean') {
    throw typeError('step', 'boolean', typeName(expose))
  }
  return {
    exposeContext: expose,
    contextKeys: keys === undefined || keys === null ? undefined : keysOf(keys),
  }
}

function keysOf(value: Value): readonly string[] {
  if (!(value instanceof RtfsSequence)) throw typeError('step', 'vector', typeName(value))
  return value.toArray().map(key => {
    if (typeof key === 'string') return key
    if (key instanceof Keyword) return key.name
    throw typeError('step', 'string or keyword', typeName(key))
  })
}
