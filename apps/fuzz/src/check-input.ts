import { formatDiagnostic, SourceText } from '@rtfs/core'
import { formatSource, hasErrors, parse, printProgram, readForms } from '@rtfs/parser'

/**
 * What has to hold for every text, whatever it is: nothing throws, places lie in the text, messages can be printed,
 * formatting twice is formatting once and keeps a valid program valid, safe fixes can be applied. Returns what does
 * not hold.
 */
export function checkInput(text: string): string | undefined {
  const result = parse(text)
  for (const { start, end, fixes } of result.diagnostics) {
    if (!(start >= 0 && start <= end && end <= text.length)) return `a diagnostic at ${start} to ${end}`
    for (const edit of fixes.flatMap(fix => fix.edits)) {
      if (!(edit.start >= 0 && edit.start <= edit.end && edit.end <= text.length)) {
        return `a fix at ${edit.start} to ${edit.end}`
      }
    }
  }
  const first = result.diagnostics[0]
  if (first !== undefined) formatDiagnostic(first, new SourceText(text))
  readForms(text, { comments: true })
  const mended = parse(text, { repair: true })
  const formatted = formatSource(text)
  if (formatSource(formatted) !== formatted) return 'formatting again changes the text'
  if (hasErrors(result)) {
    parse(withSafeFixes(text))
  } else {
    if (hasErrors(mended)) return 'repair breaks a valid program'
    if (hasErrors(parse(formatted))) return 'formatting breaks a valid program'
    printProgram(result.program)
  }
  return undefined
}

function withSafeFixes(text: string): string {
  const edits = parse(text)
    .diagnostics.flatMap(item => item.fixes.filter(fix => fix.safe).flatMap(fix => fix.edits))
    .sort((a, b) => b.start - a.start)
  let changed = text
  let before = Number.POSITIVE_INFINITY
  for (const { start, end, text: inserted } of edits) {
    if (end > before) continue
    changed = changed.slice(0, start) + inserted + changed.slice(end)
    before = start
  }
  return changed
}
