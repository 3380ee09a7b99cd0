import { keyword, type Span } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { Expr, MapPattern, Pattern } from './ast.js'
import { ast } from './ast-factories.js'
import { withoutMetadata } from './declarations.js'
import { type Form, keywordOf, type MapForm, type SymbolForm, symbolName, type VectorForm } from './forms.js'
import { isReserved } from './special-names.js'

/*
 * Binding patterns (LANGUAGE §6). A name may occur once in one set of names: one pattern, or all parameters of a
 * function.
 */
export class Names {
  #first: string | undefined
  #others: Set<string> | undefined

  has(name: string): boolean {
    return this.#first === name || this.#others?.has(name) === true
  }

  add(name: string): void {
    // Most patterns bind one name.
    if (this.#first === undefined) this.#first = name
    else {
      this.#others ??= new Set()
      this.#others.add(name)
    }
  }
}

/** Reads a binding pattern and binds its names in the current scope; without `names` it is the only one of its set. */
export function readPattern(a: Analyser, form: Form, names?: Names): Pattern {
  const target = withoutMetadata(form)
  switch (target.kind) {
    case 'symbol':
      return readSymbol(a, target, names)
    case 'vector':
      return readVector(a, target, names ?? new Names())
    case 'map':
      return readMap(a, target, names ?? new Names())
    default:
      a.diagnostics.report('P001', 'a name or a pattern was expected here', target, {
        hint:
          target.kind === 'list'
            ? 'Patterns are names, vectors such as [a b] and maps such as {:keys [a]}; a list is none.'
            : 'Only names, vectors and maps can be bound.',
      })
      return ast.wildcard(target)
  }
}

function readSymbol(a: Analyser, form: SymbolForm, names: Names | undefined): Pattern {
  if (form.name === '_') return ast.wildcard(form)
  if (form.name.indexOf(':') > 0) {
    a.diagnostics.report('P001', `a type annotation cannot stand inside a pattern: ${form.name}`, form, {
      hint: 'Annotate the whole pattern: [[a b] :[:tuple :int :int]].',
    })
    bindName(a, form.name.slice(0, form.name.indexOf(':')), form, names)
    return ast.bind(form.name.slice(0, form.name.indexOf(':')), form)
  }
  return bindName(a, form.name, form, names) ? ast.bind(form.name, form) : ast.wildcard(form)
}

/** Checks that a name can be bound, and binds it. False when it cannot: that has been reported. */
export function bindName(a: Analyser, name: string, span: Span, names?: Names): boolean {
  if (!checkBindable(a, name, span)) return false
  if (name === '_') return true
  if (names !== undefined) {
    if (names.has(name)) {
      a.diagnostics.report('P001', `the name ${name} is bound twice here`, span, {
        hint: 'Use _ for values that are not needed.',
      })
      return false
    }
    names.add(name)
  }
  a.scope.bind(name)
  return true
}

/** Reports names that cannot be bound: special forms, qualified names, `&`, `@name`. */
export function checkBindable(a: Analyser, name: string, span: Span): boolean {
  if (isReserved(name)) {
    a.diagnostics.report('P001', `${name} is the name of a special form and cannot be bound`, span, {
      hint: 'Choose another name.',
    })
    return false
  }
  if (name === '&' || name.startsWith('@')) {
    a.diagnostics.report('P001', `${name} cannot be bound`, span, {
      hint: name === '&' ? '& stands before the pattern that takes the rest, as in [a & more].' : undefined,
    })
    return false
  }
  if (name.includes('/') && name !== '/') {
    a.diagnostics.report('P001', `the qualified name ${name} cannot be bound`, span, {
      hint: 'Bind a name without a namespace.',
    })
    return false
  }
  return true
}

function readVector(a: Analyser, form: VectorForm, names: Names): Pattern {
  const { gathering } = a
  const elements = gathering.mark()
  let rest: Pattern | undefined
  let as: string | undefined
  const items = form.items
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    if (symbolName(item) === '&') {
      const target = items[++i]
      if (rest !== undefined) a.diagnostics.report('P001', 'only one & may stand in a pattern', item)
      if (target === undefined) a.diagnostics.report('P002', 'a name must follow &', item)
      else rest = readPattern(a, target, names)
    } else if (keywordOf(item)?.name === 'as') {
      as = readAs(a, item, items[++i], names)
    } else if (rest !== undefined || as !== undefined) {
      a.diagnostics.report('P001', 'nothing but :as name may follow the rest of a pattern', item)
    } else gathering.add(readPattern(a, item, names))
  }
  return ast.vectorPattern(gathering.take(elements), rest, as, form)
}

function readAs(a: Analyser, mark: Form, target: Form | undefined, names: Names): string | undefined {
  if (target === undefined || target.kind !== 'symbol') {
    a.diagnostics.report(target === undefined ? 'P002' : 'P001', 'a name must follow :as', target ?? mark)
    return undefined
  }
  return target.name !== '_' && bindName(a, target.name, target, names) ? target.name : undefined
}

type Entry = MapPattern['entries'][number]
type PatternKey = Entry['key']

function readMap(a: Analyser, form: MapForm, names: Names): Pattern {
  const entries: { key: PatternKey; pattern: Pattern; default: Expr | undefined }[] = []
  let rest: string | undefined
  let as: string | undefined
  let defaults: MapForm | undefined
  for (let i = 0; i + 1 < form.items.length; i += 2) {
    const left = form.items[i]!
    const right = form.items[i + 1]!
    const mark = keywordOf(left)?.name
    if (mark === 'keys' && right.kind === 'vector') readNames(a, right, names, entries, name => keyword(name))
    else if (mark === 'strs' && right.kind === 'vector') readNames(a, right, names, entries, name => name)
    else if (mark === 'or' && right.kind === 'map') defaults = right
    else if (mark === 'as') as = readAs(a, left, right, names)
    else if (symbolName(left) === '&') {
      if (right.kind !== 'symbol')
        a.diagnostics.report('P001', 'a name must follow & in a map pattern', right)
      else if (right.name !== '_' && bindName(a, right.name, right, names)) rest = right.name
    } else {
      const entry = readEntry(a, left, right, names)
      if (entry !== undefined) entries.push(entry)
    }
  }
  if (defaults !== undefined) readDefaults(a, defaults, entries)
  return ast.mapPattern(entries.slice(), rest, as, form)
}

function readEntry(a: Analyser, left: Form, right: Form, names: Names): Entry | undefined {
  // `{:key pattern}`, and `{name :key}` with the two the other way round.
  const leftKey = patternKey(left)
  const key = leftKey ?? patternKey(right)
  const target = leftKey === undefined ? left : right
  if (key === undefined) {
    a.diagnostics.report('P001', 'a map pattern needs a key here', left, {
      hint: 'Entries are {:key name}, {name :key} or {:keys [name …]}; keys are keywords, strings or integers.',
    })
    return undefined
  }
  return { key, pattern: readPattern(a, target, names), default: undefined }
}

function patternKey(form: Form): PatternKey | undefined {
  if (form.kind !== 'atom') return undefined
  const value = form.value
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  return keywordOf(form)
}

/** `:keys [a ns/b]` and `:strs [a b]`: each name is looked up under the key of the same text. */
function readNames(
  a: Analyser,
  form: VectorForm,
  names: Names,
  entries: Entry[],
  keyOf: (name: string) => PatternKey,
): void {
  for (const item of form.items) {
    if (item.kind !== 'symbol') {
      a.diagnostics.report('P001', 'only names stand in :keys and :strs', item, {
        hint: 'Write {:keys [host port]}.',
      })
      continue
    }
    const slash = item.name.indexOf('/')
    const name = slash > 0 ? item.name.slice(slash + 1) : item.name
    if (name === '_') a.diagnostics.report('P001', '_ names no key', item)
    else if (name.indexOf(':') > 0) {
      a.diagnostics.report('P001', `a type annotation cannot stand inside a pattern: ${item.name}`, item)
    } else if (bindName(a, name, item, names)) {
      entries.push({ key: keyOf(item.name), pattern: ast.bind(name, item), default: undefined })
    }
  }
}

function readDefaults(
  a: Analyser,
  form: MapForm,
  entries: { key: PatternKey; pattern: Pattern; default: Expr | undefined }[],
): void {
  const positions = new Map(
    entries.map(({ pattern }, index) => [pattern.kind === 'bind' ? pattern.name : '', index] as const),
  )
  for (let i = 0; i + 1 < form.items.length; i += 2) {
    const target = form.items[i]!
    const name = symbolName(target)
    const at = name === undefined ? undefined : positions.get(name)
    if (at === undefined) {
      a.diagnostics.report('P001', 'a default in :or belongs to a name that this pattern binds', target, {
        hint: 'Write {:keys [port] :or {port 80}}.',
      })
      continue
    }
    const entry = entries[at]!
    if (entry.default !== undefined) a.diagnostics.report('P001', `${name} has two defaults`, target)
    entries[at] = { ...entry, default: a.expr(form.items[i + 1]!) }
  }
}
