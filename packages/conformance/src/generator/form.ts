/**
 * Program text as a tree: an atom is its text, a group has an opening text that ends in a bracket (`(`, `[`, `{`,
 * `#(`, `'(`, `` `( ``, `~@[` …) and its parts.
 */
export type Form = string | Group

export interface Group {
  readonly open: string
  readonly items: readonly Form[]
}

export function list(...items: Form[]): Group {
  return { open: '(', items }
}

export function vector(items: readonly Form[]): Group {
  return { open: '[', items }
}

export function map(items: readonly Form[]): Group {
  return { open: '{', items }
}

/** What stands between two parts of a group. */
export type Separator = () => string

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** The closing bracket of a group. */
export function closeOf(group: Group): string {
  return closing[group.open[group.open.length - 1]!]!
}

/** The text of a form; parts are separated by one space unless told otherwise. */
export function printForm(form: Form, separator: Separator = () => ' '): string {
  if (typeof form === 'string') return form
  let text = form.open
  form.items.forEach((item, i) => {
    if (i > 0) text += separator()
    text += printForm(item, separator)
  })
  return text + closeOf(form)
}

/** The text of a program: a form a line. */
export function printProgram(forms: readonly Form[], separator?: Separator): string {
  return forms.map(form => printForm(form, separator)).join('\n')
}

/** Number of atoms and groups. */
export function sizeOf(form: Form): number {
  return typeof form === 'string' ? 1 : form.items.reduce((sum, item) => sum + sizeOf(item), 1)
}
