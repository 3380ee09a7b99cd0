import type { Keyword } from '@rtfs/core'
import { type ApplyNode, forEachChild, type IrPattern, type LambdaNode, type Node } from '@rtfs/ir'
import type { LambdaFacts, UnitFacts } from './facts.js'
import type { Inference } from './infer.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { argumentKinds, checksInline } from './parameters.js'
import {
  type ArgumentShape,
  fieldOf,
  fieldRead,
  jumpsBack,
  provenCost,
  type RecordShape,
} from './record-shapes.js'
import type { Version } from './versions.js'

/** Notes which variables of a version with shapes lie in memory, and what checks they are certain to pass. */
export function shapedVersionParts(facts: UnitFacts, version: Version): void {
  version.shapes.forEach((shape, index) => {
    const param = version.lambda!.node.params[index]
    if (shape === undefined || param === undefined) return
    const { pattern, annotation } = param
    if (pattern.kind === 'bind')
      (shape.isVector ? version.recordVectors : version.records).set(pattern.variable.id, shape.record)
    if (!shape.isVector && annotation !== undefined)
      version.entryUnits += provenCost(shape.record, annotation, facts)!
  })
}

/** A field that the call reads from a record in memory. */
export function recordField(
  version: Version,
  node: ApplyNode,
): { readonly variable: number; readonly offset: number; readonly kinds: Kinds } | undefined {
  if (version.records.size === 0) return undefined
  const read = fieldRead(node)
  if (read === undefined) return undefined
  const record = version.records.get(read.variable)
  const field = record === undefined ? undefined : fieldOf(record, read.key)
  return field === undefined ? undefined : { variable: read.variable, ...field }
}

/** Kinds of what a map pattern binds of a record in memory. False when the parameter is none. */
export function inferRecordParameter(
  at: Inference,
  version: Version,
  index: number,
  pattern: IrPattern,
): boolean {
  const shape = version.shapes[index]
  if (shape === undefined || pattern.kind !== 'map-pattern') return false
  for (const entry of pattern.entries) {
    const field = fieldOf(shape.record, entry.key as Keyword)
    // The default of a field that is there is never evaluated, but compiled with the rest of the pattern.
    if (field === undefined && entry.default !== undefined) at.kinds(version, entry.default)
    if (entry.pattern.kind === 'bind')
      at.setVariable(version, entry.pattern.variable.id, field === undefined ? k.any : field.kinds)
  }
  if (pattern.as !== undefined) at.setVariable(version, pattern.as.id, k.map)
  return true
}

/**
 * The version that a call of a known function runs. Records in memory are handed on as such to functions that read
 * their fields.
 */
export function calledVersion(
  at: Inference,
  version: Version,
  lambda: LambdaFacts,
  node: ApplyNode,
  kinds: readonly Kinds[],
): Version {
  const args = argumentKinds(lambda.node, kinds)
  const parent = at.contextOf(lambda, version)
  return at.version(lambda, parent, args, false, argumentShapes(at, version, lambda, node, args))
}

function argumentShapes(
  { facts }: Inference,
  version: Version,
  lambda: LambdaFacts,
  node: ApplyNode,
  kinds: readonly Kinds[],
): readonly (ArgumentShape | undefined)[] | undefined {
  if (version.records.size === 0 || lambda.node.rest !== undefined) return undefined
  if (checksInline(lambda.node) || jumpsBack(lambda, facts)) return undefined
  let found = false
  const shapes = lambda.node.params.map((_, index): ArgumentShape | undefined => {
    const arg = node.args[index]!
    const record = arg.kind === 'ref' && arg.scope === 'local' ? version.records.get(arg.variable) : undefined
    if (record === undefined || !readsRecord(lambda, index, record, facts)) return undefined
    found = true
    return { isVector: false, record }
  })
  if (!found) return undefined
  // What is checked for other parameters would be charged between these.
  const areProven = lambda.node.params.every(({ annotation }, index) => {
    return shapes[index] !== undefined || annotation === undefined || k.provesType(kinds[index]!, annotation)
  })
  return areProven ? shapes : undefined
}

/** True when a function reads fields of a parameter that lie in memory, and may take it so. */
function readsRecord(lambda: LambdaFacts, param: number, record: RecordShape, facts: UnitFacts): boolean {
  const { pattern, annotation } = lambda.node.params[param]!
  if (annotation !== undefined && provenCost(record, annotation, facts) === undefined) return false
  if (pattern.kind === 'map-pattern')
    return isSimple(pattern) && pattern.entries.some(({ key }) => has(record, key))
  if (pattern.kind !== 'bind' || facts.isCell(pattern.variable)) return false
  return reads(lambda.node, pattern.variable.id, record, facts)
}

function isSimple(pattern: IrPattern & { readonly kind: 'map-pattern' }): boolean {
  // What is left over would have to be made of the whole.
  return pattern.rest === undefined && pattern.entries.every(entry => entry.pattern.kind === 'bind')
}

function has(record: RecordShape, key: unknown): boolean {
  return fieldOf(record, key as Keyword) !== undefined
}

function reads(lambda: LambdaNode, variable: number, record: RecordShape, facts: UnitFacts): boolean {
  let found = false
  const visit = (node: Node): void => {
    if (found || node.kind === 'lambda') return
    const read = fieldRead(node)
    if (read !== undefined && read.variable === variable && has(record, read.key)) found = true
    else if (node.kind === 'apply' && facts.knownCallee(node.callee, node.args.length) !== undefined)
      // Whoever is called may read it.
      found = node.args.some(arg => isLocal(arg, variable))
    if (!found) forEachChild(node, visit)
  }
  lambda.body.forEach(visit)
  return found
}

/** Whether the code of a version needs a record in memory as a value, too. */
export function needsValue(at: Inference, version: Version, param: number): boolean {
  const known = version.needsValue.get(param)
  if (known !== undefined) return known
  // A function on the way to itself says yes.
  version.needsValue.set(param, true)
  const answer = findsUse(at, version, param)
  version.needsValue.set(param, answer)
  return answer
}

function findsUse(at: Inference, version: Version, param: number): boolean {
  const { node } = version.lambda!
  const { record } = version.shapes[param]!
  const { pattern } = node.params[param]!
  if (pattern.kind === 'map-pattern') {
    return pattern.as !== undefined || pattern.entries.some(({ key }) => !has(record, key))
  }
  return pattern.kind !== 'bind' || node.body.some(form => usesValue(at, version, form, pattern.variable.id))
}

function isLocal(node: Node, variable: number): boolean {
  return node.kind === 'ref' && node.scope === 'local' && node.variable === variable
}

/** True when evaluating the node needs the record that a variable holds as a value. */
export function usesValue(at: Inference, version: Version, node: Node, variable: number): boolean {
  const { facts } = at
  const within = (part: Node): boolean => usesValue(at, version, part, variable)
  switch (node.kind) {
    case 'ref': {
      if (node.scope !== 'local') return false
      if (node.variable === variable) return true
      const fn = facts.functionOf(node.variable)
      return fn?.needs.some(({ id }) => id === variable) === true
    }
    case 'lambda':
      return facts.lambda(node).needs.some(({ id }) => id === variable)
    case 'apply': {
      const pass = facts.passes.get(node.id)
      if (pass !== undefined) {
        return (
          (pass.start !== undefined && within(pass.start)) || within(pass.collection) || within(pass.call)
        )
      }
      const field = recordField(version, node)
      if (field !== undefined && field.variable === variable) return false
      const known = facts.knownCallee(node.callee, node.args.length)
      if (known === undefined) return within(node.callee) || node.args.some(within)
      if (known.needs.some(({ id }) => id === variable)) return true
      const kinds = node.args.map(arg => version.kindsOf(arg))
      if (kinds.includes(k.never) || !node.args.some(arg => isLocal(arg, variable)))
        return node.args.some(within)
      const target = calledVersion(at, version, known, node, kinds)
      return node.args.some((arg, index) => {
        return isLocal(arg, variable) && target.shapes[index] !== undefined
          ? needsValue(at, target, index)
          : within(arg)
      })
    }
    default: {
      let found = false
      forEachChild(node, child => {
        found ||= within(child)
      })
      return found
    }
  }
}
