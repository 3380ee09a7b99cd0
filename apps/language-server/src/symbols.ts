import type { Expr } from '@rtfs/parser'
import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver'
import type { Analysis } from './analysis.js'
import type { Positions } from './positions.js'

/** The definitions of a text, modules with theirs inside. */
export function documentSymbols(analysis: Analysis, positions: Positions): DocumentSymbol[] {
  const symbolsOf = (forms: readonly Expr[]): DocumentSymbol[] => forms.flatMap(symbolOf)
  const make = (
    form: Expr,
    name: string,
    kind: SymbolKind,
    children: DocumentSymbol[] = [],
  ): DocumentSymbol[] => {
    const nameSpan = 'nameSpan' in form ? form.nameSpan : { start: form.start, end: form.start }
    const range = positions.rangeOf(form)
    return [{ name, kind, range, selectionRange: positions.rangeOf(nameSpan), children }]
  }
  const symbolOf = (form: Expr): DocumentSymbol[] => {
    switch (form.kind) {
      case 'defn':
        return make(form, form.name, SymbolKind.Function)
      case 'def':
        return make(form, form.name, form.init.kind === 'fn' ? SymbolKind.Function : SymbolKind.Constant)
      case 'defmacro':
        return make(form, form.name, SymbolKind.Operator)
      case 'deftype':
        return make(form, form.name, SymbolKind.Interface)
      case 'defstruct':
        return make(form, form.name, SymbolKind.Struct)
      case 'deftest':
        return make(form, form.name, SymbolKind.Method)
      case 'module':
        return make(form, form.name, SymbolKind.Module, symbolsOf(form.forms))
      case 'do':
        return symbolsOf(form.body)
      default:
        return []
    }
  }
  return symbolsOf(analysis.program.forms)
}
