import { formatValue } from '@rtfs/core'
import { type Form, type FormWithItems, symbolName } from './forms.js'

const delimiters: Readonly<Record<FormWithItems['kind'], readonly [open: string, close: string]>> = {
  list: ['(', ')'],
  vector: ['[', ']'],
  map: ['{', '}'],
  'anonymous-fn': ['#(', ')'],
  quote: ["'", ''],
  quasiquote: ['`', ''],
  unquote: ['~', ''],
  'unquote-splicing': ['~@', ''],
  metadata: ['^', ''],
  discard: ['#_', ''],
}

/** What stands before and after the items of a form. */
export function delimitersOf(form: FormWithItems): readonly [open: string, close: string] {
  // `~@id` would splice: the unquoted value of the task context needs a space.
  if (form.kind === 'unquote' && symbolName(form.items[0])?.startsWith('@')) return ['~ ', '']
  return delimiters[form.kind]
}

/** A form on one line, in the canonical spelling: single spaces, no commas, literals as they print. */
export function printForm(form: Form): string {
  switch (form.kind) {
    case 'atom':
      return formatValue(form.value)
    case 'symbol':
      return form.name
    case 'colon':
      return ':'
    case 'comment':
      // A line comment would swallow what follows it.
      return form.text.startsWith(';') ? `${form.text}\n` : form.text
    default: {
      const [open, close] = delimitersOf(form)
      return open + joinForms(form.items, printForm) + close
    }
  }
}

/** Texts of forms with a space between them; none between an annotation colon and a vector, list or map. */
function joinForms(items: readonly Form[], print: (form: Form) => string): string {
  let text = ''
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += separator(items[i - 1]!, items[i]!)
    text += print(items[i]!)
  }
  return text
}

export function separator(before: Form, after: Form): string {
  if (before.kind === 'comment' && before.text.startsWith(';')) return ''
  const glued =
    before.kind === 'colon' && (after.kind === 'vector' || after.kind === 'list' || after.kind === 'map')
  return glued ? '' : ' '
}
