import {
  type AnonymousFnForm,
  type Form,
  type ListForm,
  type MapForm,
  type MetadataForm,
  symbolName,
  type VectorForm,
} from './forms.js'
import { listRule, packs, type Rule, vectorGroups } from './layout-rules.js'
import { delimitersOf, printForm, separator } from './print-form.js'

/*
 * Forms to lines. A form goes on one line if it fits and its author did not break it; otherwise the rules say where
 * it breaks. Every decision depends on the forms and the width only, so that formatting twice changes nothing.
 */

export interface LayoutOptions {
  readonly width: number
  /** The text the forms come from: literals keep their spelling, lines that were broken stay broken. */
  readonly source: string | undefined
}

/** Forms that belong on one line, with the comments around them. */
interface Group {
  readonly forms: Form[]
  /** Comments and discarded forms on lines of their own before it. */
  readonly before: Trivia[]
  trailing: string | undefined
  /** An empty line stood before it. */
  readonly blank: boolean
}

interface Trivia {
  readonly form: Form
  readonly blank: boolean
}

export class Layout {
  readonly #width: number
  readonly #source: string | undefined
  readonly #flat = new Map<Form, string | null>()

  constructor(options: LayoutOptions) {
    this.#width = options.width
    this.#source = options.source
  }

  /** Top-level forms and comments, each on its own line, at most one empty line between them. */
  program(items: readonly Form[]): string {
    const { groups, after } = this.#group(items, new Array(items.length).fill(1))
    const lines: string[] = []
    for (const [index, group] of groups.entries()) {
      for (const [at, trivia] of group.before.entries()) {
        if (trivia.blank && (index > 0 || at > 0)) lines.push('')
        lines.push(this.form(trivia.form, 0, 0))
      }
      if (group.blank && (index > 0 || group.before.length > 0)) lines.push('')
      const text = this.form(group.forms[0]!, 0, 0)
      lines.push(group.trailing === undefined ? text : `${text} ${group.trailing}`)
    }
    for (const [at, trivia] of after.entries()) {
      if (trivia.blank && (groups.length > 0 || at > 0)) lines.push('')
      lines.push(this.form(trivia.form, 0, 0))
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }

  /** The text of a form whose first character stands at `column`; `after` closers must fit behind it. */
  form(form: Form, column: number, after: number, head?: string): string {
    const flat = this.#flatText(form)
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
        const open = delimitersOf[form.kind][0]
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
  #flatText(form: Form): string | undefined {
    const known = this.#flat.get(form)
    if (known !== undefined) return known ?? undefined
    const made = this.#makeFlat(form)
    this.#flat.set(form, made ?? null)
    return made
  }

  #makeFlat(form: Form): string | undefined {
    if (form.kind === 'comment')
      return form.text.includes('\n') || form.text.includes('\r') ? undefined : form.text
    if (!('items' in form)) {
      const text = this.#leaf(form)
      return /[\n\r]/.test(text) ? undefined : text
    }
    const [open, close] = delimitersOf[form.kind]
    let text = open
    for (let i = 0; i < form.items.length; i++) {
      const item = form.items[i]!
      const part = item.kind === 'comment' ? undefined : this.#flatText(item)
      if (part === undefined || text.length > this.#width) return undefined
      if (i > 0) {
        if (this.#brokenBetween(form.items[i - 1]!, item) && close !== '') return undefined
        text += separator(form.items[i - 1]!, item)
      }
      text += part
    }
    return text + close
  }

  #brokenBetween(before: Form, after: Form): boolean {
    if (this.#source === undefined) return false
    const gap = this.#source.slice(before.end, after.start)
    return gap.includes('\n') || gap.includes('\r')
  }

  #metadata(form: MetadataForm, column: number, after: number): string {
    const target = form.items[form.items.length - 1]!
    let text = '^'
    for (const [index, item] of form.items.slice(0, -1).entries()) {
      if (index > 0) text += ' '
      text += this.form(item, endColumn(column, text), 0)
    }
    // A definition goes below its metadata, a name or parameter vector beside it where there is room.
    const beside = endColumn(column, text) + 1
    const flat = this.#flatText(target)
    const below =
      target.kind === 'list' ||
      (beside > column + 20 && beside + (flat?.length ?? Infinity) + after > this.#width)
    return below
      ? `${text}${lineBreak(column, false)}${this.form(target, column, after)}`
      : `${text} ${this.form(target, beside, after)}`
  }

  #collection(
    form: ListForm | VectorForm | MapForm | AnonymousFnForm,
    column: number,
    after: number,
    head: string | undefined,
  ): string {
    const [open, close] = delimitersOf[form.kind]
    const plain = form.items.filter(item => !isTrivia(item))
    const isList = form.kind === 'list' || form.kind === 'anonymous-fn'
    const rule: Rule = isList
      ? listRule(plain)
      : {
          header: 0,
          indent: open.length,
          groups:
            form.kind === 'map' ? new Array(Math.floor(plain.length / 2)).fill(2) : vectorGroups(plain, head),
          drop: false,
        }
    if (
      form.kind === 'vector' &&
      plain.length === form.items.length &&
      rule.groups.length === 0 &&
      packs(plain)
    ) {
      return this.#packed(plain, column, after)
    }
    const sizes = [rule.header, ...rule.groups].filter(size => size > 0)
    const { groups, after: rest } = this.#group(form.items, sizes)
    let text = open
    let indent = column + open.length
    const listHead = isList ? symbolName(plain[0]) : undefined
    const lastGroup = groups[groups.length - 1]
    for (const [index, group] of groups.entries()) {
      const isHeader = index === 0 && rule.header > 0
      for (const trivia of group.before) text = this.#trivia(text, trivia, indent, open)
      if (index > 0 || group.before.length > 0) text += lineBreak(indent, group.blank && index > 0)
      const closers = group === lastGroup && rest.length === 0 ? after + close.length : 0
      const at = endColumn(column, text)
      text += isHeader
        ? this.#header(group.forms, at, closers, listHead)
        : this.#groupText(group.forms, at, closers, rule.drop, listHead)
      if (isHeader) indent = column + this.#indentOf(rule, open, group.forms)
      if (group.trailing !== undefined) text += ` ${group.trailing}`
    }
    for (const trivia of rest) text = this.#trivia(text, trivia, indent, open)
    const commented = rest.length > 0 || lastGroup?.trailing !== undefined
    return commented ? text + lineBreak(indent, false) + close : text + close
  }

  #indentOf(rule: Rule, open: string, header: readonly Form[]): number {
    if (rule.indent !== 'align') return rule.indent
    const first = this.#flatText(header[0]!)
    // Long heads would push everything to the right edge.
    const aligned = first === undefined ? Infinity : open.length + first.length + 1
    return header.length > 1 && aligned <= this.#width / 4 ? aligned : 2
  }

  #header(forms: readonly Form[], column: number, after: number, head: string | undefined): string {
    return this.#inLine(forms, column, after, head)
  }

  #inLine(forms: readonly Form[], column: number, after: number, head: string | undefined): string {
    let text = ''
    for (let i = 0; i < forms.length; i++) {
      if (i > 0) text += separator(forms[i - 1]!, forms[i]!)
      text += this.form(forms[i]!, endColumn(column, text), i === forms.length - 1 ? after : 0, head)
    }
    return text
  }

  #groupText(
    forms: readonly Form[],
    column: number,
    after: number,
    drop: boolean,
    head: string | undefined,
  ): string {
    const line = this.#inLine(forms, column, after, head)
    if (forms.length < 2) return line
    const fits = !line.includes('\n') && column + line.length + after <= this.#width
    if (fits) return line
    const last = forms[forms.length - 1]!
    const lead = this.#inLine(forms.slice(0, -1), column, 0, head)
    const beside = endColumn(column, lead) + 1 <= this.#width / 2 && !lead.includes('\n')
    if (!drop && beside) return line
    return `${lead}${lineBreak(column + 2, false)}${this.form(last, column + 2, after)}`
  }

  #packed(items: readonly Form[], column: number, after: number): string {
    let text = '['
    for (const [index, item] of items.entries()) {
      const part = this.form(item, 0, 0)
      const closers = index === items.length - 1 ? after + 1 : 0
      if (index > 0) {
        text +=
          endColumn(column, text) + 1 + part.length + closers > this.#width
            ? lineBreak(column + 1, false)
            : ' '
      }
      text += part
    }
    return `${text}]`
  }

  #trivia(text: string, trivia: Trivia, indent: number, open: string): string {
    const first = text === open
    const lead = first ? ' ' : lineBreak(indent, trivia.blank)
    return text + lead + this.form(trivia.form, first ? indent : indent, 0)
  }

  /** Splits items into groups of the given sizes (then single forms); a comment inside a group ends it. */
  #group(items: readonly Form[], sizes: readonly number[]): { groups: Group[]; after: Trivia[] } {
    const groups: Group[] = []
    let before: Trivia[] = []
    let open: Group | undefined
    let size = 0
    let next = 0
    for (const [index, item] of items.entries()) {
      const previous = items[index - 1]
      if (isTrivia(item)) {
        const onSameLine = previous !== undefined && !this.#brokenBetween(previous, item)
        const last = groups[groups.length - 1]
        if (
          item.kind === 'comment' &&
          onSameLine &&
          last !== undefined &&
          last.trailing === undefined &&
          before.length === 0
        ) {
          last.trailing = item.text
        } else before.push({ form: item, blank: this.#blankBetween(previous, item) })
        // What follows belongs on a new line.
        if (open !== undefined) {
          size -= open.forms.length
          open = undefined
        }
        continue
      }
      if (open === undefined || open.forms.length >= size) {
        if (open !== undefined || size <= 0) size = sizes[next++] ?? 1
        open = { forms: [], before, trailing: undefined, blank: this.#blankBetween(previous, item) }
        groups.push(open)
        before = []
      }
      open.forms.push(item)
    }
    return { groups, after: before }
  }

  #blankBetween(before: Form | undefined, after: Form): boolean {
    if (this.#source === undefined || before === undefined) return false
    return /(?:\r\n|\n|\r(?!\n))[ \t,\f]*(?:\r\n|\n|\r)/.test(this.#source.slice(before.end, after.start))
  }
}

function isTrivia(form: Form): boolean {
  return form.kind === 'comment' || form.kind === 'discard'
}

function lineBreak(indent: number, blank: boolean): string {
  return `${blank ? '\n' : ''}\n${' '.repeat(indent)}`
}

/** The column after `text` that was begun at `column`. */
function endColumn(column: number, text: string): number {
  const line = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
  return line < 0 ? column + text.length : text.length - line - 1
}
