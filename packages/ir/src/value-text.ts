import {
  formatFloat,
  isKeywordName,
  Keyword,
  ResourceHandle,
  RtfsError,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  typeName,
  Uuid,
  type Value,
} from '@rtfs/core'

/** A string in IR text: JSON's escapes, which keep lone surrogates apart. */
export function quote(text: string): string {
  return JSON.stringify(text)
}

/** A value in IR text: literals as in programs, the rest as `#kind "text"` or `#kind[…]`. */
export function formatData(value: Value): string {
  if (value === null) return 'nil'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return String(value)
  if (value instanceof RtfsFloat) return formatFloat(value.value)
  if (value instanceof Keyword)
    return isKeywordName(value.name) ? `:${value.name}` : `#keyword ${quote(value.name)}`
  if (value instanceof RtfsSymbol) return `#symbol ${quote(value.name)}`
  if (value instanceof Timestamp) return `#timestamp ${quote(value.text)}`
  if (value instanceof Uuid) return `#uuid ${quote(value.text)}`
  if (value instanceof ResourceHandle) return `#handle ${quote(value.text)}`
  if (value instanceof RtfsVector) return `[${value.toArray().map(formatData).join(' ')}]`
  if (value instanceof RtfsList) return `#list[${value.toArray().map(formatData).join(' ')}]`
  if (value instanceof RtfsMap) {
    return `#map[${[...value].map(([key, each]) => `${formatData(key)} ${formatData(each)}`).join(' ')}]`
  }
  throw new RtfsError('RTFS_USAGE', `a ${typeName(value)} cannot stand in code as data`)
}
