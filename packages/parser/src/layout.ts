import type { AnonymousFnForm, Form, ListForm, MapForm, MetadataForm, VectorForm } from './forms.js'
import { symbolName } from './forms.js'
import { type Group, groupItems, isBroken, isTrivia, type Trivia } from './layout-groups.js'
import { collectionRule, packs, type Rule } from './layout-rules.js'
import { delimitersOf, printForm, separator } from './print-form.js'

/*
 * Forms to lines. A form goes on one line if it fits and its author did not break it; otherwise the rules say where
 * it breaks. Every decision depends on the forms and the width only, so that formatting twice changes nothing, and
 * every form is laid out once.
 */

export interface LayoutOptions {
  readonly width: number
  /** The text the forms come from: literals keep their spelling, lines that were broken stay broken. */
  readonly source: string | undefined
}

type Collection = ListForm | VectorForm | MapForm | AnonymousFnForm

export class Layout {
  readonly #width: number
  readonly #source: string | undefined
  /** One-line texts; `null` for forms that have none. None is much longer than a line. */
  readonly #flat = new Map<Form, string | null>()

  constructor(options: LayoutOptions) {
    this.#width = options.width
    this.#source = options.source
  }

  /** Top-level forms and comments, each on its own line, at most one empty line between them. */
  program(items: readonly Form[]): string {
    const { groups, rest } = groupItems(items, [], this.#source)
    const lines: string[] = []
    const add = (form: Form, blank: boolean, trailing?: string) => {
      if (blank && lines.length > 0) lines.push('')
      const text = this.form(form, 0, 0)
      lines.push(trailing === undefined ? text : `${text} ${trailing}`)
    }
    for (const group of groups) {
      for (const { form, blank } of group.before) add(form, blank)
      add(group.forms[0]!, group.blank, group.trailing)
    }
    for (const { form, blank } of rest) add(form, blank)
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }

  /**
   * The text of a form whose first character stands at `column`; `after` closers must fit behind it. `head` is the
   * name of the list that a vector stands in.
   */
  form(form: Form, column: number, after: number, head?: string): string {
    const flat = this.#flatText(form, head)
    if (flat !== undefined && column + flat.length + after <= this.#width) return flat
    switch (form.kind) {
      case 'atom':
      case 'symbol':
      case 'colon':
      case 'comment':
        return this.#leaf(form)
      case 'list':
      case 'vector':
      case 'map':
      case 'anonymous-fn':
        return form.items.length === 0 ? this.#leaf(form) : this.#collection(form, column, after, head)
      case 'metadata':
        return this.#metadata(form, column, after)
      default: {
        const open = delimitersOf(form)[0]
        return open + this.form(form.items[0]!, column + open.length, after)
      }
    }
  }

  #leaf(form: Form): string {
    if (form.kind === 'comment') return form.text
    if (form.kind !== 'atom' || this.#source === undefined) return printForm(form)
    return this.#source.slice(form.start, form.end)
  }

  /** The form on one line, or undefined when it cannot or shall not stand on one. */
  #flatText(form: Form, head?: string): string | undefined {
    const known = this.#flat.get(form)
    if (known !== undefined) return known ?? undefined
    const made = this.#makeFlat(form, head)
    this.#flat.set(form, made ?? null)
    return made
  }

  #makeFlat(form: Form, head: string | undefined): string | undefined {
    if (!('items' in form)) {
      const text = this.#leaf(form)
      return /[\n\r]/.test(text) ? undefined : text
    }
    const [open, close] = delimitersOf(form)
    const ownHead = form.kind === 'list' ? symbolName(form.items[0]) : undefined
    let text = open
    let broken = false
    let previous: Form | undefined
    for (const [index, item] of form.items.entries()) {
      const part =
        item.kind === 'comment' ? undefined : this.#flatText(item, index === 1 ? ownHead : undefined)
      if (part === undefined || text.length > this.#width) return undefined
      if (previous !== undefined) {
        broken ||= close !== '' && isBroken(this.#source, previous, item)
        text += separator(previous, item)
      }
      text += part
      previous = item
    }
    return broken && this.#hasBreaks(form as Collection, head) ? undefined : text + close
  }

  /** True when the layout of a collection begins new lines; then it keeps the lines that its author began. */
  #hasBreaks(form: Collection, head: string | undefined): boolean {
    const plain = form.items.filter(item => !isTrivia(item))
    if (plain.length !== form.items.length) return true
    const { header, groups } = this.#rule(form, plain, head)
    if (form.kind === 'vector' && groups.length === 0 && packs(plain)) return false
    return plain.length > (header > 0 ? header : (groups[0] ?? 1))
  }

  #metadata(form: MetadataForm, column: number, after: number): string {
    const target = form.items[form.items.length - 1]!
    const lead = `^${this.#inLine(form.items.slice(0, -1), column + 1, 0, undefined)}`
    // A definition goes below its metadata, a name or parameter vector beside it where there is room.
    const beside = endColumn(column, lead) + 1
    const room = beside <= column + 20 || this.#fits(target, beside, after)
    return target.kind !== 'list' && room
      ? `${lead} ${this.form(target, beside, after)}`
      : `${lead}${lineBreak(column, false)}${this.form(target, column, after)}`
  }

  #fits(form: Form, column: number, after: number): boolean {
    const flat = this.#flatText(form)
    return flat !== undefined && column + flat.length + after <= this.#width
  }

  #collection(form: Collection, column: number, after: number, head: string | undefined): string {
    const [open, close] = delimitersOf(form)
    const plain = form.items.filter(item => !isTrivia(item))
    const rule = this.#rule(form, plain, head)
    if (
      form.kind === 'vector' &&
      plain.length === form.items.length &&
      rule.groups.length === 0 &&
      packs(plain)
    ) {
      return this.#packed(plain, column, after)
    }
    const sizes = rule.header > 0 ? [rule.header, ...rule.groups] : rule.groups
    const { groups, rest } = groupItems(form.items, sizes, this.#source)
    const listHead = rule.header > 0 ? symbolName(plain[0]) : undefined
    const last = groups[groups.length - 1]
    const lines: string[] = []
    let indent = column + open.length
    for (const [index, group] of groups.entries()) {
      for (const trivia of group.before) this.#addTrivia(lines, trivia, indent)
      const closers = group === last && rest.length === 0 ? after + close.length : 0
      const isHeader = index === 0 && rule.header > 0
      const text = isHeader
        ? this.#inLine(group.forms, indent, closers, listHead)
        : this.#groupText(group, indent, closers, rule.drop)
      addLine(lines, group.trailing === undefined ? text : `${text} ${group.trailing}`, indent, group.blank)
      if (isHeader) indent = column + rule.indent
    }
    for (const trivia of rest) this.#addTrivia(lines, trivia, indent)
    // A closer directly behind a comment would belong to the comment.
    if (rest.length > 0 || last?.trailing !== undefined) addLine(lines, '', indent, false)
    return `${open}${lines.join('')}${close}`
  }

  /** The rule with its indentation in columns. */
  #rule(
    form: Collection,
    items: readonly Form[],
    head: string | undefined,
  ): Rule & { readonly indent: number } {
    const rule = collectionRule(form.kind, items, head)
    if (rule.indent !== 'align') return { ...rule, indent: rule.indent }
    // Arguments stand under the first one; under a long head they would be pushed to the right edge.
    const first = items[0] === undefined ? undefined : this.#flatText(items[0])
    const aligned = delimitersOf(form)[0].length + (first?.length ?? this.#width) + 1
    return aligned <= this.#width / 4 ? { ...rule, indent: aligned } : { ...rule, header: 1, indent: 2 }
  }

  /** Forms one after the other, each continuing on the line where the one before ends. */
  #inLine(forms: readonly Form[], column: number, after: number, head: string | undefined): string {
    let text = ''
    let at = column
    for (const [index, form] of forms.entries()) {
      const gap = index === 0 ? '' : separator(forms[index - 1]!, form)
      const part = this.form(form, at + gap.length, index === forms.length - 1 ? after : 0, head)
      text += gap + part
      at = endColumn(at + gap.length, part)
    }
    return text
  }

  /** A group: its last form beside the others, or below them where there is no room. */
  #groupText({ forms }: Group, column: number, after: number, drop: boolean): string {
    if (forms.length < 2) return this.#inLine(forms, column, after, undefined)
    const last = forms[forms.length - 1]!
    const lead = this.#inLine(forms.slice(0, -1), column, 0, undefined)
    const gap = separator(forms[forms.length - 2]!, last)
    const beside = endColumn(column, lead) + gap.length
    const hangs = !drop && !lead.includes('\n') && beside <= this.#width / 2
    if (hangs || this.#fits(last, beside, after)) return lead + gap + this.form(last, beside, after)
    return `${lead}${lineBreak(column + 2, false)}${this.form(last, column + 2, after)}`
  }

  /** Literals, as many to a line as fit. */
  #packed(items: readonly Form[], column: number, after: number): string {
    let text = '['
    let at = column + 1
    for (const [index, item] of items.entries()) {
      const part = this.#leaf(item)
      const closers = index === items.length - 1 ? after + 1 : 0
      if (index > 0) {
        const breaks = at + 1 + part.length + closers > this.#width
        text += breaks ? lineBreak(column + 1, false) : ' '
        at = breaks ? column + 1 : at + 1
      }
      text += part
      at += part.length
    }
    return `${text}]`
  }

  #addTrivia(lines: string[], { form, blank }: Trivia, indent: number): void {
    // `(` directly before a comment would read as well, but look like a part of it.
    const text = this.form(form, indent, 0)
    addLine(lines, lines.length === 0 && form.kind === 'comment' ? ` ${text}` : text, indent, blank)
  }
}

/** Adds a line to the lines of a collection; the first one stands directly behind the opener. */
function addLine(lines: string[], text: string, indent: number, blank: boolean): void {
  lines.push(lines.length === 0 ? text : lineBreak(indent, blank) + text)
}

function lineBreak(indent: number, blank: boolean): string {
  return `${blank ? '\n' : ''}\n${' '.repeat(indent)}`
}

/** The column after `text` that was begun at `column`. */
function endColumn(column: number, text: string): number {
  const line = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
  return line < 0 ? column + text.length : text.length - line - 1
}
