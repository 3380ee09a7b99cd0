/** Text that is laid out when its width is known: a group stands on one line if it fits. */
export type Doc = string | Group

interface Group {
  readonly open: string
  readonly parts: readonly Doc[]
  readonly close: string
  /** Length on one line. */
  readonly width: number
}

/** Lines are no longer than this where it can be helped. */
const lineWidth = 100
/** Deeper nesting is not indented any further, or the text would grow with the square of the depth. */
const maxIndent = 60

/** Parts between brackets; a bare bracket stands directly before its first part. */
export function group(open: string, parts: readonly Doc[], close: string): Doc {
  let width = open.length + close.length
  for (const part of parts) width += widthOf(part) + 1
  return { open, parts, close, width }
}

/** A document with text directly before it. */
export function prefixed(prefix: string, doc: Doc): Doc {
  if (typeof doc === 'string') return prefix + doc
  return { ...doc, open: prefix + doc.open, width: doc.width + prefix.length }
}

function widthOf(doc: Doc): number {
  return typeof doc === 'string' ? doc.length : doc.width
}

/** Lays a document out from column `indent` on. Keeps its own stack. */
export function render(doc: Doc, indent: number): string {
  const pieces: string[] = []
  const pending: { readonly doc: Doc; readonly indent: number; readonly flat: boolean }[] = [
    { doc, indent, flat: false },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.doc === 'string') {
      pieces.push(next.doc)
      continue
    }
    const { open, parts, close, width } = next.doc
    const flat = next.flat || next.indent + width <= lineWidth
    const inner = Math.min(next.indent + 2, maxIndent)
    pieces.push(open)
    pending.push({ doc: close, indent: 0, flat: true })
    for (let i = parts.length - 1; i >= 0; i--) {
      pending.push({ doc: parts[i]!, indent: inner, flat })
      const joint = flat ? (i > 0 || !/[[{]$/.test(open) ? ' ' : '') : `\n${' '.repeat(inner)}`
      pending.push({ doc: joint, indent: 0, flat: true })
    }
  }
  return pieces.join('')
}
