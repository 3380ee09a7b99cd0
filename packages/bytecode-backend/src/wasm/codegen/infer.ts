import type { LoopNode, Node } from '@rtfs/ir'
import { castKinds } from './casts.js'
import { requireCovered } from './coverage.js'
import type { LambdaFacts, UnitFacts } from './facts.js'
import { inferNode } from './infer-node.js'
import { bindPattern } from './infer-patterns.js'
import { inferRecordParameter, shapedVersionParts } from './infer-records.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { type NumericProfile, numericProfile } from './numeric-profile.js'
import { argumentCount, checkedKinds, checksInline, needsCheck } from './parameters.js'
import { type ArgumentShape, type RecordGuess, recordGuesses } from './record-shapes.js'
import { Version } from './versions.js'

/** Versions of one function; further kinds of arguments go to the version that takes anything. */
const maxVersions = 8

/**
 * Finds out what kinds of values expressions have, and which versions of functions are needed. Kinds only grow; a
 * version is looked at again whenever something it depends on has grown, until nothing does.
 */
export class Inference {
  readonly facts: UnitFacts
  /** The top level of the unit: the forms that are run before anything is called. */
  readonly top: Version
  /** The forms of the top level that run. */
  readonly forms: readonly Node[]
  /** True when names nobody knows are undefined. */
  readonly closed: boolean
  readonly #versions = new Map<string, Version>()
  readonly #counts = new Map<LambdaFacts, number>()
  readonly #profiles = new Map<LambdaFacts, NumericProfile>()
  readonly #recordGuesses = new Map<LambdaFacts, readonly RecordGuess[]>()
  readonly #globals = new Map<string, Kinds>()
  readonly #globalReaders = new Map<string, Set<Version>>()
  /** The loops seen, by the ids their `recur` names. */
  readonly loops = new Map<number, LoopNode>()
  readonly #queue = new Set<Version>()
  #lastId = 0
  #isDone = false

  constructor(facts: UnitFacts, forms: readonly Node[], closed: boolean) {
    this.facts = facts
    this.forms = forms
    this.closed = closed
    this.top = new Version(0, undefined, undefined, [], true)
    this.#queue.add(this.top)
  }

  /** Works until nothing changes. */
  run(): void {
    for (const version of this.#queue) {
      this.#queue.delete(version)
      this.#infer(version)
    }
    this.#isDone = true
  }

  /** Widens what a global may be: the versions that read it are looked at again. */
  setGlobal(name: string, kinds: Kinds): void {
    const before = this.globalKinds(name)
    if ((before | kinds) === before) return
    this.#globals.set(name, before | kinds)
    for (const reader of this.#globalReaders.get(name) ?? []) this.#queue.add(reader)
  }

  /** Kinds of a global for a version that reads it. */
  readGlobal(name: string, version: Version): Kinds {
    let readers = this.#globalReaders.get(name)
    if (readers === undefined) this.#globalReaders.set(name, (readers = new Set()))
    readers.add(version)
    return this.globalKinds(name)
  }

  /** Kinds of a global that is defined once. */
  globalKinds(name: string): Kinds {
    return this.#globals.get(name) ?? k.never
  }

  /** The version of a function for arguments of these kinds. `parent` is the version of the function around it. */
  version(
    lambda: LambdaFacts,
    parent: Version,
    args: readonly Kinds[],
    checked = false,
    shapes?: readonly (ArgumentShape | undefined)[],
  ): Version {
    requireCovered(lambda.node, this.facts.linkage !== undefined)
    const wanted = args.map(k.parameterKinds)
    const isChecked = checked || shapes !== undefined || !needsCheck(lambda.node, wanted)
    const key = versionKey(lambda, parent, wanted, isChecked, shapes)
    const found = this.#versions.get(key)
    if (found !== undefined) return found
    const count = (this.#counts.get(lambda) ?? 0) + 1
    const isGeneral = wanted.every(kinds => kinds === k.any)
    if (count > maxVersions && shapes !== undefined && !checked) return this.version(lambda, parent, args)
    if (count > maxVersions && !isGeneral && !checked) {
      return this.version(
        lambda,
        parent,
        wanted.map(() => k.any),
      )
    }
    if (this.#isDone) throw new Error('code asks for a version that inference has not seen')
    this.#counts.set(lambda, count)
    const made = new Version(++this.#lastId, lambda, parent, wanted, isChecked, shapes)
    if (shapes !== undefined) shapedVersionParts(this.facts, made)
    this.#versions.set(key, made)
    if (lambda.needs.length > 0) parent.inner.add(made)
    this.#queue.add(made)
    return made
  }

  /** The version of the function around `lambda` that code of `from` is part of. */
  contextOf(lambda: LambdaFacts, from: Version): Version {
    for (let at: Version | undefined = from; at !== undefined; at = at.parent) {
      if (at.lambda === lambda.parent) return at
    }
    return this.top
  }

  /** The version that the closure object of a function runs: it takes anything. */
  closureVersion(lambda: LambdaFacts, from: Version): Version {
    const params = argumentCount(lambda.node)
    return this.version(lambda, this.contextOf(lambda, from), new Array<Kinds>(params).fill(k.any))
  }

  /** The checked version behind one whose annotations have to be checked. */
  checkedVersion(version: Version): Version {
    const lambda = version.lambda!
    return this.version(lambda, version.parent!, checkedKinds(lambda.node, version.params), true)
  }

  /** Which parameters of a function are numbers, judged by what its body does with them. */
  profile(lambda: LambdaFacts): NumericProfile {
    let profile = this.#profiles.get(lambda)
    if (profile === undefined) this.#profiles.set(lambda, (profile = numericProfile(lambda, this.facts)))
    return profile
  }

  /** Kinds of a variable, in whichever version around it lives. */
  variableKinds(version: Version, id: number): Kinds {
    const owner = this.facts.owner(id)
    for (let at: Version | undefined = version; at !== undefined; at = at.parent) {
      if (at.lambda === owner) return at.variables.get(id) ?? k.never
    }
    return k.any
  }

  /** Widens what a variable may be. */
  setVariable(version: Version, id: number, kinds: Kinds): void {
    const before = version.variables.get(id) ?? k.never
    if ((before | kinds) === before) return
    version.variables.set(id, before | kinds)
    this.#queue.add(version)
    for (const inner of version.inner) this.#requeue(inner)
  }

  /** A captured variable changed: functions further inside may capture it too. */
  #requeue(version: Version): void {
    this.#queue.add(version)
    for (const inner of version.inner) this.#requeue(inner)
  }

  #infer(version: Version): void {
    version.inlined = 0
    const result = this.#result(version)
    if ((version.result | result) === version.result) return
    version.result |= result
    for (const caller of version.callers) this.#queue.add(caller)
  }

  #result(version: Version): Kinds {
    const { lambda } = version
    if (lambda === undefined) return this.body(version, this.forms)
    const { node } = lambda
    if (!version.checked && !checksInline(node)) return this.resultOf(this.checkedVersion(version), version)
    const params = node.rest === undefined ? node.params : [...node.params, node.rest]
    params.forEach((param, index) => {
      const kinds = version.params[index]!
      const checked =
        index < node.params.length && param.annotation !== undefined
          ? castKinds(kinds, param.annotation)
          : kinds
      this.setVariable(version, -1 - index, checked)
      if (inferRecordParameter(this, version, index, param.pattern)) return
      bindPattern(this, version, param.pattern, version.variables.get(-1 - index)!)
    })
    const body = this.body(version, node.body)
    const result = node.returnType === undefined ? body : castKinds(body, node.returnType)
    const guard = this.#guardOf(version)
    version.guard = guard
    version.recordGuards = this.#recordGuardsOf(version)
    return version.recordGuards.reduce(
      (kinds, { target }) => kinds | this.resultOf(target, version),
      guard === undefined ? result : result | this.resultOf(guard, version),
    )
  }

  /** Versions for a parameter that turns out to be a vector of records which are worth having in memory. */
  #recordGuardsOf(version: Version): Version['recordGuards'] {
    const lambda = version.lambda!
    if (version.shapes.length > 0 || checksInline(lambda.node)) return []
    let guesses = this.#recordGuesses.get(lambda)
    if (guesses === undefined) this.#recordGuesses.set(lambda, (guesses = recordGuesses(lambda, this.facts)))
    return guesses
      .filter(({ param }) => version.params[param] === k.any)
      .map(({ param, record }) => {
        const shapes = version.params.map((_, index) =>
          index === param ? { isVector: true, record } : undefined,
        )
        return { param, target: this.version(lambda, version.parent!, version.params, true, shapes) }
      })
  }

  /**
   * A version whose number parameters may be anything first looks whether they are ints, if that pays: the int
   * version then does the work.
   */
  #guardOf(version: Version): Version | undefined {
    // Arguments in memory have no value that another version could take.
    if (version.shapes.length > 0) return undefined
    const lambda = version.lambda!
    const profile = this.profile(lambda)
    if (profile.operations < 3 && !profile.repeats) return undefined
    const params = version.params.map((kinds, index) => {
      return kinds === k.any && profile.params.has(index) ? k.int : kinds
    })
    if (params.every((kinds, index) => kinds === version.params[index])) return undefined
    return this.version(lambda, version.parent!, params, true)
  }

  /** Kinds of the result of a version, for a caller that is looked at again when they grow. */
  resultOf(version: Version, caller: Version): Kinds {
    version.callers.add(caller)
    return version.result
  }

  /** Kinds of the last of these forms, or `never` when one of them always raises. */
  body(version: Version, body: readonly Node[]): Kinds {
    let kinds: Kinds = k.nil
    let ends = false
    for (const node of body) {
      kinds = this.kinds(version, node)
      ends ||= kinds === k.never
    }
    return ends ? k.never : kinds
  }

  /** Kinds of one form; they are kept for the code generator. */
  kinds(version: Version, node: Node): Kinds {
    const kinds = inferNode(this, version, node)
    version.kinds.set(node.id, kinds)
    return kinds
  }

  /** Kinds of each of these forms. */
  all(version: Version, nodes: readonly Node[]): Kinds[] {
    return nodes.map(node => this.kinds(version, node))
  }

  /** Looks at forms whose kinds do not matter here. */
  optional(version: Version, nodes: readonly (Node | undefined)[]): void {
    for (const node of nodes) if (node !== undefined) this.kinds(version, node)
  }
}

function versionKey(
  lambda: LambdaFacts,
  parent: Version,
  params: readonly Kinds[],
  checked: boolean,
  shapes: readonly (ArgumentShape | undefined)[] | undefined,
): string {
  // Functions that need nothing from around them are the same in every version of their surroundings.
  const context = lambda.needs.length === 0 ? '' : parent.id
  const known = shapes === undefined ? '' : shapes.map(shapeKey).join(';')
  return `${lambda.node.id}/${context}/${checked ? 'c' : 'u'}${params.join(',')}${known}`
}

function shapeKey(shape: ArgumentShape | undefined): string {
  return shape === undefined ? '' : `${shape.isVector ? 'v' : 'r'}${shape.record.id}`
}
