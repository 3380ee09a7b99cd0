import type * as n from './nodes.js'

/*
 * What the fields of the IR hold, as data. The binary, JSON and text encodings and the code hash walk these
 * descriptions, so that none of them knows a node kind by name.
 */

/** What one field holds. */
export type Shape =
  /** A node. */
  | { readonly is: 'node' }
  /** Any string, also one with lone surrogates. */
  | { readonly is: 'text' }
  /** An integer of at least 0. */
  | { readonly is: 'count' }
  | { readonly is: 'flag' }
  /** A value that can stand in source text as data. */
  | { readonly is: 'value' }
  /** A value that may be a map key. */
  | { readonly is: 'key' }
  | { readonly is: 'type' }
  | { readonly is: 'span' }
  /** A variable where it is made, captured or filled. */
  | { readonly is: 'variable' }
  /** The id of a variable, 0 for none. */
  | { readonly is: 'variable-id' }
  /** The id of a node around this one. */
  | { readonly is: 'node-id' }
  /** Metadata: texts to values, in order. */
  | { readonly is: 'meta' }
  /** `IsNode.equality`, which is a part of its form: only whether it is there. */
  | { readonly is: 'equality' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'maybe'; readonly of: Shape }
  | { readonly is: 'null-or'; readonly of: Shape }
  | { readonly is: 'record'; readonly fields: Fields }
  /** Objects told apart by `kind`. */
  | { readonly is: 'union'; readonly kinds: ReadonlyMap<string, Fields> }
  /** A shape that is defined further down, or contains itself. */
  | { readonly is: 'later'; readonly get: () => Shape }

/** Shapes without parts. */
export type LeafShape = Exclude<
  Shape,
  { readonly is: 'node' | 'type' | 'list' | 'record' | 'union' | 'maybe' | 'null-or' | 'later' }
>

/** Field names and shapes in the order in which they are written. */
export type Fields = readonly (readonly [name: string, shape: Shape])[]

/** A field of each key of T, so that a field added to a type is a compile error until it is described. */
type FieldsOf<T> = { readonly [K in keyof T]-?: Shape }

const node: Shape = { is: 'node' }
const text: Shape = { is: 'text' }
const count: Shape = { is: 'count' }
const flag: Shape = { is: 'flag' }
const value: Shape = { is: 'value' }
const key: Shape = { is: 'key' }
const type: Shape = { is: 'type' }
const span: Shape = { is: 'span' }
const variable: Shape = { is: 'variable' }
const list = (of: Shape): Shape => ({ is: 'list', of })
const maybe = (of: Shape): Shape => ({ is: 'maybe', of })
const choice = (...of: readonly string[]): Shape => ({ is: 'choice', of })
const record = <T>(fields: FieldsOf<T>): Shape => ({ is: 'record', fields: Object.entries(fields as object) })

type Kinds<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: FieldsOf<Omit<Extract<T, { readonly kind: K }>, 'kind'>>
}

function union<T extends { readonly kind: string }>(kinds: Kinds<T>): Shape {
  return {
    is: 'union',
    kinds: new Map(Object.entries(kinds).map(([kind, fields]) => [kind, Object.entries(fields as object)])),
  }
}

const nodes = list(node)
const maybeNode = maybe(node)
const variables = list(variable)
const pattern: Shape = { is: 'later', get: () => patternShape }
const matchPattern: Shape = { is: 'later', get: () => matchPatternShape }
const template: Shape = { is: 'later', get: () => templateShape }
const bindings = list(record<n.LetBinding>({ pattern, init: node }))

const patternShape = union<n.IrPattern>({
  bind: { variable },
  wildcard: {},
  'vector-pattern': { elements: list(pattern), rest: maybe(pattern), as: maybe(variable), span },
  'map-pattern': {
    entries: list(record<n.IrMapPatternEntry>({ key, pattern, default: maybeNode })),
    rest: maybe(variable),
    as: maybe(variable),
    span,
  },
})

const matchPatternShape = union<n.IrMatchPattern>({
  'match-literal': { value },
  'match-alternatives': { alternatives: list(value) },
  'match-any': {},
  'match-bind': { variable },
  'match-same': { variable },
  'match-vector': { elements: list(matchPattern), rest: maybe(matchPattern) },
  'match-map': {
    entries: list(record<{ key: unknown; pattern: unknown }>({ key, pattern: matchPattern })),
    rest: maybe(matchPattern),
  },
  'match-as': { variable, pattern: matchPattern, same: flag },
  'match-is': { target: type },
})

const templateShape = union<n.IrTemplate>({
  data: { value },
  gensym: { base: text },
  unquote: { expr: node },
  splice: { expr: node },
  'template-list': { items: list(template) },
  'template-vector': { items: list(template) },
  'template-map': {
    entries: list(record<{ key: unknown; value: unknown }>({ key: template, value: template })),
  },
})

const forClause = union<n.IrForClause>({
  'for-binding': { pattern, collection: node, span },
  'for-when': { test: node },
  'for-while': { test: node },
  'for-let': { bindings },
})

const catchPattern = union<n.CatchNode['pattern']>({
  'catch-any': {},
  'catch-type': { type: text },
  'catch-kind': { errorKind: text },
  'catch-conforms': { type },
})

const hint = union<NonNullable<n.LambdaNode['hint']>>({
  local: {},
  'local-model': { id: text },
  remote: { id: text },
  l4: {},
})

const param = record<n.ParamNode>({ pattern, annotation: maybe(type), path: text, span })

/** Fields of every node besides `kind`, `id`, `type` and `span`. The order is that of the encodings. */
export const nodeShapes: ReadonlyMap<string, Fields> = new Map(
  Object.entries({
    literal: { value },
    ref: {
      scope: choice('local', 'global', 'builtin', 'dynamic'),
      name: text,
      variable: { is: 'variable-id' },
    },
    'qualified-ref': { module: text, name: text },
    'resource-ref': { resource: text },
    def: { name: text, variable: maybe(variable), init: node },
    lambda: {
      name: maybe(text),
      self: maybe(variable),
      params: list(param),
      rest: maybe(param),
      returnType: maybe(type),
      returnSpan: maybe(span),
      body: nodes,
      declares: variables,
      captures: variables,
      hint: maybe(hint),
      doc: maybe(text),
      meta: { is: 'meta' },
    },
    apply: { callee: node, args: nodes, tail: choice('no', 'yes', 'self') },
    // biome-ignore lint/suspicious/noThenProperty: the branch of an `if`; nodes are never awaited
    if: { test: node, then: node, else: maybeNode },
    let: { bindings, body: nodes, declares: variables },
    do: { body: nodes },
    and: { operands: nodes },
    or: { operands: nodes },
    loop: { bindings, body: nodes, declares: variables },
    recur: { target: { is: 'node-id' }, args: nodes },
    match: {
      subject: node,
      clauses: list(
        record<n.MatchClauseNode>({
          pattern: matchPattern,
          guard: maybeNode,
          body: node,
          declares: variables,
        }),
      ),
    },
    try: {
      body: nodes,
      catches: list(
        record<n.CatchNode>({ pattern: catchPattern, variables, body: nodes, declares: variables }),
      ),
      finally: maybe(nodes),
    },
    throw: { value: node },
    parallel: { bindings: list(record<n.ParallelBinding>({ name: text, init: node })) },
    'with-resource': { variable, resourceType: type, init: node, body: nodes, declares: variables },
    'log-step': { level: text, values: nodes },
    step: {
      name: text,
      exposeContext: maybeNode,
      contextKeys: maybeNode,
      params: maybeNode,
      paramsVariable: maybe(variable),
      body: nodes,
    },
    // biome-ignore lint/suspicious/noThenProperty: the branch of an `if`; nodes are never awaited
    'step-if': { options: maybeNode, test: node, then: node, else: maybeNode },
    'step-loop': { options: maybeNode, test: node, body: node },
    'step-parallel': { options: list(record<n.StepOption>({ name: text, value: node })), branches: nodes },
    for: { clauses: list(forClause), body: nodes, declares: variables },
    dotimes: { variable, count: node, body: nodes, declares: variables },
    'host-call': { capability: node, args: nodes },
    'discover-agents': { criteria: node, options: maybeNode },
    'context-get': { name: text, local: maybeNode },
    'task-context': { name: text },
    vector: { elements: nodes },
    map: { entries: list(record<n.MapEntryNode>({ key: node, value: node })) },
    quote: { value },
    quasiquote: { template },
    cast: { value: node, target: type, path: text },
    conforms: { value: node, target: type },
    hints: { meta: { is: 'meta' }, body: node },
    deftype: { name: text, target: type },
    defstruct: { name: text, variable: maybe(variable), target: type },
    defmacro: { name: text },
    deftest: { name: text, body: nodes, declares: variables },
    is: { form: node, equality: { is: 'equality' }, message: maybeNode, text },
    import: { module: text, alias: maybe(text), only: maybe(list(text)), referAll: flag },
    module: {
      name: text,
      doc: maybe(text),
      exports: maybe(list(text)),
      body: nodes,
      globals: list(text),
      privates: list(text),
    },
    object: {
      objectKind: text,
      name: maybe(value),
      properties: list(record<n.ObjectProperty>({ key: text, value: node })),
    },
    charge: { units: count, body: node },
  } satisfies {
    readonly [K in n.NodeKind]: FieldsOf<Omit<Extract<n.Node, { kind: K }>, 'kind' | keyof n.NodeBase>>
  }).map(([kind, fields]) => [kind, Object.entries(fields) as Fields]),
)

const recordEntry = record<{ key: unknown; type: unknown; optional: unknown }>({
  key: value,
  type,
  optional: flag,
})
const predicate = { name: text, args: list(value) }
const primitiveNames = [
  'int',
  'float',
  'string',
  'bool',
  'nil',
  'keyword',
  'symbol',
  'any',
  'never',
  'timestamp',
  'uuid',
  'resource-handle',
  'error',
  'map',
  'vector',
  'list',
  'fn',
] as const

/** What a type consists of; `predicate` occurs among the parts of an `and` only. */
export const typeShape: Shape & { readonly is: 'union' } = {
  is: 'union',
  kinds: new Map<string, Fields>(
    Object.entries({
      primitive: { name: choice(...primitiveNames) },
      ref: { name: text },
      vector: { element: type },
      list: { element: type },
      seq: { element: type },
      tuple: { elements: list(type) },
      record: { entries: list(recordEntry), rest: maybe(type) },
      'map-of': { key: type, value: type },
      function: { params: list(type), rest: maybe(type), result: type },
      resource: { name: text },
      union: { members: list(type) },
      and: { base: type, parts: list({ is: 'later', get: () => typePartShape }) },
      literal: { value },
      enum: { values: list(value) },
      array: { element: type, shape: maybe(list({ is: 'null-or', of: count })) },
      stream: { element: type },
    } satisfies Kinds<n.NodeBase['type']>).map(([kind, fields]) => [kind, Object.entries(fields) as Fields]),
  ),
}

const typePartShape: Shape = {
  is: 'union',
  kinds: new Map([...typeShape.kinds, ['predicate', Object.entries(predicate)]]),
}

/** Codes of kinds in the binary encoding: positions in these lists. New kinds go to the end. */
export const nodeKinds: readonly string[] = [...nodeShapes.keys()]
