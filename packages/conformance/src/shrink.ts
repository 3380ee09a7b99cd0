import { closeOf, type Form, type Group, printProgram, sizeOf } from './generator/form.js'

/*
 * Shrinks a program as text: it is read into a tree of atoms and groups, and parts are taken away, replaced by their
 * own parts or by small atoms, for as long as the program keeps the property one is after. What the parts mean does
 * not matter, so that any program can be shrunk, also one of a corpus.
 */

/** Options of `shrinkSource`. */
export interface ShrinkOptions {
  /** How many programs may be tried. Default 2000. */
  readonly maxAttempts?: number
}

/**
 * The smallest program found that still `holds`; the source itself when nothing smaller does. Text that cannot be
 * read as forms is given back unchanged.
 */
export async function shrinkSource(
  source: string,
  holds: (source: string) => Promise<boolean>,
  options: ShrinkOptions = {},
): Promise<string> {
  let attempts = options.maxAttempts ?? 2000
  let best = readForms(source)
  if (best === undefined || !(await holds(printProgram(best)))) return source
  for (;;) {
    let improved = false
    for (const candidate of candidates(best)) {
      if (attempts-- <= 0) return printProgram(best)
      if (await holds(printProgram(candidate))) {
        best = candidate
        improved = true
        break
      }
    }
    if (!improved) return printProgram(best)
  }
}

/** Smaller programs: the boldest first. */
function* candidates(forms: readonly Form[]): Generator<readonly Form[]> {
  if (forms.length > 1) {
    const half = Math.ceil(forms.length / 2)
    yield forms.slice(half)
    yield forms.slice(0, half)
    for (let i = 0; i < forms.length; i++) yield without(forms, i)
  }
  // Large parts first: what comes early in this order saves most.
  const places = [...placesOf(forms, [])].sort((a, b) => sizeOf(b.form) - sizeOf(a.form))
  for (const { path, form } of places) {
    for (const replacement of replacements(form)) yield replaceAt(forms, path, replacement)
  }
}

interface Place {
  readonly path: readonly number[]
  readonly form: Form
}

function* placesOf(forms: readonly Form[], path: readonly number[]): Generator<Place> {
  for (let i = 0; i < forms.length; i++) {
    const form = forms[i]!
    yield { path: [...path, i], form }
    if (typeof form !== 'string') yield* placesOf(form.items, [...path, i])
  }
}

function* replacements(form: Form): Generator<Form> {
  if (typeof form === 'string') {
    yield* smallerAtoms(form)
    return
  }
  yield 'nil'
  yield '0'
  for (const item of form.items) yield item
  if (form.items.length > 0 && form.open.endsWith('[')) yield { open: form.open, items: [] }
  for (let i = 0; i < form.items.length; i++) yield { open: form.open, items: without(form.items, i) }
  // Bindings and entries go in pairs.
  for (let i = 0; i + 1 < form.items.length; i += 2) {
    yield { open: form.open, items: without(without(form.items, i), i) }
  }
  if (form.open.length > 1) yield { open: form.open[form.open.length - 1]!, items: form.items }
}

function* smallerAtoms(atom: string): Generator<Form> {
  if (/^[+-]?\d+$/.test(atom)) {
    if (atom !== '0') yield '0'
    if (atom !== '0' && atom !== '1') yield '1'
    if (atom.length > 2) yield atom.slice(0, Math.ceil(atom.length / 2))
  } else if (/^[+-]?\d/.test(atom)) {
    if (atom !== '0.0' && atom !== '1.0') yield '1.0'
  } else if (atom.startsWith('"')) {
    if (atom !== '""') yield '""'
    if (atom !== '""' && atom !== '"a"') yield '"a"'
  } else if (atom !== 'nil' && !atom.startsWith('&') && atom.length > 3) {
    yield 'nil'
  }
}

function without(items: readonly Form[], index: number): readonly Form[] {
  return [...items.slice(0, index), ...items.slice(index + 1)]
}

function replaceAt(forms: readonly Form[], path: readonly number[], replacement: Form): readonly Form[] {
  const [index, ...rest] = path as [number, ...number[]]
  return forms.map((form, i) => {
    if (i !== index) return form
    if (rest.length === 0) return replacement
    const group = form as Group
    return { open: group.open, items: replaceAt(group.items, rest, replacement) }
  })
}

const tokenPattern =
  /(?:[\s,]+|;[^\n]*)|((?:#_|['`~@#]|\^(?=[:{]))*[([{])|([)\]}])|(#_|"(?:[^"\\]|\\[\s\S])*"|[^\s,()[\]{}"; ]+)/y

/** Reads forms; comments are dropped, discarded forms and metadata stay in front of what they belong to. */
function readForms(source: string): readonly Form[] | undefined {
  const text = source.replace(/#\|[\s\S]*?\|#/g, ' ')
  const top: Form[] = []
  const stack: { readonly open: string; readonly items: Form[] }[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text)
    if (match === null) return undefined
    const [, open, close, atom] = match
    const items = stack[stack.length - 1]?.items ?? top
    if (open !== undefined) {
      const group = { open, items: [] }
      items.push(group)
      stack.push(group)
    } else if (close !== undefined) {
      const group = stack.pop()
      if (group === undefined || closeOf(group) !== close) return undefined
    } else if (atom !== undefined) {
      items.push(atom)
    }
  }
  return stack.length === 0 ? top : undefined
}
