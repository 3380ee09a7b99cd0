import { Keyword, typeError, typeName, type Value } from '@rtfs/core'

/** The id that `(call :ccos.echo …)` or `(call "ccos.echo" …)` names: text without a colon (LANGUAGE §15.3). */
export function capabilityId(value: Value): string {
  if (value instanceof Keyword) return value.name
  if (typeof value === 'string') return value
  throw typeError('call', 'keyword or string', typeName(value))
}
