import { type Digest, formatType, Keyword, RtfsSequence, RtfsSymbol, type Value } from '@rtfs/core'
import type { FunctionDescription, FunctionExample } from '@rtfs/interfaces'
import { codeHashes, inferEffects, interfaceHash, lower, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import { typeOfDeclaration } from '../shared/declarations.js'
import type { UnitFrame } from '../shared/environment.js'
import type { DelegatedFunction } from '../shared/services.js'

/** What the cache must know of the functions of one unit, or of one module in it. */
interface UnitFacts {
  readonly hashes: ReadonlyMap<string, Digest>
  readonly effects: ReadonlyMap<string, readonly string[]>
}

/** Tells what the module cache must know of a function, from the IR of the program it stands in. One for a session. */
export class Describer {
  readonly #units = new WeakMap<Program, Unit>()
  readonly #facts = new WeakMap<Program, Map<string, UnitFacts>>()

  /** `undefined` for functions inside functions, and where the program is not known. */
  describe(fn: DelegatedFunction): FunctionDescription | undefined {
    const { unit, name, declaration, symbol } = fn
    if (!fn.isGlobal || unit.program === undefined) return undefined
    const facts = this.#factsOf(unit, unit.program)
    const type = typeOfDeclaration(declaration)
    const effects = facts.effects.get(name) ?? []
    const task = declaration.meta.get('task')
    return {
      symbol,
      signature: formatType(type, unit.resolveType),
      interfaceHash: interfaceHash(type, effects, unit.resolveType),
      codeHash: declaration.hasBody ? facts.hashes.get(name) : undefined,
      task: typeof task === 'string' ? task : declaration.doc,
      examples: examplesOf(declaration.meta.get('examples')),
      allowsInterfaceHit: declaration.hint?.kind === 'l4',
    }
  }

  #factsOf(frame: UnitFrame, program: Program): UnitFacts {
    const module = frame.module ?? ''
    let known = this.#facts.get(program)
    if (known === undefined) this.#facts.set(program, (known = new Map()))
    let facts = known.get(module)
    if (facts === undefined) {
      const unit = this.#unitOf(program)
      const imported = (name: string) => frame.modules.get(name)?.frame
      const options = module === '' ? {} : { module }
      facts = {
        hashes: codeHashes(unit, {
          ...options,
          moduleHash: (from, name) => this.#imported(imported(from))?.hashes.get(name),
        }),
        effects: inferEffects(unit, {
          ...options,
          moduleEffects: (from, name) => this.#imported(imported(from))?.effects.get(name),
        }),
      }
      known.set(module, facts)
    }
    return facts
  }

  #imported(frame: UnitFrame | undefined): UnitFacts | undefined {
    return frame?.program === undefined ? undefined : this.#factsOf(frame, frame.program)
  }

  #unitOf(program: Program): Unit {
    let unit = this.#units.get(program)
    if (unit === undefined) this.#units.set(program, (unit = lower(program).unit))
    return unit
  }
}

/** `:examples` metadata: pairs `[args expected]`, triples `[args :throws Kind]` (LANGUAGE §3.5). Others are ignored. */
export function examplesOf(value: Value | undefined): readonly FunctionExample[] {
  if (!(value instanceof RtfsSequence)) return []
  return value.toArray().flatMap((example): FunctionExample[] => {
    if (!(example instanceof RtfsSequence) || example.size < 2) return []
    const args = example.at(0)
    if (!(args instanceof RtfsSequence)) return []
    const second = example.at(1)
    if (example.size === 2) return [{ args: args.toArray(), expected: second }]
    const throws = second instanceof Keyword && second.name === 'throws' ? kindOf(example.at(2)) : undefined
    return throws === undefined ? [] : [{ args: args.toArray(), throws }]
  })
}

function kindOf(value: Value): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof RtfsSymbol || value instanceof Keyword ? value.name : undefined
}
