import { parameters } from './bindings.js'
import { body, controlProductions, functionDefinition, resultAnnotation } from './control.js'
import { type Form, list, printProgram, type Separator, vector } from './form.js'
import { Generator, type Style } from './generator.js'
import { anyType } from './literals.js'
import { probe } from './probes.js'
import { Random } from './random.js'
import { Scope, type Variable } from './scope.js'
import { functionType } from './types.js'
import { valueProductions } from './values.js'

/** A generated program and the limits it is meant to run under; with them it always ends. */
export interface GeneratedProgram {
  readonly seed: number
  readonly source: string
  readonly limits: Readonly<Record<string, number>>
  /** True when the limits are so small that they are likely to be met. */
  readonly tight: boolean
}

/** Options of `generateProgram`. */
export interface GeneratorOptions {
  /** Programs may call the capability `test.echo` with one argument, which the host gives back. Default false. */
  readonly effects?: boolean
  /** Programs may define and call macros. Default true. */
  readonly macros?: boolean
  /** Programs may run under limits that they meet. Default true. */
  readonly tightLimits?: boolean
}

/** The capability that generated programs call when `effects` is set. It answers with its argument. */
export const effectCapability = 'test.echo'

/** What every generated program runs under at most. */
export const generatedLimits: Readonly<Record<string, number>> = Object.freeze({
  fuel: 50_000,
  depth: 200,
  collectionSize: 5_000,
  loopIterations: 100,
})

const macroPrelude = [
  '(defmacro my-or [a b] `(let [t# ~a] (if t# t# ~b)))',
  '(defmacro my-unless [c & body] `(if ~c nil (do ~@body)))',
  '(defmacro twice [x] `(do ~x ~x))',
]

/** The program of a seed: the same text for the same seed and options. */
export function generateProgram(seed: number, options: GeneratorOptions = {}): GeneratedProgram {
  const random = new Random(seed)
  const style = pickStyle(random, options)
  const generator = new Generator(random, style, [...controlProductions, ...valueProductions])
  const forms = programForms(generator)
  const tight = (options.tightLimits ?? true) && random.chance(0.15)
  const prelude = style.macros ? `${macroPrelude.join('\n')}\n` : ''
  return {
    seed,
    source: prelude + printProgram(forms, separatorOf(random)),
    limits: tight ? tightLimits(random) : generatedLimits,
    tight,
  }
}

function pickStyle(random: Random, options: GeneratorOptions): Style {
  return {
    mistakes: random.weighted([
      [5, 0],
      [3, 0.02],
      [2, 0.1],
    ]),
    edges: random.pick([0.02, 0.05, 0.05, 0.4]),
    depth: random.between(2, 5),
    budget: random.pick([15, 30, 60, 120]),
    annotations: random.pick([0, 0.1, 0.1, 0.6]),
    effects: (options.effects ?? false) && random.chance(0.4),
    macros: (options.macros ?? true) && random.chance(0.15),
  }
}

function tightLimits(random: Random): Readonly<Record<string, number>> {
  const limits: Record<string, number> = { ...generatedLimits }
  if (random.chance(0.7)) limits['fuel'] = random.pick([1, 5, 10, 20, 40, 80, 150, 300, 600])
  if (random.chance(0.4)) limits['depth'] = random.between(1, 12)
  if (random.chance(0.2)) limits['collectionSize'] = random.between(1, 8)
  return limits
}

/** Mostly single spaces; now and then line breaks, commas, comments, discarded forms. */
function separatorOf(random: Random): Separator | undefined {
  if (random.chance(0.7)) return undefined
  return () =>
    random.weighted([
      [20, ' '],
      [4, '\n  '],
      [2, '  '],
      [1, ', '],
      [1, ' ; ñ🙂 )\n'],
      [1, ' #| (x |# '],
      [1, ' #_ (skip "🙂") '],
      [1, '\r\n\t'],
    ])
}

function programForms(g: Generator): Form[] {
  const { random, style } = g
  const forms: Form[] = []
  let scope = Scope.empty
  for (let i = random.below(4); i > 0; i--) {
    const definition = topLevelDefinition(g, scope)
    forms.push(definition.form)
    scope = scope.with(definition.variable)
  }
  if (random.chance(0.06)) {
    const module = inlineModule(g)
    forms.push(...module.forms)
    scope = scope.with(...module.variables)
  }
  if (random.chance(0.3)) forms.push(g.expression('any', scope, Math.min(style.depth, 3)))
  // Probes come first or alone: an error of the rest must not hide what they show.
  const probes = Array.from(
    {
      length: random.weighted([
        [4, 0],
        [3, 1],
        [3, 2],
      ]),
    },
    () => probe(g),
  )
  if (probes.length === 0) return [...forms, g.expression('any', scope, style.depth)]
  if (random.chance(0.6)) return [vector(probes)]
  return [...forms, vector([...probes, g.expression('any', scope, style.depth)])]
}

function topLevelDefinition(
  g: Generator,
  scope: Scope,
): { readonly form: Form; readonly variable: Variable } {
  const { random, style } = g
  return random.weighted<() => { readonly form: Form; readonly variable: Variable }>([
    [5, () => functionDefinition(g, 'defn', scope, style.depth - 1)],
    [1, () => functionDefinition(g, 'def', scope, style.depth - 1)],
    [3, () => constant(g, scope)],
    [3, () => recursiveFunction(g, scope)],
    [1, () => struct(g)],
  ])()
}

function constant(g: Generator, scope: Scope): { readonly form: Form; readonly variable: Variable } {
  const variable = g.variable(anyType(g.random))
  return { form: list('def', variable.name, g.expression(variable.type, scope, g.style.depth - 1)), variable }
}

/** A function that calls itself, or one that comes later, with one less; it ends. */
function recursiveFunction(g: Generator, scope: Scope): { readonly form: Form; readonly variable: Variable } {
  const { random, style } = g
  const name = random.pick(['f', 'g', 'h', 'loop-fn'])
  const result = anyType(random)
  const type = functionType(['int', result], result)
  const params = parameters(g, ['int', result], scope)
  const n = params.variables[0]
  const inner = scope.with({ name, type }, ...params.variables)
  const callee = random.chance(0.15) ? random.pick(['f', 'g', 'h']) : name
  const depth = style.depth - 2
  if (n?.type !== 'int' || !g.isLibrary('<=', inner) || !g.isLibrary('-', inner)) {
    return functionDefinition(g, 'defn', scope, style.depth - 1)
  }
  const next = list(callee, list('-', n.name, '1'), g.expression(result, inner, depth))
  const again = random.chance(0.6)
    ? next
    : list('let', vector([g.variable(result, [n.name]).name, next]), g.expression(result, inner, depth))
  const last = random.chance(0.5) ? [g.expression(result, inner, depth)] : body(g, result, inner, depth)
  const form = list(
    'defn',
    name,
    params.form,
    ...resultAnnotation(g, result),
    list('if', list('<=', n.name, '0'), list('do', ...last), again),
  )
  return { form, variable: { name, type } }
}

function struct(g: Generator): { readonly form: Form; readonly variable: Variable } {
  const name = g.random.pick(['Point', 'Item'])
  return {
    form: list(
      'defstruct',
      name,
      ':a',
      'int',
      ':b',
      g.random.pick(['int?', 'string', '[:vector int]', 'float']),
    ),
    variable: { name, type: functionType([{ kind: 'map', of: 'int' }], { kind: 'map', of: 'int' }) },
  }
}

/** A module in the program and its import: a constant and two functions, one of them private. */
function inlineModule(g: Generator): {
  readonly forms: readonly Form[]
  readonly variables: readonly Variable[]
} {
  const { random, style } = g
  const depth = Math.min(style.depth, 3)
  const type = anyType(random)
  const constantType = anyType(random)
  const limit: Variable = { name: 'limit', type: constantType }
  const helper: Variable = { name: 'helper', type: functionType([type], type) }
  const inside = Scope.empty.with(limit, helper)
  const param = g.variable(type, ['limit', 'helper'])
  const define = (name: string): Form =>
    list('defn', name, vector([param.name]), g.expression(type, inside.with(param), depth))
  const exports = random.chance(0.5) ? [list(':exports', vector(['limit', 'shared']))] : []
  const module = list(
    'module',
    'lib.m',
    ...exports,
    list('def', 'limit', g.literal(constantType, Scope.empty)),
    define('helper'),
    define('shared'),
  )
  const [clause, prefix] = random.pick([
    [['lib.m'], 'lib.m/'],
    [['lib.m', ':as', 'mm'], 'mm/'],
    [['lib.m', ':only', vector(['limit', 'shared'])], ''],
  ] as const)
  return {
    forms: [module, list('import', ...clause)],
    variables: [
      { name: `${prefix}limit`, type: constantType },
      { name: `${prefix}shared`, type: functionType([type], type) },
    ],
  }
}
