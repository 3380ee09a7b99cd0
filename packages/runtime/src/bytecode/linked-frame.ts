import type { RtfsMap, Type, Value } from '@rtfs/core'
import { undefinedSymbol } from '@rtfs/core'
import type { ImportedNames, ModuleHead, UnitServices } from '@rtfs/interfaces'
import type { LambdaNode } from '@rtfs/ir'
import { declarationOf } from '../ir/delegated.js'
import { objectValue } from '../objects/object-value.js'
import { qualifiedName, withoutImplementation } from '../shared/declarations.js'
import { type UnitFrame, unfilled } from '../shared/environment.js'
import { readDefinition, readGlobal, readQualified } from '../shared/names.js'
import type { DelegatedFunction, Services } from '../shared/services.js'

/** A function of a compiled unit that others may answer for, or that has no body. */
export interface CompiledDefinition {
  readonly node: LambdaNode
  /** True at the top level of its unit, `undefined` for a function that no `def` names. */
  readonly isGlobal: boolean | undefined
}

/** What compiled code sees of the frame of its unit. */
export class LinkedFrame implements UnitServices {
  readonly frame: UnitFrame
  readonly #services: Services
  readonly #definitions: ReadonlyMap<number, CompiledDefinition>
  readonly #delegated = new Map<number, DelegatedFunction>()
  readonly #head: ModuleHead | undefined
  readonly resolveType: (name: string) => Type | undefined

  constructor(
    frame: UnitFrame,
    services: Services,
    definitions: ReadonlyMap<number, CompiledDefinition>,
    head?: ModuleHead,
  ) {
    this.frame = frame
    this.#services = services
    this.#definitions = definitions
    this.#head = head
    this.resolveType = frame.resolveType
  }

  get file(): string | undefined {
    return this.frame.file
  }

  positionAt(offset: number): { readonly line: number; readonly column: number } | undefined {
    return this.frame.source?.positionAt(offset)
  }

  /** The cell is looked up until it is there, then kept, as in the IR runtime. */
  link(name: string): { read(): Value } {
    const { frame } = this
    const services = this.#services
    let cell = frame.find(name)
    return {
      read() {
        cell ??= frame.find(name)
        if (cell !== undefined && cell.value !== unfilled) return cell.value
        const value = cell === undefined ? readGlobal(name, frame, services) : readDefinition(name, frame)
        if (value === undefined) throw undefinedSymbol(name)
        return value
      },
    }
  }

  qualified(name: string): Value {
    return readQualified(name, this.frame, this.#services)
  }

  define(name: string, value: Value): void {
    this.frame.declare(name).value = value
  }

  defineType(name: string, type: Type): void {
    this.frame.types.set(name, type)
  }

  defineMacro(name: string): void {
    this.frame.macros.add(name)
  }

  import(request: ImportedNames): void {
    this.#services.modules.import(request, this.frame)
  }

  openModule(head: ModuleHead): UnitServices {
    const frame = this.#services.modules.open(head.name, this.frame)
    for (const name of head.globals) frame.declare(name)
    return new LinkedFrame(frame, this.#services, this.#definitions, head)
  }

  closeModule(module: UnitServices): Value {
    const { frame, head } = module as LinkedFrame
    return this.#services.modules.close(head, frame)
  }

  /** The module form that this is the frame of. */
  get head(): ModuleHead {
    if (this.#head === undefined) throw new TypeError('the frame of a program is no module')
    return this.#head
  }

  registerTest(name: string, run: () => Value): void {
    this.#services.registerTest(name, run, this.frame)
  }

  object(kind: string, name: Value | undefined, properties: RtfsMap): Value {
    const object = objectValue(kind, name, properties, this.#services.meter)
    this.#services.host.registerObject(object)
    return object
  }

  delegate(source: number, args: readonly Value[]): Value | undefined {
    const definition = this.#definitions.get(source)
    if (definition === undefined) return undefined
    const { node, isGlobal } = definition
    const { delegate } = this.#services
    const delegated = isGlobal === undefined ? undefined : this.#delegatedFunction(source, node, isGlobal)
    if (delegate !== undefined && delegated !== undefined) {
      const answer = delegate.call(delegated, args)
      if (answer !== undefined) return answer
    }
    if (node.body.length > 0 || node.hint === undefined) return undefined
    throw withoutImplementation(delegated?.symbol ?? node.name ?? 'fn', declarationOf(node))
  }

  #delegatedFunction(source: number, node: LambdaNode, isGlobal: boolean): DelegatedFunction {
    let delegated = this.#delegated.get(source)
    if (delegated === undefined) {
      const { name = 'fn' } = node
      const { frame: unit } = this
      delegated = {
        symbol: qualifiedName(unit, name),
        name,
        isGlobal,
        unit,
        declaration: declarationOf(node),
      }
      this.#delegated.set(source, delegated)
    }
    return delegated
  }
}
