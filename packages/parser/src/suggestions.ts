import type { Analyser } from './analyser.js'
import type { SymbolForm } from './forms.js'

/** Names that other languages give to forms of this one; nothing in the library has these names. */
const meant: ReadonlyMap<string, string> = new Map([
  ['defun', 'defn'],
  ['define', 'def or defn'],
  ['defvar', 'def'],
  ['lambda', 'fn'],
  ['function', 'fn'],
  ['func', 'fn'],
  ['let*', 'let'],
  ['setq', 'let'],
  ['progn', 'do'],
  ['begin', 'do'],
  ['elif', 'cond'],
  ['else', 'the last form of if, or :else in cond'],
  ['if-not', 'when-not, or if with not'],
  ['switch', 'case or match'],
  ['while', 'loop and recur'],
  ['doseq', 'for'],
  ['foreach', 'for'],
  ['ns', 'module'],
  ['require', 'import'],
  ['use', 'import'],
  ['raise', 'throw'],
  ['return', 'nothing: the last form of a function is its value'],
])

/** True for names that are forms elsewhere but not here. */
export function isForeignForm(name: string): boolean {
  return meant.has(name)
}

/** Warns about a call of a name that only another language has, unless the program defines it. */
export function warnAboutTypo(a: Analyser, head: SymbolForm): void {
  const suggestion = meant.get(head.name)
  if (suggestion === undefined || a.isKnownGlobal(head.name) || a.scope.isBound(head.name)) return
  a.diagnostics.warn(
    'UndefinedSymbol',
    `${head.name} is not a form of this language`,
    head,
    `Did you mean ${suggestion}?`,
  )
}
