const outer = /[\s\p{P}]/u

/**
 * The text by which two descriptions count as the same: NFC, lower case, white space collapsed, outer punctuation
 * trimmed, nothing else.
 */
export function normalizeDescription(text: string): string {
  const characters = [...text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ')]
  let start = 0
  let end = characters.length
  // Loops, not an expression: `[\s\p{P}]+$` takes quadratic time on long runs of punctuation.
  while (start < end && outer.test(characters[start]!)) start++
  while (end > start && outer.test(characters[end - 1]!)) end--
  return characters.slice(start, end).join('')
}
