import type { Analyser } from './analyser.js'
import { annotationAt, colonAnnotation, splitName } from './annotations.js'
import type { Binding, Expr, TypeExpr } from './ast.js'
import { ast } from './ast-factories.js'
import { nameBeforeColon, withoutMetadata } from './declarations.js'
import { type Form, keywordOf, type ListForm, symbolForm, type VectorForm } from './forms.js'
import { Names, readPattern } from './patterns.js'
import { inner, type Place } from './place.js'

/*
 * `let`, `letrec`, `loop`, `if-let`, `when-let` (LANGUAGE §5.2–5.4).
 */

/** One binding before it is understood: which forms are its parts. */
interface BindingForms {
  readonly target: Form
  readonly type: 'none' | 'keyword' | 'colon'
  /** Index of the annotation; the init follows it. */
  readonly at: number
  readonly init: Form
}

export function analyseLet(a: Analyser, form: ListForm, place: Place): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  if (form.items.length < 3) return missingBody(a, form)
  const mark = a.scope.mark()
  const bindings = readBindings(a, vector, 'let')
  a.declare(form.items, 2)
  const body = a.body(form.items, 2, inner(place))
  a.scope.release(mark)
  return ast.let(bindings, body, form)
}

export function analyseLoop(a: Analyser, form: ListForm): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  if (form.items.length < 3) return missingBody(a, form)
  const mark = a.scope.mark()
  const bindings = readBindings(a, vector, 'loop')
  a.declare(form.items, 2)
  const outer = a.target
  a.target = { kind: 'loop', arity: bindings.length }
  const body = a.body(form.items, 2, 'tail')
  a.target = outer
  a.scope.release(mark)
  return ast.loop(bindings, body, form)
}

/** The vector of bindings of `(let [..] ..)`; its absence is reported. */
export function bindingVector(a: Analyser, form: ListForm): VectorForm | undefined {
  const vector = form.items[1]
  const head = a.headText(form)
  if (vector === undefined) {
    a.diagnostics.report('P002', `${head} needs a vector of bindings`, form, {
      hint: `Write (${head} [name value] …).`,
    })
    return undefined
  }
  if (vector.kind === 'vector') return vector
  const list = vector.kind === 'list'
  a.diagnostics.report('P001', `the bindings of ${head} stand in a vector`, vector, {
    hint: `Write (${head} [name value] …).`,
    fixes: list
      ? [
          {
            title: 'Use brackets',
            edits: [
              { start: vector.start, end: vector.start + 1, text: '[' },
              { start: vector.end - 1, end: vector.end, text: ']' },
            ],
            safe: false,
          },
        ]
      : [],
  })
  return undefined
}

export function missingBody(a: Analyser, form: ListForm): Expr {
  return a.fail('P002', `${a.headText(form)} has no body`, form)
}

/** Reads the bindings of a `let` or `loop` and binds their names, each visible to the following ones. */
export function readBindings(a: Analyser, vector: VectorForm, head: 'let' | 'loop'): Binding[] {
  const forms = splitBindings(a, vector, head)
  const functions = head === 'let' ? functionNames(forms) : []
  const { gathering } = a
  const bindings = gathering.mark()
  for (const parts of forms) {
    const init = isFunctionForm(parts.init)
      ? withNames(a, functions, () => a.expr(parts.init))
      : a.expr(parts.init)
    gathering.add(readBinding(a, vector.items, parts, init))
  }
  return gathering.take(bindings)
}

function readBinding(a: Analyser, items: readonly Form[], parts: BindingForms, init: Expr): Binding {
  const target = withoutMetadata(parts.target)
  const span = { start: parts.target.start, end: parts.init.end }
  const names = target.kind === 'symbol' ? undefined : new Names()
  if (target.kind === 'symbol' && target.name.indexOf(':') > 0) {
    const split = splitName(a, target)
    const name = symbolForm(split.name, { start: target.start, end: split.nameEnd })
    return ast.binding(readPattern(a, name, names), split.type, init, span)
  }
  const type: TypeExpr | undefined =
    parts.type === 'none'
      ? undefined
      : parts.type === 'colon'
        ? colonAnnotation(a, items, parts.at).type
        : annotationAt(a, items, parts.at).type
  return ast.binding(readPattern(a, target, names), type, init, span)
}

/** Functions of one `let` see one another, also later ones (LANGUAGE §5.2). */
function functionNames(forms: readonly BindingForms[]): string[] {
  const names: string[] = []
  for (const { target, init } of forms) {
    const symbol = withoutMetadata(target)
    if (symbol.kind === 'symbol' && isFunctionForm(init)) names.push(nameBeforeColon(symbol.name))
  }
  return names
}

function isFunctionForm(form: Form): boolean {
  const target = withoutMetadata(form)
  if (target.kind === 'anonymous-fn') return true
  const head = target.kind === 'list' ? target.items[0] : undefined
  return head !== undefined && head.kind === 'symbol' && (head.name === 'fn' || head.name === 'λ')
}

function withNames<T>(a: Analyser, names: readonly string[], run: () => T): T {
  const mark = a.scope.mark()
  for (const name of names) a.scope.bind(name)
  const result = run()
  a.scope.release(mark)
  return result
}

/**
 * Splits a binding vector into its bindings. A keyword after a target may be an annotation or the value: the
 * annotation reading is taken if the rest of the vector can then be completed, otherwise the value (D-13).
 */
function splitBindings(a: Analyser, vector: VectorForm, head: string): BindingForms[] {
  const items = vector.items
  const completes = items.some(item => keywordOf(item) !== undefined) ? completions(items) : undefined
  const found: BindingForms[] = []
  for (let i = 0; i < items.length; ) {
    const target = items[i]!
    const after = items[i + 1]
    if (after === undefined) {
      reportMissingValue(a, target, head)
      break
    }
    if (after.kind === 'colon') {
      const init = items[i + 3]
      if (init === undefined) {
        reportMissingValue(a, target, head)
        break
      }
      found.push({ target, type: 'colon', at: i + 1, init })
      i += 4
      continue
    }
    const annotated =
      keywordOf(after) !== undefined &&
      !isGlued(target) &&
      i + 2 < items.length &&
      completes?.[i + 3] === true
    if (annotated) {
      found.push({ target, type: 'keyword', at: i + 1, init: items[i + 2]! })
      i += 3
    } else {
      reportEqualsSign(a, after)
      found.push({ target, type: 'none', at: i + 1, init: after })
      i += 2
    }
  }
  return found
}

function reportMissingValue(a: Analyser, target: Form, head: string): void {
  const text = a.sourceText(target)
  a.diagnostics.report(
    'P002',
    `the binding ${text.length > 30 ? 'here' : text} of ${head} has no value`,
    target,
    {
      hint: 'Bindings are pairs: name and value, with an optional type between them.',
    },
  )
}

function reportEqualsSign(a: Analyser, form: Form): void {
  if (form.kind !== 'symbol' || form.name !== '=') return
  a.diagnostics.warn('P001', 'this binds the function =', form, 'Bindings are written without =: [x 5].')
}

/** How many forms each binding of a vector has: 2, 3 with a type, 4 with a lone colon; for layout. */
export function bindingSizes(items: readonly Form[]): number[] {
  const completes = completions(items)
  const sizes: number[] = []
  for (let i = 0; i < items.length; i += sizes[sizes.length - 1]!) {
    const after = items[i + 1]
    const annotated = keywordOf(after) !== undefined && !isGlued(items[i]!) && completes[i + 3] === true
    sizes.push(
      after === undefined ? 1 : after.kind === 'colon' ? 4 : annotated && i + 2 < items.length ? 3 : 2,
    )
  }
  return sizes
}

/** For each index, whether the bindings from there on can be completed in some reading. */
function completions(items: readonly Form[]): boolean[] {
  const can: boolean[] = new Array(items.length + 4).fill(false)
  can[items.length] = true
  for (let i = items.length - 1; i >= 0; i--) {
    if (!isTarget(items[i]!)) continue
    const after = items[i + 1]
    if (after === undefined) continue
    if (after.kind === 'colon') can[i] = i + 3 < items.length && can[i + 4]!
    else if (keywordOf(after) !== undefined && !isGlued(items[i]!) && i + 2 < items.length && can[i + 3]!)
      can[i] = true
    else can[i] = can[i + 2]!
  }
  return can
}

function isTarget(form: Form): boolean {
  const target = withoutMetadata(form)
  return target.kind === 'symbol' || target.kind === 'vector' || target.kind === 'map'
}

/** True for `x:int`, which has its annotation already. */
function isGlued(form: Form): boolean {
  const target = withoutMetadata(form)
  return target.kind === 'symbol' && target.name.indexOf(':') > 0
}

/** `(if-let [pat x] then else?)`: x is tested before it is taken apart, and only `then` sees the names. */
export function analyseIfLet(a: Analyser, form: ListForm, place: Place): Expr {
  const wrong = a.checkCount(form, 2, 3, 'a binding, a form for success and at most one otherwise')
  if (wrong !== undefined) return wrong
  return conditionalLet(a, form, place, form.items.slice(2, 3), form.items[3])
}

/** `(when-let [pat x] body+)`. */
export function analyseWhenLet(a: Analyser, form: ListForm, place: Place): Expr {
  if (form.items.length < 3) {
    return bindingVector(a, form) === undefined ? ast.literal(null, form) : missingBody(a, form)
  }
  return conditionalLet(a, form, place, form.items.slice(2), undefined)
}

/** Holds the tested value while `else` must not see the names of the pattern. Only the rewritten form uses it. */
const heldName = '%if-let'

function conditionalLet(
  a: Analyser,
  form: ListForm,
  place: Place,
  success: readonly Form[],
  otherwise: Form | undefined,
): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  const parts = splitBindings(a, vector, a.headText(form))
  if (parts.length !== 1) {
    if (parts.length === 0 && vector.items.length > 0) return ast.literal(null, form)
    return a.fail('P001', `${a.headText(form)} takes exactly one binding, but has ${parts.length}`, vector)
  }
  const init = a.expr(parts[0]!.init)
  const mark = a.scope.mark()
  const binding = readBinding(a, vector.items, parts[0]!, ast.symbol(heldName, parts[0]!.init))
  a.declare(success, 0)
  const body = a.body(success, 0, inner(place))
  a.scope.release(mark)
  const alternative = otherwise === undefined ? undefined : a.expr(otherwise, inner(place))
  if (alternative === undefined && binding.pattern.kind === 'bind' && binding.type === undefined) {
    const { name } = binding.pattern
    const then = body.length === 1 ? body[0]! : ast.do(body, form)
    const only = ast.binding(binding.pattern, undefined, init, binding)
    return ast.let([only], [ast.if(ast.symbol(name, binding.pattern), then, undefined, form)], form)
  }
  const then = ast.let([binding], body, form)
  const test = ast.if(ast.symbol(heldName, init), then, alternative, form)
  return ast.let([ast.binding(ast.bind(heldName, init), undefined, init, init)], [test], form)
}
