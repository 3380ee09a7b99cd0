import { budgetExhausted, formatValue, type Meter, type Value } from '@rtfs/core'

/** The display text of a value (LANGUAGE §14.4): a string raw, anything else readable. */
export function displayText(value: Value, meter: Meter, maxLength = meter.limits.collectionSize): string {
  return typeof value === 'string' ? value : readableText(value, meter, maxLength)
}

/** The readable text of a value. Its elements are charged, its length is held to `maxLength` while it is made. */
export function readableText(value: Value, meter: Meter, maxLength = meter.limits.collectionSize): string {
  if (typeof value === 'number') return String(value)
  return formatValue(value, { meter, maxLength })
}

/**
 * The texts of `values` with `separator` between them, each made by `textOf`. The length is held to the limit of one
 * string while it grows: values that share parts could print to far more than they hold.
 */
export function joinValues(
  values: Iterable<Value>,
  separator: string,
  meter: Meter,
  textOf: typeof displayText = displayText,
): string {
  const limit = meter.limits.collectionSize
  const texts: string[] = []
  let length = 0
  for (const value of values) {
    if (texts.length > 0) length += separator.length
    const text = textOf(value, meter, limit)
    length += text.length
    if (length > limit) throw budgetExhausted('collection', limit)
    texts.push(text)
  }
  meter.string(length)
  return texts.join(separator)
}
