import type { Diagnostic } from '@rtfs/core'
import {
  type CodeAction,
  CodeActionKind,
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
} from 'vscode-languageserver'
import type { Positions } from './positions.js'

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const

/** A diagnostic as editors show it: the hint is part of the message. */
export function toLspDiagnostic(uri: string, item: Diagnostic, positions: Positions): LspDiagnostic {
  return {
    range: positions.rangeOf(item),
    severity: severities[item.severity],
    code: item.code,
    source: 'rtfs',
    message: item.hint === undefined ? item.message : `${item.message}\n${item.hint}`,
    relatedInformation: item.related.map(each => ({
      location: { uri, range: positions.rangeOf(each) },
      message: each.message,
    })),
  }
}

/** The quick fixes of the diagnostics that touch a part of the text, the safe ones first and preferred. */
export function quickFixes(
  uri: string,
  diagnostics: readonly Diagnostic[],
  positions: Positions,
  touched: { readonly start: number; readonly end: number },
): readonly CodeAction[] {
  return diagnostics
    .filter(item => item.start <= touched.end && touched.start <= item.end)
    .flatMap(item =>
      item.fixes.map(fix => ({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toLspDiagnostic(uri, item, positions)],
        isPreferred: fix.safe,
        edit: {
          changes: {
            [uri]: fix.edits.map(edit => ({ range: positions.rangeOf(edit), newText: edit.text })),
          },
        },
      })),
    )
    .sort((a, b) => Number(b.isPreferred) - Number(a.isPreferred))
}
