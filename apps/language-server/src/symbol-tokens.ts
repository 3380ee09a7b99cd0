import type { Form, SymbolForm } from '@rtfs/parser'

/** The symbols of a text in the order of the text; no part of it is understood yet. */
export function symbolTokens(forms: readonly Form[]): readonly SymbolForm[] {
  const found: SymbolForm[] = []
  const pending = [...forms].reverse()
  while (pending.length > 0) {
    const form = pending.pop()!
    if (form.kind === 'symbol') found.push(form)
    else if ('items' in form) for (let i = form.items.length - 1; i >= 0; i--) pending.push(form.items[i]!)
  }
  return found
}

/** The first symbol of that name in a part of the text. Some nodes of the tree know a name, but not where it stands. */
export function findSymbol(
  tokens: readonly SymbolForm[],
  name: string,
  start: number,
  end: number,
): SymbolForm | undefined {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (tokens[middle]!.start < start) low = middle + 1
    else high = middle
  }
  for (let i = low; i < tokens.length && tokens[i]!.start < end; i++) {
    const token = tokens[i]!
    if (token.name === name || token.name === `${name}#`) return token
  }
  return undefined
}
