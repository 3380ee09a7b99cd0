import { isSymbolName, type Span } from '@rtfs/core'
import type { Form } from '@rtfs/parser'
import { findBuiltin } from '@rtfs/stdlib'
import type { Analysis } from './analysis.js'
import { type Binding, bindingAt, holds } from './binding.js'

/** A change to one file. */
export interface FileEdit extends Span {
  readonly uri: string
  readonly text: string
}

/** Other files of the workspace, analysed. */
export type OtherFiles = () => Iterable<Analysis>

/** Why a name cannot be renamed, as a sentence for a person. */
export class RenameRefused extends Error {}

/** The name at an offset that can be renamed, by its place. */
export function renameable(analysis: Analysis, offset: number): Span | undefined {
  const binding = bindingAt(analysis.names, offset)
  return binding && [binding.span, ...binding.references].find(span => holds(span, offset))
}

/** The edits that give the name at an offset another name, in all files that use it. */
export function renameAt(
  analysis: Analysis,
  offset: number,
  newName: string,
  others: OtherFiles,
): readonly FileEdit[] {
  const binding = bindingAt(analysis.names, offset)
  if (binding === undefined) throw new RenameRefused('there is no name here that this program binds')
  if (!isSymbolName(newName) || newName.includes('/')) {
    throw new RenameRefused(`'${newName}' is not a name that can be bound`)
  }
  const spans = [binding.span, ...binding.references]
  const destructured = spans.find(span => isShorthandKey(analysis.forms, span))
  if (destructured !== undefined) {
    throw new RenameRefused(
      `'${binding.name}' also names a key here: write {:keys […]} as {${newName} :${binding.name}} first`,
    )
  }
  const clash = capturing(analysis, binding, newName)
  if (clash !== undefined) throw new RenameRefused(clash)
  return [
    ...spans.map(span => ({ uri: analysis.uri, ...span, text: newName })),
    ...inOtherFiles(binding, newName, analysis, others),
  ]
}

/** Uses through imports: `alias/name`, and names of `:only`. */
function* inOtherFiles(
  { name, module, form }: Binding,
  newName: string,
  { uri }: Analysis,
  others: OtherFiles,
): Iterable<FileEdit> {
  if (form === undefined || module === undefined) return
  for (const other of others()) {
    if (other.uri === uri) continue
    for (const { module: from, name: used, qualifier, span } of other.names.qualified) {
      if (from === module && used === name) {
        yield { uri: other.uri, start: span.start + qualifier.length + 1, end: span.end, text: newName }
      }
    }
    for (const each of other.names.bindings) {
      const imported = each.kind === 'import' && each.form?.kind === 'import' && each.form.module === module
      if (imported && each.name === name) {
        for (const span of [each.span, ...each.references]) yield { uri: other.uri, ...span, text: newName }
      }
    }
  }
}

/** Says when the new name would mean something else at one of the places, or hide what is used there. */
function capturing({ names }: Analysis, binding: Binding, newName: string): string | undefined {
  const overlaps = (a: Span, b: Span) => a.start <= b.end && b.start <= a.end
  const other = names.bindings.find(each => each.name === newName && overlaps(each.scope, binding.scope))
  if (other !== undefined) return `'${newName}' is bound already where '${binding.name}' is used`
  const used = names.free.find(each => each.name === newName && overlaps(each.span, binding.scope))
  if (used === undefined) return undefined
  const what = findBuiltin(newName) === undefined ? 'a name' : 'a library function'
  return `'${newName}' is ${what} that is used where '${binding.name}' is visible`
}

/** True for `a` in `{:keys [a]}`. */
function isShorthandKey(forms: readonly Form[], span: Span): boolean {
  const pending: (readonly Form[])[] = [forms]
  while (pending.length > 0) {
    const items = pending.pop()!
    for (const [i, form] of items.entries()) {
      if (form.start > span.start || form.end < span.end || !('items' in form)) continue
      const before = items[i - 1]
      const key = before?.kind === 'atom' ? String(before.value) : ''
      const isKeys = form.kind === 'vector' && (key === ':keys' || key === ':strs')
      if (isKeys && form.items.some(each => each.start === span.start)) return true
      pending.push(form.items)
    }
  }
  return false
}
