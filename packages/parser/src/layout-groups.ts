import type { Form } from './forms.js'

/** Forms that belong on one line, with the comments around them. */
export interface Group {
  readonly forms: Form[]
  /** Comments and discarded forms on lines of their own before it. */
  readonly before: readonly Trivia[]
  /** A comment at the end of its last line. */
  trailing: string | undefined
  /** An empty line stood before it. */
  readonly blank: boolean
}

/** A comment or discarded form on a line of its own. */
export interface Trivia {
  readonly form: Form
  readonly blank: boolean
}

export interface Groups {
  readonly groups: readonly Group[]
  /** What follows the last group. */
  readonly rest: readonly Trivia[]
}

/** Splits items into groups of the given sizes, then single forms; a comment inside a group ends it. */
export function groupItems(
  items: readonly Form[],
  sizes: readonly number[],
  source: string | undefined,
): Groups {
  const groups: Group[] = []
  let before: Trivia[] = []
  let open: Group | undefined
  let size = 0
  let next = 0
  for (const [index, item] of items.entries()) {
    const previous = items[index - 1]
    if (isTrivia(item)) {
      const last = groups[groups.length - 1]
      const endsLine =
        item.kind === 'comment' &&
        last !== undefined &&
        last.trailing === undefined &&
        before.length === 0 &&
        !isBroken(source, previous, item)
      if (endsLine) last.trailing = item.text
      else before.push({ form: item, blank: isBlank(source, previous, item) })
      // What follows belongs on a new line.
      if (open !== undefined) size -= open.forms.length
      open = undefined
      continue
    }
    if (open === undefined || open.forms.length >= size) {
      if (open !== undefined || size <= 0) size = sizes[next++] ?? 1
      open = { forms: [], before, trailing: undefined, blank: isBlank(source, previous, item) }
      groups.push(open)
      before = []
    }
    open.forms.push(item)
  }
  return { groups, rest: before }
}

export function isTrivia(form: Form): boolean {
  return form.kind === 'comment' || form.kind === 'discard'
}

/** True when the author began a new line between two forms. */
export function isBroken(source: string | undefined, before: Form | undefined, after: Form): boolean {
  if (source === undefined || before === undefined) return false
  for (let i = before.end; i < after.start; i++) {
    const code = source.charCodeAt(i)
    if (code === 10 || code === 13) return true
  }
  return false
}

function isBlank(source: string | undefined, before: Form | undefined, after: Form): boolean {
  if (source === undefined || before === undefined) return false
  const gap = source.slice(before.end, after.start)
  return /(?:\r\n|\n|\r(?!\n))[ \t,\f]*(?:\r\n|\n|\r)/.test(gap)
}
