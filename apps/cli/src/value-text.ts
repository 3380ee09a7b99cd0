import { formatValue, type Value } from '@rtfs/core'

/** Code units of the text of one value: as many as a string of the language may have. */
const maxLength = 1e7

/**
 * The readable text of a value. A small value that holds the same parts again and again can have a text without end:
 * one that is too long is BudgetExhausted, as for a string that the program makes.
 */
export function valueText(value: Value): string {
  return formatValue(value, { maxLength })
}
