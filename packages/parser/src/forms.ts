import { Keyword, type Span, type Value } from '@rtfs/core'
import type { SymbolRef } from './ast.js'
import { splitSymbol } from './symbols.js'

/*
 * What the reader gives: the shape of the text with a span for every part, before anything is understood
 * (LANGUAGE §2). Collections and reader macros share one shape, so that walking forms stays fast.
 */

/** A literal: nil, boolean, number, string, keyword, timestamp, UUID, resource handle. */
export interface AtomForm extends Span {
  readonly kind: 'atom'
  readonly value: Value
}

/**
 * A symbol; `@name` and `@:name` are symbols whose name starts with `@`. It has the fields of a reference, so that the
 * analyser can put the form itself into the tree.
 */
export type SymbolForm = SymbolRef

/** The annotation mark: a colon that stands alone or directly before an opening delimiter (LANGUAGE §1.6). */
export interface ColonForm extends Span {
  readonly kind: 'colon'
}

export interface ListForm extends Span {
  readonly kind: 'list'
  readonly items: readonly Form[]
}

export interface VectorForm extends Span {
  readonly kind: 'vector'
  readonly items: readonly Form[]
}

/** Keys and values alternate in `items`. */
export interface MapForm extends Span {
  readonly kind: 'map'
  readonly items: readonly Form[]
}

/** A form with a prefix of one form: `'x`, `` `x ``, `~x`, `~@x`. */
export interface PrefixForm extends Span {
  readonly kind: 'quote' | 'quasiquote' | 'unquote' | 'unquote-splicing'
  readonly items: readonly Form[]
}

/** `#(…)`; the items are those of the list. */
export interface AnonymousFnForm extends Span {
  readonly kind: 'anonymous-fn'
  readonly items: readonly Form[]
}

/** `^{…} form`, `^:flag form`, `^:delegation target id? form`: last the form that the metadata belongs to. */
export interface MetadataForm extends Span {
  readonly kind: 'metadata'
  readonly items: readonly Form[]
}

export type ReaderMacroForm = PrefixForm | AnonymousFnForm | MetadataForm

/** `; …` or `#| … |#`; only when the reader is asked to keep comments. */
export interface CommentForm extends Span {
  readonly kind: 'comment'
  readonly text: string
}

/** `#_ form`; only when the reader is asked to keep comments. */
export interface DiscardForm extends Span {
  readonly kind: 'discard'
  readonly items: readonly Form[]
}

export type Form =
  | AtomForm
  | SymbolForm
  | ColonForm
  | ListForm
  | VectorForm
  | MapForm
  | PrefixForm
  | AnonymousFnForm
  | MetadataForm
  | CommentForm
  | DiscardForm

export type FormKind = Form['kind']

/** Forms that hold other forms. */
export type FormWithItems = Extract<Form, { readonly items: readonly Form[] }>

/** Makes a literal form. */
export function atomForm(value: Value, span: Span): AtomForm {
  return { kind: 'atom', start: span.start, end: span.end, value }
}

/** Makes a symbol form. */
export function symbolForm(name: string, span: Span): SymbolForm {
  const { namespace, version } = splitSymbol(name)
  return { kind: 'symbol', start: span.start, end: span.end, name, namespace, version }
}

/** Makes a collection or reader macro. */
export function formWithItems<K extends FormWithItems['kind']>(
  kind: K,
  items: readonly Form[],
  span: Span,
): Extract<FormWithItems, { readonly kind: K }> {
  return { kind, start: span.start, end: span.end, items } as unknown as Extract<
    FormWithItems,
    { readonly kind: K }
  >
}

/** The name of a symbol form, `undefined` for every other form. */
export function symbolName(form: Form | undefined): string | undefined {
  return form !== undefined && form.kind === 'symbol' ? form.name : undefined
}

/** The keyword of a literal form, `undefined` for every other form. */
export function keywordOf(form: Form | undefined): Keyword | undefined {
  return form !== undefined && form.kind === 'atom' && form.value instanceof Keyword ? form.value : undefined
}

/** The text of a string literal form. */
export function stringOf(form: Form | undefined): string | undefined {
  return form !== undefined && form.kind === 'atom' && typeof form.value === 'string' ? form.value : undefined
}
