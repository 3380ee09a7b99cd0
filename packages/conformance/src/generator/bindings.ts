import type { Form } from './form.js'
import { list, map, vector } from './form.js'
import type { Generator } from './generator.js'
import { distinctKeywords, scalarLiteral } from './literals.js'
import { Scope, type Variable } from './scope.js'
import { annotationOf, type GenType, vectorOf } from './types.js'

/** A binding pattern and what it binds. */
export interface BoundPattern {
  readonly form: Form
  readonly variables: readonly Variable[]
}

/**
 * A pattern for a value of `type`: a name, or one that takes vectors and maps apart. `taken` holds the names that
 * the enclosing pattern or parameter list uses already, since none may occur twice.
 */
export function bindingPattern(
  g: Generator,
  type: GenType,
  scope: Scope,
  taken: readonly string[] = [],
  depth: number = 2,
): BoundPattern {
  if (typeof type === 'object' && depth > 0 && g.random.chance(0.5)) {
    if (type.kind === 'vector') return vectorPattern(g, type.of, scope, taken, depth)
    if (type.kind === 'map') return mapPattern(g, type.of, scope, taken, depth)
  }
  if (g.random.chance(0.04)) return { form: '_', variables: [] }
  const variable = g.variable(type, taken)
  return { form: variable.name, variables: [variable] }
}

function vectorPattern(
  g: Generator,
  of: GenType,
  scope: Scope,
  taken: readonly string[],
  depth: number,
): BoundPattern {
  const { random } = g
  const items: Form[] = []
  const variables: Variable[] = []
  const used = () => [...taken, ...variables.map(variable => variable.name)]
  for (let i = random.below(4); i > 0; i--) {
    const inner = bindingPattern(g, of, scope, used(), depth - 1)
    items.push(inner.form)
    variables.push(...inner.variables)
  }
  if (random.chance(0.35)) {
    const rest = random.chance(0.8)
      ? simple(g, vectorOf(of), used())
      : bindingPattern(g, vectorOf(of), scope, used(), depth - 1)
    items.push('&', rest.form)
    variables.push(...rest.variables)
  }
  if (random.chance(0.2)) {
    const all = g.variable(vectorOf(of), used())
    items.push(':as', all.name)
    variables.push(all)
  }
  return { form: vector(items), variables }
}

function mapPattern(
  g: Generator,
  of: GenType,
  scope: Scope,
  taken: readonly string[],
  depth: number,
): BoundPattern {
  const { random } = g
  const items: Form[] = []
  const variables: Variable[] = []
  const used = () => [...taken, ...variables.map(variable => variable.name)]
  // Names that are keys too, so that `:keys` finds something.
  const keys = ['a', 'b'].filter(name => !taken.includes(name) && random.chance(0.6))
  if (keys.length > 0) {
    items.push(':keys', vector(keys))
    variables.push(...keys.map(name => ({ name, type: of })))
  }
  for (const key of distinctKeywords(random, random.below(3))) {
    if (keys.includes(key.slice(1))) continue
    const inner = bindingPattern(g, of, scope, used(), depth - 1)
    const reversed = typeof inner.form === 'string' && inner.form !== '_' && random.chance(0.5)
    items.push(...(reversed ? [inner.form, key] : [key, inner.form]))
    variables.push(...inner.variables)
  }
  if (keys.length > 0 && random.chance(0.4)) {
    items.push(':or', map([keys[keys.length - 1]!, g.expression(of, scope, 1)]))
  }
  if (random.chance(0.2)) {
    const rest = g.variable({ kind: 'map', of }, used())
    items.push('&', rest.name)
    variables.push(rest)
  }
  if (random.chance(0.2)) {
    const all = g.variable({ kind: 'map', of }, used())
    items.push(':as', all.name)
    variables.push(all)
  }
  return { form: map(items), variables }
}

function simple(g: Generator, type: GenType, taken: readonly string[]): BoundPattern {
  const variable = g.variable(type, taken)
  return { form: variable.name, variables: [variable] }
}

/** An annotation in one of the spellings that may follow a target, or nothing. */
export function annotation(g: Generator, type: GenType, target: Form): readonly Form[] {
  const { random } = g
  if (!random.chance(g.style.annotations)) return [target]
  // Now and then another type, so that checks fail.
  const meant: GenType = random.chance(0.08) ? random.pick(['int', 'float', 'string', 'bool'] as const) : type
  const text = refined(g, meant) ?? annotationOf(meant)
  if (text === undefined) return [target]
  if (typeof target === 'string' && /^[a-z]+$/.test(text) && random.chance(0.3)) return [`${target}:${text}`]
  if (text.startsWith('[')) return [target, random.chance(0.5) ? `:${text}` : `: ${text}`]
  return [target, random.chance(0.7) ? `:${text}` : `: ${text}`]
}

function refined(g: Generator, type: GenType): string | undefined {
  if (!g.random.chance(0.15)) return undefined
  if (type === 'int')
    return g.random.pick([
      '[:and int [:> -100]]',
      '[:union int nil]',
      '[:and int [:in-range -5 50]]',
      'number',
    ])
  if (type === 'string') return g.random.pick(['[:and string [:max-length 3]]', 'string?'])
  return 'any'
}

/** A parameter list and what it binds. */
export interface Parameters {
  readonly form: Form
  readonly variables: readonly Variable[]
}

/** Parameters of the given types, now and then with a rest parameter that takes nothing. */
export function parameters(g: Generator, types: readonly GenType[], scope: Scope): Parameters {
  const items: Form[] = []
  const variables: Variable[] = []
  const used = () => variables.map(variable => variable.name)
  for (const type of types) {
    const pattern = bindingPattern(g, type, scope, used())
    items.push(...annotation(g, type, pattern.form))
    variables.push(...pattern.variables)
  }
  if (g.random.chance(0.1)) {
    const rest = g.variable(vectorOf('any'), used())
    items.push('&', rest.name)
    variables.push(rest)
  }
  return { form: vector(items), variables }
}

/** A pattern of `match`, and what it binds. It may or may not match. */
export function matchPattern(
  g: Generator,
  type: GenType,
  taken: readonly string[] = [],
  depth: number = 2,
): BoundPattern {
  const { random } = g
  if (depth > 0 && random.chance(0.12)) {
    const all = g.variable(type, taken)
    const inner = matchPattern(g, type, [...taken, all.name], depth - 1)
    return { form: list(':as', all.name, inner.form), variables: [all, ...inner.variables] }
  }
  if (random.chance(0.12)) {
    return { form: list(':is', annotationOf(random.chance(0.7) ? type : 'int') ?? 'any'), variables: [] }
  }
  if (typeof type === 'object' && depth > 0 && random.chance(0.75)) {
    if (type.kind === 'vector') return matchVector(g, type.of, taken, depth)
    if (type.kind === 'map') return matchMap(g, type.of, taken, depth)
  }
  return random.weighted<() => BoundPattern>([
    [3, () => simple(g, type, taken)],
    [1, () => ({ form: '_', variables: [] })],
    [3, () => ({ form: literalOf(g, type), variables: [] })],
  ])()
}

function literalOf(g: Generator, type: GenType): Form {
  const scalars: readonly GenType[] = ['int', 'float', 'string', 'bool', 'keyword', 'nil']
  return scalars.includes(type) && g.random.chance(0.85)
    ? g.literal(type, Scope.empty)
    : scalarLiteral(g.random, g.style.edges)
}

function matchVector(g: Generator, of: GenType, taken: readonly string[], depth: number): BoundPattern {
  const { random } = g
  const items: Form[] = []
  const variables: Variable[] = []
  const used = () => [...taken, ...variables.map(variable => variable.name)]
  for (let i = random.below(4); i > 0; i--) {
    const inner = matchPattern(g, of, used(), depth - 1)
    items.push(inner.form)
    variables.push(...inner.variables)
  }
  // A name that stands twice has to match equal values.
  if (variables.length > 0 && random.chance(0.08)) items.push(variables[0]!.name)
  if (random.chance(0.45)) {
    const rest = random.chance(0.7)
      ? simple(g, vectorOf(of), used())
      : matchPattern(g, vectorOf(of), used(), depth - 1)
    items.push('&', rest.form)
    variables.push(...rest.variables)
  }
  return { form: vector(items), variables }
}

function matchMap(g: Generator, of: GenType, taken: readonly string[], depth: number): BoundPattern {
  const { random } = g
  const items: Form[] = []
  const variables: Variable[] = []
  const used = () => [...taken, ...variables.map(variable => variable.name)]
  for (const key of distinctKeywords(random, random.below(3))) {
    const inner = matchPattern(g, of, used(), depth - 1)
    items.push(key, inner.form)
    variables.push(...inner.variables)
  }
  if (random.chance(0.6)) {
    const rest = random.chance(0.6) ? simple(g, { kind: 'map', of }, used()) : { form: '_', variables: [] }
    items.push('&', rest.form)
    variables.push(...rest.variables)
  }
  return { form: map(items), variables }
}
