import {
  keyword,
  type Predicate,
  type PrimitiveName,
  primitive,
  ResourceHandle,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  type Type,
  Uuid,
  type Value,
} from '@rtfs/core'
import fc, { type Arbitrary } from 'fast-check'
import type * as A from './ast.js'
import { ast } from './ast-factories.js'
import { hasExecutionHints } from './metadata.js'
import { splitSymbol } from './symbols.js'
import { patternNames } from './walk.js'

/*
 * Random programs as the parser gives them: everything it normalises is generated in its normal form.
 */

const at = { start: 0, end: 0 }
const maybe = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 })
const few = <T>(value: Arbitrary<T>, least = 0, most = 3): Arbitrary<T[]> =>
  fc.array(value, { minLength: least, maxLength: most })

const keywordName = fc.constantFrom(
  'a',
  'b',
  'ns/k',
  'else',
  'as',
  'keys',
  'or',
  'when',
  'params',
  'int',
  'com.x:v1/k',
)
const name = fc.constantFrom('a', 'b', 'c', 'x1', 'λx', 'get', 'step', 'when', 'and', 'cond', 'plan', '%1')
const binding = fc.nat(99_999).map(n => `v${n}`)
const reference = fc.constantFrom(
  'a',
  'b',
  'x1',
  'm/f',
  'org.lib:v2.1/f',
  'stdlib//',
  '/',
  '+',
  'tool:log',
  '%params',
  'Exception.',
)

const scalar: Arbitrary<Value> = fc.oneof(
  fc.integer(),
  fc.constantFrom<Value>(null, true, false, 9223372036854775807n, -9007199254740993n),
  fc.double().map(value => new RtfsFloat(value)),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  keywordName.map(keyword),
  fc.constantFrom<Value>(
    new Timestamp('2026-01-31T08:00:00.5Z'),
    new Uuid('123e4567-e89b-12d3-a456-426614174000'),
    new ResourceHandle('resource://files/7'),
  ),
)

const mapKey = fc.oneof(keywordName.map(keyword), fc.string({ maxLength: 3 }), fc.integer(), fc.boolean())

/** Data that is no literal on its own. */
const compound: Arbitrary<Value> = fc.letrec<{ data: Value; compound: Value }>(tie => ({
  data: fc.oneof({ depthSize: 'small' }, scalar, tie('compound')),
  compound: fc.oneof(
    fc.constantFrom('a', 'b', '@id').map(text => new RtfsSymbol(text)),
    few(tie('data'), 1).map(items => RtfsList.from(items)),
    few(tie('data')).map(items => RtfsVector.from(items)),
    few(fc.tuple(mapKey, tie('data'))).map(entries => RtfsMap.from(entries)),
  ),
})).compound

const data = fc.oneof(scalar, compound)

// Types

const typeName = fc.constantFrom('Point', 'geo/Point', 'com.acme:v1/T')

/** Random types in every shape. */
export const type: Arbitrary<Type> = fc.letrec<{ type: Type; part: Type | Predicate }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .constantFrom<PrimitiveName>(
        'int',
        'float',
        'string',
        'bool',
        'nil',
        'any',
        'never',
        'map',
        'fn',
        'error',
      )
      .map(primitive),
    typeName.map((text): Type => ({ kind: 'ref', name: text })),
    fc
      .tuple(fc.constantFrom('vector', 'list', 'seq', 'stream'), tie('type'))
      .map(([kind, element]): Type => ({ kind, element })),
    few(tie('type')).map((elements): Type => ({ kind: 'tuple', elements })),
    fc
      .record({
        entries: fc.uniqueArray(fc.record({ key: mapKey, type: tie('type'), optional: fc.boolean() }), {
          maxLength: 3,
          selector: entry => entry.key,
        }),
        rest: maybe(tie('type')),
      })
      .map(({ entries, rest }): Type => ({ kind: 'record', entries, rest })),
    fc.tuple(tie('type'), tie('type')).map(([key, value]): Type => ({ kind: 'map-of', key, value })),
    fc
      .tuple(few(tie('type')), maybe(tie('type')), tie('type'))
      .map(([params, rest, result]): Type => ({ kind: 'function', params, rest, result })),
    fc.constant<Type>({ kind: 'resource', name: 'FileHandle' }),
    few(tie('type'), 1).map((members): Type => ({ kind: 'union', members })),
    fc.tuple(tie('type'), few(tie('part'))).map(([base, parts]): Type => ({ kind: 'and', base, parts })),
    data.map((value): Type => ({ kind: 'literal', value })),
    few(data, 1).map((values): Type => ({ kind: 'enum', values })),
    fc
      .tuple(tie('type'), maybe(few(fc.constantFrom(null, 0, 3))))
      .map(([element, shape]): Type => ({ kind: 'array', element, shape })),
  ),
  part: fc.oneof(
    tie('type'),
    fc.constantFrom<Predicate>(
      { kind: 'predicate', name: '>', args: [0] },
      { kind: 'predicate', name: 'in-range', args: [1, 2] },
      { kind: 'predicate', name: 'non-empty', args: [] },
      { kind: 'predicate', name: 'required-keys', args: [RtfsVector.from([keyword('a')])] },
      { kind: 'predicate', name: 'my/own', args: ['x', 1] },
    ),
  ),
})).type

const typeExpr = type.map(found => ast.typeExpr(found, at))

// Patterns

function patternOf(expr: Arbitrary<A.Expr>): Arbitrary<A.Pattern> {
  const key = fc.oneof(keywordName.map(keyword), fc.string({ maxLength: 3 }), fc.integer())
  return fc
    .letrec<{ pattern: A.Pattern }>(tie => ({
      pattern: fc.oneof(
        { depthSize: 'small' },
        binding.map(text => ast.bind(text, at)),
        fc.constant(ast.wildcard(at)),
        fc
          .tuple(few(tie('pattern')), maybe(tie('pattern')), maybe(binding))
          .map(([elements, rest, as]) => ast.vectorPattern(elements, rest, as, at)),
        fc
          .tuple(
            fc.uniqueArray(fc.tuple(key, tie('pattern'), maybe(expr)), {
              maxLength: 3,
              selector: ([k]) => k,
            }),
            maybe(binding),
            maybe(binding),
          )
          .map(([entries, rest, as]) =>
            ast.mapPattern(
              entries.map(([k, pattern, value]) => ({
                key: k,
                pattern,
                default: pattern.kind === 'bind' ? value : undefined,
              })),
              rest,
              as,
              at,
            ),
          ),
      ),
    }))
    .pattern.filter(pattern => isUnique(patternNames(pattern)))
}

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}

const matchPattern: Arbitrary<A.MatchPattern> = fc.letrec<{ pattern: A.MatchPattern }>(tie => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    data.map(value => ast.matchLiteral(value)),
    fc.constant(ast.matchAny()),
    fc.constantFrom('a', 'b', 'c').map(text => ast.matchBind(text)),
    fc.tuple(few(tie('pattern')), maybe(tie('pattern'))).map(([items, rest]) => ast.matchVector(items, rest)),
    fc
      .tuple(
        fc.uniqueArray(fc.tuple(mapKey, tie('pattern')), { maxLength: 3, selector: ([k]) => k }),
        maybe(tie('pattern')),
      )
      .map(([entries, rest]) =>
        ast.matchMap(
          entries.map(([key, pattern]) => ({ key, pattern })),
          rest,
        ),
      ),
    fc.tuple(fc.constantFrom('a', 'b'), tie('pattern')).map(([text, pattern]) => ast.matchAs(text, pattern)),
    type.map(found => ast.matchIs(found)),
  ),
})).pattern

// Expressions

const metadata: Arbitrary<A.Metadata> = few(
  fc.tuple(fc.constantFrom('private', 'doc', 'k', 'two words'), data),
).map(entries => new Map(entries))

const hint = fc.constantFrom<A.DelegationHint>(
  { kind: 'local' },
  { kind: 'l4' },
  { kind: 'remote', id: 'm' },
  { kind: 'local-model', id: 'm "x"' },
)

const symbol = reference.map(text => {
  const { namespace, version } = splitSymbol(text)
  return ast.symbol(text, at, namespace, version)
})

function templateOf(expr: Arbitrary<A.Expr>): Arbitrary<A.Template> {
  const isData = (part: A.Template) => part.kind === 'data'
  return fc
    .letrec<{ hole: A.Template; part: A.Template }>(tie => ({
      hole: fc.oneof(
        { depthSize: 'small' },
        expr.map((found): A.Template => ({ kind: 'unquote', expr: found })),
        fc.constantFrom('x', 'tmp').map((base): A.Template => ({ kind: 'gensym', base })),
        fc
          .tuple(fc.constantFrom('template-list', 'template-vector'), few(tie('part'), 1))
          .map(([kind, items]): A.Template => ({ kind, items })),
        few(fc.tuple(tie('hole'), tie('hole')), 1).map(
          (entries): A.Template => ({
            kind: 'template-map',
            entries: entries.map(([key, value]) => ({ key, value })),
          }),
        ),
      ),
      part: fc.oneof(
        tie('hole'),
        data.map((value): A.Template => ({ kind: 'data', value })),
        expr.map((found): A.Template => ({ kind: 'splice', expr: found })),
      ),
    }))
    .hole.filter(template => !('items' in template) || !template.items.every(isData))
}

/** A collection of data only is one piece of data. */
function collapses(template: A.Template): boolean {
  if ('items' in template)
    return template.items.every(part => part.kind === 'data') || template.items.some(collapses)
  if ('entries' in template)
    return template.entries.some(({ key, value }) => collapses(key) || collapses(value))
  return false
}

type Arbitraries = {
  expr: A.Expr
  pattern: A.Pattern
  param: A.Param
  binding: A.Binding
  fn: A.Fn
  body: A.Expr[]
}

const options = fc.constantFrom('expose-context', 'context-keys')

/** Random expressions of every kind that may stand anywhere. */
export const expr: Arbitrary<A.Expr> = fc.letrec<Arbitraries>(tie => {
  const body = tie('body')
  const e = tie('expr')
  const fn = tie('fn')
  const clause = fc
    .tuple(matchPattern, maybe(e), e)
    .map(([pattern, guard, result]) => ast.matchClause(pattern, guard, result, at))
    .filter(
      ({ guard, body: result }) => guard !== undefined || result.kind !== 'symbol' || result.name !== 'when',
    )
  return {
    pattern: patternOf(e),
    param: fc.tuple(tie('pattern'), maybe(typeExpr)).map(([pattern, found]) => ast.param(pattern, found, at)),
    binding: fc
      .tuple(tie('pattern'), maybe(typeExpr), e)
      .map(([pattern, found, init]) => ast.binding(pattern, found, init, at)),
    body: few(e, 1),
    fn: fc
      .record({
        name: maybe(binding),
        params: few(tie('param')),
        rest: maybe(tie('param')),
        returnType: maybe(typeExpr),
        body: few(e),
        hint: maybe(hint),
        meta: metadata,
      })
      .map(parts => {
        const doc = parts.meta.get('doc')
        const needsBody = parts.hint === undefined || parts.hint.kind === 'local'
        const found = parts.body.length === 0 && needsBody ? [ast.literal(1, at)] : parts.body
        return ast.fn({ ...parts, body: found, doc: typeof doc === 'string' ? doc : undefined }, at)
      })
      .filter(({ params, rest }) =>
        isUnique(
          [...params, ...(rest === undefined ? [] : [rest])].flatMap(({ pattern }) => patternNames(pattern)),
        ),
      ),
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar.map(value => ast.literal(value, at)),
      symbol,
      few(e).map(items => ast.vector(items, at)),
      fc.uniqueArray(fc.tuple(mapKey, e), { maxLength: 3, selector: ([key]) => key }).map(entries =>
        ast.map(
          entries.map(([key, value]) => ({ key: ast.literal(key, at), value })),
          at,
        ),
      ),
      few(fc.tuple(symbol, e)).map(entries =>
        ast.map(
          entries.map(([key, value]) => ({ key, value })),
          at,
        ),
      ),
      compound.map(value => ast.quote(value, at)),
      fc.constant(ast.quote(RtfsList.empty, at)),
      templateOf(e)
        .filter(template => !collapses(template))
        .map(template => ast.quasiquote(template, at)),
      fc.tuple(e, few(e)).map(([callee, args]) => ast.call(callee, args, at)),
      fc.tuple(name, few(e)).map(([callee, args]) => ast.call(ast.symbol(callee, at), args, at)),
      fc.tuple(e, e, maybe(e)).map(([test, then, otherwise]) => ast.if(test, then, otherwise, at)),
      few(e).map(items => ast.do(items, at)),
      few(e).map(items => ast.and(items, at)),
      few(e).map(items => ast.or(items, at)),
      fc.tuple(few(tie('binding')), body).map(([bindings, found]) => ast.let(bindings, found, at)),
      fc
        .tuple(few(tie('binding')), e)
        .chain(([bindings, test]) =>
          fc
            .array(e, { minLength: bindings.length, maxLength: bindings.length })
            .map(args => ast.loop(bindings, [ast.if(test, ast.recur(args, 'loop', at), undefined, at)], at)),
        ),
      fn,
      fc
        .tuple(binding, maybe(typeExpr), e, metadata)
        .map(([text, found, init, meta]) => ast.def(text, at, found, init, meta, at)),
      fc
        .tuple(binding, fn, fc.string({ maxLength: 4 }))
        .map(([text, found, doc]) => ast.defn(text, at, documented(found, text, doc), at)),
      fc.tuple(e, few(clause, 1)).map(([subject, clauses]) => ast.match(subject, clauses, at)),
      fc
        .tuple(e, few(fc.tuple(few(data), e), 1), maybe(e))
        .map(([subject, clauses, otherwise]) =>
          ast.match(
            subject,
            [
              ...clauses.map(([values, result]) =>
                ast.matchClause(ast.matchAlternatives(values), undefined, result, at),
              ),
              ...(otherwise === undefined ? [] : [ast.matchClause(ast.matchAny(), undefined, otherwise, at)]),
            ],
            at,
          ),
        ),
      fc
        .tuple(
          few(e),
          few(
            fc
              .tuple(
                fc.oneof(
                  fc.constant<A.CatchPattern>({ kind: 'catch-any' }),
                  fc
                    .constantFrom('network', 'order/bad')
                    .map((found): A.CatchPattern => ({ kind: 'catch-type', type: found })),
                  fc.constant<A.CatchPattern>({ kind: 'catch-kind', errorKind: 'TypeError' }),
                  type
                    .filter(({ kind }) => kind !== 'primitive' && kind !== 'ref')
                    .map((found): A.CatchPattern => ({ kind: 'catch-conforms', type: found })),
                ),
                fc.uniqueArray(fc.constantFrom('e', 'f'), { maxLength: 2 }),
                body,
              )
              .map(([pattern, names, found]) =>
                ast.catchClause(pattern, pattern.kind === 'catch-any' ? names : names.slice(0, 1), found, at),
              ),
          ),
          maybe(body),
        )
        .map(([found, catches, cleanup]) =>
          ast.try(found, catches, catches.length === 0 ? (cleanup ?? [ast.literal(1, at)]) : cleanup, at),
        ),
      e.map(value => ast.throw(value, at)),
      fc
        .uniqueArray(fc.tuple(binding, maybe(typeExpr), e), {
          minLength: 1,
          maxLength: 3,
          selector: ([text]) => text,
        })
        .map(branches =>
          ast.parallel(
            branches.map(([text, found, init]) => ({ name: text, type: found, init })),
            at,
          ),
        ),
      fc
        .tuple(binding, typeExpr, e, body)
        .map(([text, found, init, inside]) => ast.withResource(text, found, init, inside, at)),
      fc
        .tuple(fc.constantFrom('info', 'warn', 'x'), few(e))
        .map(([level, values]) => ast.logStep(level, values, at)),
      fc
        .record({
          name: fc.string({ maxLength: 4 }),
          exposeContext: maybe(e),
          contextKeys: maybe(e),
          params: maybe(e.map(value => ast.map([{ key: ast.literal('k', at), value }], at))),
          body: few(e),
        })
        .map(parts => ast.step(parts, at)),
      fc
        .tuple(maybe(e.map(value => ast.map([{ key: ast.literal(1, at), value }], at))), symbol, e, maybe(e))
        .map(([found, test, then, otherwise]) => ast.stepIf(found, test, then, otherwise, at)),
      fc
        .tuple(maybe(e.map(value => ast.map([{ key: ast.literal(1, at), value }], at))), symbol, e)
        .map(([found, test, inside]) => ast.stepLoop(found, test, inside, at)),
      fc
        .tuple(fc.uniqueArray(fc.tuple(options, e), { maxLength: 2, selector: ([text]) => text }), few(e))
        .map(([found, branches]) =>
          ast.stepParallel(
            found.map(([text, value]) => ({ name: text, value })),
            branches,
            at,
          ),
        ),
      fc
        .tuple(
          tie('pattern'),
          e,
          few(
            fc.oneof(
              fc
                .tuple(tie('pattern'), e)
                .map(([pattern, collection]) => ast.forBinding(pattern, collection, at)),
              fc
                .tuple(fc.constantFrom('for-when', 'for-while'), e)
                .map(([kind, test]) => ast.forTest(kind, test)),
              few(tie('binding')).map(bindings => ast.forLet(bindings)),
            ),
          ),
          body,
        )
        .map(([pattern, collection, clauses, found]) =>
          ast.for([ast.forBinding(pattern, collection, at), ...clauses], found, at),
        ),
      fc.tuple(binding, e, few(e)).map(([text, count, found]) => ast.dotimes(text, count, found, at)),
      fc.tuple(e, few(e)).map(([capability, args]) => ast.hostCall(capability, args, at)),
      few(e, 2).map(args => ast.hostCall(ast.literal(keyword('ccos.ai.llm-execute'), at), args, at)),
      fc.tuple(e, maybe(e)).map(([criteria, found]) => ast.discoverAgents(criteria, found, at)),
      keywordName.map(text => ast.contextGet(text, at)),
      fc.constantFrom('id', 'ns/id').map(text => ast.taskContext(text, at)),
      fc.string({ maxLength: 3 }).map(id => ast.resourceRef(id, at)),
      fc.tuple(typeExpr, e).map(([found, value]) => ast.the(found, value, at)),
      fc.tuple(typeExpr, e).map(([found, value]) => ast.conforms(found, value, at)),
      fc
        .tuple(
          metadata.map(meta => new Map([...meta, ['runtime.hint', 1]])),
          e,
        )
        .filter(
          ([meta, inside]) =>
            hasExecutionHints(meta) && !['fn', 'def', 'defn', 'with-metadata'].includes(inside.kind),
        )
        .map(([meta, inside]) => ast.withMetadata(meta, inside, at)),
      fc.tuple(e, maybe(e)).map(([tested, message]) => ast.is(tested, message, '', at)),
    ),
  }
}).expr

/** As `defn` keeps it: the name of the function, and a docstring also when it only stands in the body. */
function documented(fn: A.Fn, name: string, doc: string): A.Fn {
  const first = fn.body[0]
  const inBody =
    fn.body.length > 1 && first?.kind === 'literal' && typeof first.value === 'string'
      ? first.value
      : undefined
  return { ...fn, name, doc: doc.length > 2 ? doc : (fn.doc ?? inBody) }
}

/** Random top-level forms, those that only stand there among them. */
export const topLevel: Arbitrary<A.Expr> = fc.oneof(
  { weight: 4, arbitrary: expr },
  {
    weight: 1,
    arbitrary: fc.tuple(binding, few(expr, 1)).map(([name, body]) => ast.deftest(name, body, at)),
  },
  { weight: 1, arbitrary: few(expr, 1).map(body => ast.deftest('two words', body, at)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        typeName.filter(text => !text.includes('/')),
        typeExpr,
      )
      .map(([name, found]) => ast.deftype(name, found, at)),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.tuple(keywordName, type, typeName, fc.boolean()), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map(fields =>
        ast.defstruct(
          'Made',
          {
            kind: 'record',
            entries: fields.map(([key, found, text, optional]) => ({
              key: keyword(key),
              type: optional
                ? { kind: 'union', members: [{ kind: 'ref', name: text }, primitive('nil')] }
                : found,
              optional,
            })),
            rest: undefined,
          },
          at,
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        module: fc.constantFrom('a.b', 'org:v1.2', 'org:v1/m'),
        alias: maybe(binding),
        only: maybe(fc.uniqueArray(binding, { maxLength: 2 })),
        referAll: fc.boolean(),
      })
      .map(({ module, alias, only, referAll }) => ast.import(module, alias, only, referAll, at)),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        name: fc.constantFrom('a.b', 'org:v1/m'),
        doc: maybe(fc.string({ maxLength: 4 })),
        exports: maybe(fc.uniqueArray(binding, { maxLength: 2 })),
        forms: few(expr),
      })
      .map(parts => ast.module({ ...parts, exportsSpan: undefined }, at)),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        kind: fc.constantFrom('intent', 'plan', 'capability', 'task', 'action', 'resource'),
        name: maybe(
          fc.oneof(
            fc.string({ maxLength: 3 }),
            keywordName.map(keyword),
            fc.constant(new RtfsSymbol('demo')),
          ),
        ),
        properties: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'program', 'goal'), expr, compound), {
          maxLength: 3,
          selector: ([key]) => key,
        }),
      })
      .map(({ kind, name: found, properties }) =>
        ast.object(
          kind,
          found,
          properties.map(([key, value, code]) => ({
            key,
            value: kind === 'plan' && key === 'program' ? ast.quote(code, at) : value,
          })),
          at,
        ),
      ),
  },
)
