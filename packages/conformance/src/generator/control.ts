import { annotation, bindingPattern, matchPattern, parameters } from './bindings.js'
import type { Form } from './form.js'
import { list, vector } from './form.js'
import type { Generator, WeightedProduction } from './generator.js'
import { anyType, scalarLiteral } from './literals.js'
import type { Scope, Variable } from './scope.js'
import { annotationOf, functionType, type GenType, mapOf, vectorOf } from './types.js'

/*
 * Productions for every type: the special forms. Each takes the type that its value is meant to have.
 */

/** A body: its last form gives `type`; before it, now and then, a definition or a form whose value is dropped. */
export function body(g: Generator, type: GenType, scope: Scope, depth: number): Form[] {
  const { random } = g
  const forms: Form[] = []
  let inner = scope
  if (random.chance(0.12)) {
    const variable = g.variable(anyType(random))
    const definition = list(
      'def',
      ...annotation(g, variable.type, variable.name),
      g.expression(variable.type, inner, depth),
    )
    // Before its definition the name of this frame is declared but empty.
    if (random.chance(0.15)) forms.push(g.leaf('any', inner.with(variable)))
    forms.push(definition)
    inner = inner.with(variable)
  }
  if (random.chance(0.06)) {
    const fn = functionDefinition(g, 'defn', inner, depth)
    forms.push(fn.form)
    inner = inner.with(fn.variable)
  }
  if (random.chance(0.1)) forms.push(g.expression('any', inner, Math.min(depth, 2)))
  forms.push(g.expression(type, inner, depth))
  return forms
}

/** `(defn name [..] ..)` or `(def name (fn ..))`, and the variable it makes. */
export function functionDefinition(
  g: Generator,
  kind: 'defn' | 'def',
  scope: Scope,
  depth: number,
): { readonly form: Form; readonly variable: Variable } {
  const { random } = g
  const type = functionType(
    Array.from({ length: random.below(4) }, () => anyType(random)),
    anyType(random),
  )
  const variable: Variable = { name: random.pick(['f', 'g', 'h', 'go', 'step-fn']), type }
  const params = parameters(g, type.params, scope)
  const inner = scope.with(...params.variables)
  const rest = [params.form, ...resultAnnotation(g, type.result), ...body(g, type.result, inner, depth)]
  const form =
    kind === 'defn' ? list('defn', variable.name, ...rest) : list('def', variable.name, list('fn', ...rest))
  return { form, variable }
}

/** A result annotation, which needs a form after it. */
export function resultAnnotation(g: Generator, type: GenType): readonly Form[] {
  if (!g.random.chance(g.style.annotations * 0.6)) return []
  const meant: GenType = g.random.chance(0.08) ? 'string' : type
  const text = annotationOf(meant)
  if (text === undefined) return []
  return [`:${text}`]
}

/** A function expression of the given type. */
export function lambda(
  g: Generator,
  params: readonly GenType[],
  result: GenType,
  scope: Scope,
  depth: number,
): Form {
  const { random } = g
  if (!scope.insideHash && params.length <= 2 && random.chance(0.2)) {
    const names = params.length === 1 ? [random.pick(['%', '%1'])] : params.map((_, i) => `%${i + 1}`)
    const inner = scope.hashed(...names.map((name, i) => ({ name, type: params[i]! })))
    const last = names.length === 0 ? [] : [names[names.length - 1]!]
    return { open: '#(', items: ['do', ...last, g.expression(result, inner, depth)] }
  }
  const list_ = parameters(g, params, scope)
  const named = random.chance(0.1)
  const inner = (named ? scope.with({ name: 'self', type: functionType(params, result) }) : scope).with(
    ...list_.variables,
  )
  const head: Form[] = named ? ['fn', 'self'] : ['fn']
  return list(...head, list_.form, ...resultAnnotation(g, result), ...body(g, result, inner, depth))
}

function conditional(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const test = () => g.expression(random.chance(0.85) ? 'bool' : 'any', scope, depth)
  const value = () => g.expression(type, scope, depth)
  return random.weighted<() => Form>([
    [5, () => list('if', test(), value(), value())],
    [1, () => list('if', test(), value())],
    [1, () => list(random.pick(['when', 'when-not', 'unless']), test(), ...body(g, type, scope, depth))],
    [
      2,
      () => list('cond', test(), value(), ...(random.chance(0.5) ? [test(), value()] : []), ':else', value()),
    ],
    [1, () => list('cond', test(), value(), test(), value())],
    [2, () => list('and', ...(random.chance(0.5) ? [test()] : []), value())],
    [
      2,
      () =>
        list('or', ...(random.chance(0.5) ? ['nil'] : []), value(), ...(random.chance(0.3) ? [value()] : [])),
    ],
  ])()
}

function ifLet(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const bound = anyType(g.random)
  const pattern = bindingPattern(g, bound, scope)
  const binding = vector([pattern.form, g.expression(bound, scope, depth)])
  const then = scope.with(...pattern.variables)
  return g.random.chance(0.7)
    ? list('if-let', binding, g.expression(type, then, depth), g.expression(type, scope, depth))
    : list('when-let', binding, ...body(g, type, then, depth))
}

function caseForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const subject: GenType = random.pick(['int', 'keyword', 'string', 'bool', 'nil'] as const)
  const clauses: Form[] = []
  for (let i = random.between(1, 3); i > 0; i--) {
    const constant: Form = random.chance(0.2)
      ? list(g.literal(subject, scope), scalarLiteral(random, 0))
      : g.literal(subject, scope)
    clauses.push(constant, g.expression(type, scope, depth))
  }
  const fallback = random.chance(0.9) ? [g.expression(type, scope, depth)] : []
  return list('case', g.expression(subject, scope, depth), ...clauses, ...fallback)
}

function letForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const bindings: Form[] = []
  let inner = scope
  for (let i = random.between(1, 3); i > 0; i--) {
    const bound = anyType(random)
    const pattern = bindingPattern(g, bound, inner)
    bindings.push(...annotation(g, bound, pattern.form), g.expression(bound, inner, depth))
    inner = inner.with(...pattern.variables)
  }
  return list(random.chance(0.05) ? 'letrec' : 'let', vector(bindings), ...body(g, type, inner, depth))
}

/** Functions of one let that call each other; they count down, so they end. */
function letFunctions(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const [first, second] = g.freshNames(2) as [string, string]
  const [n, acc] = g.freshNames(2) as [string, string]
  const fnType = functionType(['int', type], type)
  const outer = scope.with({ name: first, type: fnType }, { name: second, type: fnType })
  const inside = outer.with({ name: n, type: 'int' }, { name: acc, type })
  const stop = countedDown(g, n, inside)
  const next = (callee: string): Form =>
    list(callee, list('-', n, '1'), g.expression(type, inside, depth - 1))
  // The names that the recursion itself needs must mean what they say inside.
  if (!g.isLibrary('-', inside) || stop === undefined) return letForm(g, type, scope, depth)
  const make = (callee: string): Form => list('fn', vector([n, acc]), list('if', stop, acc, next(callee)))
  const mutual = random.chance(0.4)
  const bindings = mutual ? [first, make(second), second, make(first)] : [first, make(first)]
  if (random.chance(0.3)) bindings.push('unused', g.leaf('any', scope))
  return list('let', vector(bindings), list(first, g.count(), g.expression(type, scope, depth)))
}

/** A test that becomes true when `n` has counted down. */
function countedDown(g: Generator, n: string, scope: Scope): Form | undefined {
  const tests: Form[] = []
  if (g.isLibrary('<=', scope)) tests.push(list('<=', n, '0'))
  if (g.isLibrary('<', scope)) tests.push(list('<', n, '1'))
  if (g.isLibrary('pos?', scope) && g.isLibrary('not', scope)) tests.push(list('not', list('pos?', n)))
  return tests.length === 0 ? undefined : g.random.pick(tests)
}

/** Recursion that is not a tail call: `(+ E (f (- n 1)))` and the like. */
function deepRecursion(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const [f, n] = g.freshNames(2) as [string, string]
  const inside = scope.with({ name: f, type: functionType(['int'], type) }, { name: n, type: 'int' })
  const stop = countedDown(g, n, inside)
  if (stop === undefined || !g.isLibrary('-', inside)) return undefined
  const call = list(f, list('-', n, '1'))
  const step: Form | undefined =
    type === 'int' && g.isLibrary('+', inside)
      ? list('+', g.expression('int', inside, depth - 1), call)
      : type === 'string' && g.isLibrary('str', inside)
        ? list('str', g.expression('string', inside, depth - 1), call)
        : typeof type === 'object' && type.kind === 'vector' && g.isLibrary('conj', inside)
          ? list('conj', call, g.expression(type.of, inside, depth - 1))
          : list('let', vector([g.variable(type, [f, n]).name, call]), g.expression(type, inside, depth - 1))
  const fn = list(
    'fn',
    ...(g.random.chance(0.5) ? [f] : []),
    vector([n]),
    list('if', stop, g.expression(type, scope, depth - 1), step),
  )
  return list('let', vector([f, fn]), list(f, g.count()))
}

/** `(loop [i N acc INIT] …(recur (dec i) STEP))` in several shapes; always ends. */
function loopForm(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const { random } = g
  const pattern = bindingPattern(g, type, scope, [], 1)
  const names = pattern.variables.map(variable => variable.name)
  const i = g.variable('int', names)
  const inside = scope.with(...pattern.variables, i)
  const stop = countedDown(g, i.name, inside)
  if (stop === undefined || !g.isLibrary('-', inside)) return undefined
  const result = pattern.form === names[0] ? pattern.form : g.expression(type, inside, depth - 1)
  const recur = list('recur', list('-', i.name, '1'), g.expression(type, inside, depth - 1))
  const shapes: readonly (() => Form)[] = [
    () => list('if', stop, result, recur),
    () => list('cond', stop, result, ':else', recur),
    () =>
      list(
        'if',
        stop,
        result,
        list('let', vector([g.variable('int', [i.name]).name, g.leaf('int', inside)]), recur),
      ),
    () => list('if', stop, result, list('do', g.leaf('any', inside), recur)),
    () => list('if', stop, result, list('and', 'true', recur)),
    () => list('if', stop, result, list('when', 'true', recur)),
    () => list('match', i.name, '0', result, '_', list('if', stop, result, recur)),
    () => list('if', list('and', 'true', stop), result, list('or', 'nil', recur)),
  ]
  const targets = [
    ...annotation(g, 'int', i.name),
    g.count(),
    ...annotation(g, type, pattern.form),
    g.expression(type, scope, depth),
  ]
  return list(
    'loop',
    vector(targets),
    ...(random.chance(0.1) ? [g.leaf('any', inside)] : []),
    random.pick(shapes)(),
  )
}

/** `recur` to a function, also a variadic one. */
function recurFunction(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const [n, acc, rest] = g.freshNames(3) as [string, string, string]
  const variadic = g.random.chance(0.25)
  const variables: Variable[] = [
    { name: n, type: 'int' },
    { name: acc, type },
  ]
  if (variadic) variables.push({ name: rest, type: vectorOf('any') })
  const inside = scope.with(...variables)
  const stop = countedDown(g, n, inside)
  if (stop === undefined || !g.isLibrary('-', inside)) return undefined
  const again = [list('-', n, '1'), g.expression(type, inside, depth - 1), ...(variadic ? [rest] : [])]
  const fn = list(
    'fn',
    vector([n, acc, ...(variadic ? ['&', rest] : [])]),
    list('if', stop, acc, list('recur', ...again)),
  )
  return list(fn, g.count(), g.expression(type, scope, depth), ...(variadic ? [g.leaf('any', scope)] : []))
}

function doForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  return list('do', ...body(g, type, scope, depth))
}

function matchForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const subject = random.weighted<GenType>([
    [3, 'int'],
    [1, 'string'],
    [1, 'keyword'],
    [4, vectorOf('int')],
    [2, vectorOf(vectorOf('int'))],
    [3, mapOf('int')],
    [1, mapOf(vectorOf('int'))],
    [1, 'any'],
  ])
  const clauses: Form[] = []
  for (let i = random.between(1, 3); i > 0; i--) {
    const pattern = matchPattern(g, subject)
    const inner = scope.with(...pattern.variables)
    clauses.push(pattern.form)
    if (random.chance(0.25)) clauses.push('when', g.expression('bool', inner, depth - 1))
    clauses.push(g.expression(type, inner, depth))
  }
  if (random.chance(0.85)) clauses.push('_', g.expression(type, scope, depth))
  return list('match', g.expression(subject, scope, depth), ...clauses)
}

const catchPatterns = [
  '_',
  ':any',
  ':error/any',
  'DivisionByZero',
  'TypeError',
  'ApplicationError',
  'ArityMismatch',
  'IndexOutOfBounds',
  'ArithmeticOverflow',
  'StackOverflow',
  'BudgetExhausted',
  'MatchError',
  ':error/arithmetic',
  ':arithmetic',
  ':error/type',
  ':a/b',
  'Exception',
]

function tryForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const failing = random.chance(0.6)
  const forms = failing ? [failingForm(g, type, scope, depth)] : body(g, type, scope, depth)
  const clauses: Form[] = []
  for (let i = random.between(0, 2); i > 0; i--) {
    const name = random.pick(['e', 'x', 'err'])
    const inner = scope.with({ name, type: 'error' })
    const handler = random.weighted<() => Form[]>([
      [5, () => body(g, type, inner, depth - 1)],
      [2, () => [errorField(g, name)]],
      [1, () => [list('throw', random.chance(0.5) ? name : g.literal('string', inner))]],
    ])()
    // After a pattern that is a name, a symbol with more forms behind it would be the binding.
    clauses.push(
      random.chance(0.3)
        ? list('catch', name, handler.length === 1 ? handler[0]! : list('do', ...handler))
        : list('catch', random.pick(catchPatterns), name, ...handler),
    )
  }
  if (clauses.length === 0 || random.chance(0.25)) {
    const last = random.chance(0.1) ? list('throw', '"late"') : g.expression('any', scope, depth - 1)
    clauses.push(list('finally', last))
  }
  return list('try', ...forms, ...clauses)
}

function errorField(g: Generator, name: string): Form {
  return g.random.pick<Form>([
    list(':kind', name),
    list(':type', name),
    list(':message', name),
    list(':details', name),
    list(':kind', list(':cause', name)),
    name,
  ])
}

/** Something that is likely to fail when it runs. */
export function failingForm(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  return random.weighted<() => Form>([
    [
      2,
      () =>
        list(
          'throw',
          random.pick([
            '"text"',
            ':a/b',
            '{:type :a/b :message "m"}',
            '{:code 7}',
            '5',
            '(ex-info "boom" {:a 1})',
          ]),
        ),
    ],
    [2, () => list('/', g.expression('int', scope, depth - 1), '0')],
    [1, () => list('nth', g.expression(vectorOf('int'), scope, depth - 1), '9')],
    [1, () => list('+', g.expression('int', scope, depth - 1), g.literal('string', scope))],
    [1, () => list('inc', '9223372036854775807')],
    [1, () => list('match', g.expression('int', scope, depth - 1), '1234', g.leaf(type, scope))],
    [
      1,
      () =>
        list(
          'if',
          g.expression('bool', scope, depth - 1),
          list('throw', '"maybe"'),
          g.expression(type, scope, depth - 1),
        ),
    ],
    [1, () => list('the', 'string', g.expression('int', scope, depth - 1))],
    [1, () => list(list('fn', vector(['x', 'y']), 'x'), g.leaf('any', scope))],
    [3, () => g.expression(type, scope, depth)],
  ])()
}

function immediateCall(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const params = Array.from({ length: g.random.below(3) }, () => anyType(g.random))
  const fn = lambda(g, params, type, scope, depth)
  return list(fn, ...g.expressions(params, scope, depth))
}

/** A call of a function that is in scope. */
function userCall(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const candidates = scope
    .visible()
    .flatMap(({ name, type: fn }) => (typeof fn === 'object' && fn.kind === 'fn' ? [{ name, fn }] : []))
    .filter(({ fn }) => JSON.stringify(fn.result) === JSON.stringify(type) || type === 'any')
  if (candidates.length === 0) return undefined
  const { name, fn } = g.random.pick(candidates)
  return list(name, ...g.expressions(fn.params, scope, depth))
}

function theForm(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  const text = annotationOf(type)
  return text === undefined ? undefined : list('the', text, g.expression(type, scope, depth))
}

function fromCollection(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  const key = random.pick([':a', ':b'])
  const item = () => g.expression(type, scope, depth)
  return random.weighted<() => Form>([
    [2, () => list(key, { open: '{', items: [key, item()] })],
    [1, () => list('get', { open: '{', items: [key, item()] }, key)],
    [1, () => list('nth', vector([item(), item()]), random.pick(['0', '1']))],
    [1, () => list('first', vector([item()]))],
    [1, () => list(key, list('parallel', vector(['a', item()]), vector(['b', item()])))],
    [1, () => list('last', list('step-parallel', item(), item()))],
    [1, () => list('get-in', { open: '{', items: [':a', vector([item()])] }, '[:a 0]')],
  ])()
}

function reporting(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const { random } = g
  return random.weighted<() => Form>([
    [2, () => list('step', '"s"', ...body(g, type, scope, depth))],
    [1, () => withResource(g, type, scope, depth)],
    [
      1,
      () =>
        list(
          'step',
          '"s"',
          ':params',
          '{"n" 1}',
          ...body(g, type, scope.with({ name: '%params', type: mapOf('int') }), depth),
        ),
    ],
    [
      2,
      () =>
        list(
          'log-step',
          ':info',
          ...(random.chance(0.5) ? [g.leaf('any', scope)] : []),
          g.expression(type, scope, depth),
        ),
    ],
    [
      2,
      () =>
        list(
          'step-if',
          g.expression('bool', scope, depth),
          g.expression(type, scope, depth),
          g.expression(type, scope, depth),
        ),
    ],
    [1, () => list('do', list('step-loop', 'false', '1'), g.expression(type, scope, depth))],
    [
      1,
      () =>
        list(
          'do',
          list('dotimes', vector([g.name(), g.count()]), g.leaf('any', scope)),
          g.expression(type, scope, depth),
        ),
    ],
  ])()
}

function withResource(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const variable = g.variable('int')
  const inner = scope.with(variable)
  return list(
    'with-resource',
    vector([variable.name, ':int', g.expression('int', scope, depth)]),
    ...body(g, type, inner, depth),
  )
}

/** `(get :name)` reads a name in scope by its keyword. */
function contextGet(g: Generator, type: GenType, scope: Scope): Form | undefined {
  const names = scope.fitting(type).filter(({ name }) => /^[a-z]+$/.test(name))
  return names.length === 0 || !g.isLibrary('get', scope)
    ? undefined
    : list('get', `:${g.random.pick(names).name}`)
}

function threaded(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const first = anyType(g.random)
  const step = lambda(g, [first], type, scope, depth - 1)
  return list(g.random.pick(['->', '->>']), g.expression(first, scope, depth), list(step))
}

function effect(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  return g.style.effects ? list('call', ':test.echo', g.expression(type, scope, depth)) : undefined
}

function macroCall(g: Generator, type: GenType, scope: Scope, depth: number): Form | undefined {
  if (!g.style.macros) return undefined
  const value = () => g.expression(type, scope, depth)
  return g.random.weighted<() => Form>([
    [1, () => list('my-or', value(), value())],
    [1, () => list('my-unless', g.expression('bool', scope, depth), value())],
    [1, () => list('twice', value())],
  ])()
}

function metadata(g: Generator, type: GenType, scope: Scope, depth: number): Form {
  const form = g.expression(type, scope, depth)
  return typeof form === 'string' ? form : { open: `^{:note "n"} ${form.open}`, items: form.items }
}

/** The special forms, for every type. */
export const controlProductions: readonly WeightedProduction[] = [
  { weight: 12, make: conditional },
  { weight: 4, make: ifLet },
  { weight: 4, make: caseForm },
  { weight: 12, make: letForm },
  { weight: 4, make: letFunctions },
  { weight: 4, make: deepRecursion },
  { weight: 8, make: loopForm },
  { weight: 3, make: recurFunction },
  { weight: 4, make: doForm },
  { weight: 8, make: matchForm },
  { weight: 9, make: tryForm },
  { weight: 6, make: immediateCall },
  { weight: 8, make: userCall },
  { weight: 2, make: theForm },
  { weight: 4, make: fromCollection },
  { weight: 3, make: reporting },
  { weight: 2, make: threaded },
  { weight: 6, make: effect },
  { weight: 3, make: macroCall },
  { weight: 1, make: metadata },
  { weight: 1, make: contextGet },
]
