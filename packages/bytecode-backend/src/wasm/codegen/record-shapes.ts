import { canonicalType, Keyword, type Type } from '@rtfs/core'
import { type ApplyNode, forEachChild, type Node } from '@rtfs/ir'
import { libraryFunction } from './builtin-kinds.js'
import type { LambdaFacts, UnitFacts } from './facts.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { numberFunctions } from './numeric-profile.js'
import type { PassFacts } from './passes.js'

/*
 * Records whose fields are numbers may lie in linear memory while code works on them: 64 bits a field, one record
 * behind the other. Which fields of which kinds that are is guessed from the code, or said by a declared type; whether
 * a vector really consists of such records the host says when it copies them in. Where it does not, the same code runs
 * on the records themselves.
 */

/** Fields that lie in memory, in this order. */
export interface RecordShape {
  readonly fields: readonly { readonly key: Keyword; readonly kinds: Kinds }[]
  /** A type that every such record is known to conform to, by an earlier check. */
  readonly proven: Type | undefined
  /** Equal for equal shapes. */
  readonly id: string
}

/** What is known of an argument: it is such a record, or a vector of them. */
export interface ArgumentShape {
  readonly isVector: boolean
  readonly record: RecordShape
}

/** A parameter that may turn out to be a vector of records. */
export interface RecordGuess {
  readonly param: number
  readonly record: RecordShape
}

/** Guesses that are tried one after the other. */
const mostGuesses = 2

/** Fields of a record that lie in memory. */
const mostFields = 16

/** What code does with a field. */
interface FieldUse {
  isRead: boolean
  isNumber: boolean
  isInt: boolean
  /** Said by a type. */
  declared: Kinds | undefined
}

type FieldUses = Map<Keyword, FieldUse>

/** The keyword and the variable of `(:k v)` or `(get v :k)`. */
export function fieldRead(node: Node): { readonly key: Keyword; readonly variable: number } | undefined {
  if (node.kind !== 'apply') return undefined
  const { callee, args } = node
  const isGet = callee.kind === 'ref' && callee.scope === 'builtin' && args.length === 2
  if (isGet && libraryFunction(callee.name)?.name !== 'get') return undefined
  if (!isGet && args.length !== 1) return undefined
  const key = isGet ? args[1]! : callee
  const of = args[0]!
  if (key.kind !== 'literal' || !(key.value instanceof Keyword)) return undefined
  return of.kind === 'ref' && of.scope === 'local' ? { key: key.value, variable: of.variable } : undefined
}

/** Which vectors of records the parameters of a function may be, and worth copying in at its entry. */
export function recordGuesses(lambda: LambdaFacts, facts: UnitFacts): readonly RecordGuess[] {
  const { node } = lambda
  if (jumpsBack(lambda, facts)) return []
  for (const [param, { pattern, annotation }] of node.params.entries()) {
    if (pattern.kind !== 'bind' || facts.isCell(pattern.variable)) continue
    const { id } = pattern.variable
    if (!node.body.some(form => alwaysWalks(form, id, facts))) continue
    const uses: FieldUses = new Map()
    for (const form of node.body) forEachWalk(form, id, facts, pass => addElementUses(pass, facts, uses))
    const element = elementType(annotation, facts)
    if (element !== undefined) addDeclared(resolved(element, facts), facts, uses)
    const records = shapesOf(uses, element)
    if (records.length > 0) return records.map(record => ({ param, record }))
  }
  return []
}

function elementType(annotation: Type | undefined, facts: UnitFacts): Type | undefined {
  const type = annotation === undefined ? undefined : resolved(annotation, facts)
  return type?.kind === 'vector' || type?.kind === 'list' || type?.kind === 'seq' ? type.element : undefined
}

/** A type behind its name, where that is known for good. */
function resolved(type: Type, facts: UnitFacts): Type {
  let found = type
  for (let i = 0; found.kind === 'ref' && i < 100; i++) {
    const target = facts.aliases.get(found.name)
    if (target === undefined) return found
    found = target
  }
  return found
}

/** True when the code of a function goes back to its start: its parameters then have other values. */
export function jumpsBack(lambda: LambdaFacts, facts: UnitFacts): boolean {
  let found = false
  const visit = (node: Node): void => {
    if (found) return
    if (node.kind === 'recur' && node.target === lambda.node.id) found = true
    else if (node.kind === 'apply' && facts.knownCallee(node.callee, node.args.length) === lambda)
      found = true
    else forEachChild(node, visit)
  }
  lambda.node.body.forEach(visit)
  return found
}

/** True when evaluating the node always goes through the elements of the variable. */
function alwaysWalks(node: Node, variable: number, facts: UnitFacts): boolean {
  const within = (part: Node): boolean => alwaysWalks(part, variable, facts)
  switch (node.kind) {
    case 'apply': {
      const pass = facts.passes.get(node.id)
      if (pass === undefined) return node.args.some(within)
      return isVariable(pass.collection, variable) || within(pass.collection)
    }
    case 'let':
      return node.bindings.some(({ init }) => within(init)) || node.body.some(within)
    case 'do':
      return node.body.some(within)
    case 'if':
      return within(node.test)
    case 'cast':
      return within(node.value)
    case 'charge':
      return within(node.body)
    default:
      return false
  }
}

function isVariable(node: Node, variable: number): boolean {
  return node.kind === 'ref' && node.scope === 'local' && node.variable === variable
}

/** The walks over the elements of a variable, functions inside left out. */
function forEachWalk(node: Node, variable: number, facts: UnitFacts, visit: (pass: PassFacts) => void): void {
  if (node.kind === 'lambda') return
  const pass = node.kind === 'apply' ? facts.passes.get(node.id) : undefined
  if (pass !== undefined && isVariable(pass.collection, variable)) visit(pass)
  forEachChild(node, child => forEachWalk(child, variable, facts, visit))
}

function addElementUses({ fn, name, call }: PassFacts, facts: UnitFacts, uses: FieldUses): void {
  if (fn.kind === 'literal' && fn.value instanceof Keyword) {
    const use = useOf(uses, fn.value)
    use.isRead = true
    use.isNumber ||= name !== 'filter' && name !== 'remove'
    return
  }
  const lambda = facts.knownCallee(fn, call.args.length)
  if (lambda !== undefined) addUses(lambda, call.args.length - 1, facts, uses, new Set())
}

function useOf(uses: FieldUses, key: Keyword): FieldUse {
  let use = uses.get(key)
  if (use === undefined)
    uses.set(key, (use = { isRead: false, isNumber: false, isInt: false, declared: undefined }))
  return use
}

/** Calls that only whole numbers, or comparisons with one, are likely to be in. */
const intFunctions = new Set('mod rem quot even? odd? inc dec < <= > >= = =='.split(' '))

/** What a function does with fields of a parameter. */
function addUses(
  lambda: LambdaFacts,
  param: number,
  facts: UnitFacts,
  uses: FieldUses,
  seen: Set<LambdaFacts>,
): void {
  const parameter = lambda.node.params[param]
  if (seen.has(lambda) || parameter === undefined) return
  seen.add(lambda)
  const { pattern, annotation } = parameter
  if (annotation !== undefined) addDeclared(resolved(annotation, facts), facts, uses)
  /** Variables that hold a field. */
  const fields = new Map<number, Keyword>()
  if (pattern.kind === 'map-pattern') {
    for (const entry of pattern.entries) {
      if (entry.key instanceof Keyword && entry.pattern.kind === 'bind')
        fields.set(entry.pattern.variable.id, entry.key)
      if (entry.key instanceof Keyword) useOf(uses, entry.key).isRead = true
    }
  }
  const record = pattern.kind === 'bind' ? pattern.variable.id : undefined
  const keyOf = (node: Node): Keyword | undefined => {
    if (node.kind === 'ref' && node.scope === 'local') return fields.get(node.variable)
    const read = fieldRead(node)
    return read !== undefined && read.variable === record ? read.key : undefined
  }
  const visit = (node: Node): void => {
    if (node.kind === 'let') {
      for (const { pattern: to, init } of node.bindings) {
        const key = keyOf(init)
        if (to.kind === 'bind' && key !== undefined) fields.set(to.variable.id, key)
      }
    }
    const read = fieldRead(node)
    if (read !== undefined && read.variable === record) useOf(uses, read.key).isRead = true
    if (node.kind === 'apply') visitCall(node)
    forEachChild(node, visit)
  }
  const visitCall = ({ callee, args }: ApplyNode): void => {
    const known = facts.knownCallee(callee, args.length)
    if (known !== undefined) {
      args.forEach((arg, index) => {
        if (record !== undefined && isVariable(arg, record)) addUses(known, index, facts, uses, seen)
        const key = keyOf(arg)
        const declared = known.node.params[index]?.annotation
        if (key === undefined || declared?.kind !== 'primitive') return
        if (declared.name === 'int' || declared.name === 'float')
          useOf(uses, key).declared ??= k.kindsOfType(declared)
      })
      return
    }
    if (callee.kind !== 'ref' || callee.scope !== 'builtin' || !isNumberFunction(callee.name)) return
    const isInt =
      intFunctions.has(callee.name) &&
      (args.length === 1 || args.some(arg => arg.kind === 'literal' && typeof arg.value === 'number'))
    for (const arg of args) {
      const key = keyOf(arg)
      if (key === undefined) continue
      const use = useOf(uses, key)
      use.isNumber = true
      use.isInt ||= isInt
    }
  }
  lambda.node.body.forEach(visit)
}

function isNumberFunction(name: string): boolean {
  return numberFunctions.has(name) || name === '/'
}

function addDeclared(type: Type, facts: UnitFacts, uses: FieldUses): void {
  if (type.kind !== 'record') return
  for (const entry of type.entries) {
    const declared = resolved(entry.type, facts)
    if (entry.optional || !(entry.key instanceof Keyword) || declared.kind !== 'primitive') continue
    if (declared.name === 'int' || declared.name === 'float')
      useOf(uses, entry.key).declared = k.kindsOfType(declared)
  }
}

/** Names that stand for whole numbers more often than not; only a guess at what to try first. */
const wholeName = /(^|-)(id|n|qty|quantity|count|number|index|size|units|stock|age|year|month|day)$/

function shapesOf(uses: FieldUses, proven: Type | undefined): readonly RecordShape[] {
  const read = [...uses].filter(([, use]) => use.isRead && (use.isNumber || use.declared !== undefined))
  if (read.length === 0 || read.length > mostFields) return []
  const first = read.map(([key, { declared, isInt }]) => {
    return { key, kinds: declared ?? (isInt || wholeName.test(key.name) ? k.int : k.float) }
  })
  const isOpen = read.some(([, { declared }]) => declared === undefined)
  const other = first.some(({ kinds }) => kinds === k.float) ? k.int : k.float
  const second = read.map(([key, { declared }]) => ({ key, kinds: declared ?? other }))
  const shapes = (isOpen ? [first, second] : [first]).map(fields => recordShape(fields, proven))
  return shapes
    .filter(({ id }, index) => shapes.findIndex(shape => shape.id === id) === index)
    .slice(0, mostGuesses)
}

function recordShape(fields: RecordShape['fields'], proven: Type | undefined): RecordShape {
  const text = fields.map(({ key, kinds }) => `${key.name}:${kinds}`).join(',')
  return { fields, proven, id: `${text}/${proven === undefined ? '' : canonicalType(proven)}` }
}

/** Where a field is in a record, in bytes. */
export function fieldOf(
  { fields }: RecordShape,
  key: Keyword,
): { readonly offset: number; readonly kinds: Kinds } | undefined {
  const index = fields.findIndex(field => field.key === key)
  return index < 0 ? undefined : { offset: 8 * index, kinds: fields[index]!.kinds }
}

/** What checking such a record against a type charges, where it is certain to conform; `undefined` else. */
export function provenCost(record: RecordShape, type: Type, facts: UnitFacts): number | undefined {
  if (record.proven !== undefined && canonicalType(type) === canonicalType(record.proven))
    return fixedCost(type, facts, record)
  const target = resolved(type, facts)
  const isNamed = target.kind === 'record' && target.rest === undefined
  if (!isNamed || target.entries.some(({ key, type: part }) => !proves(record, key, resolved(part, facts))))
    return undefined
  return fixedCost(type, facts, record)
}

function proves(record: RecordShape, key: unknown, type: Type): boolean {
  const field = key instanceof Keyword ? fieldOf(record, key) : undefined
  if (field === undefined || type.kind !== 'primitive' || type.name === 'never') return false
  return type.name === 'any' || k.isWithin(field.kinds, k.kindsOfType(type)) || type.name === 'float'
}

/** 1 for each entry and for each name on the way to it; only where no entry has parts. */
function fixedCost(type: Type, facts: UnitFacts, record: RecordShape): number | undefined {
  if (type.kind === 'ref') {
    const target = facts.aliases.get(type.name)
    const cost = target === undefined ? undefined : fixedCost(target, facts, record)
    return cost === undefined ? undefined : cost + 1
  }
  if (type.kind !== 'record' || type.rest !== undefined) return undefined
  const isFixed = type.entries.every(({ type: part, optional, key }) => {
    return (
      part.kind === 'primitive' &&
      (!optional || (key instanceof Keyword && fieldOf(record, key) !== undefined))
    )
  })
  return isFixed ? type.entries.length : undefined
}
