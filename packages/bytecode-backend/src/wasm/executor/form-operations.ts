import {
  budgetExhausted,
  internalError,
  invalidProgram,
  isCatchable,
  isSuspended,
  Keyword,
  type MapKey,
  primitive,
  RtfsError,
  RtfsErrorValue,
  RtfsList,
  RtfsMap,
  RtfsSequence,
  RtfsSymbol,
  RtfsVector,
  Suspended,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import type { FormServices } from '@rtfs/interfaces'
import { mapKeyOf } from '@rtfs/stdlib'
import type { Template } from '../metadata/template-codec.js'
import type { TypeIn } from './linked-operations.js'
import type { Running } from './running.js'
import { checkType, withSuppressed } from './semantics.js'

/** What the forms that report to the host do when nobody is there to report to. */
export const pureForms: Omit<FormServices, 'gensym'> = {
  log: () => {},
  discoverAgents: () => RtfsVector.empty,
  contextValue: () => null,
  resource: id => id,
  openBranches: () => ({ enter: () => {}, leave: () => {} }),
  openStep: () => ({ complete: () => {}, fail: () => {}, abandon: () => {} }),
  openHints: () => ({ close: () => {} }),
  openResource: () => ({ release: () => {} }),
}

/** A step that was opened, and options that hold while it runs. */
export class OpenStep {
  readonly open: ReturnType<FormServices['openStep']>
  constructor(running: Running, name: string, expose: Value, keys: Value, given: number) {
    this.open = running.forms.openStep(
      name,
      stepOptions(given & 1 ? expose : undefined, given & 2 ? keys : undefined),
    )
  }
}

function stepOptions(
  expose: Value | undefined,
  keys: Value | undefined,
): Parameters<FormServices['openStep']>[1] {
  if (expose !== undefined && typeof expose !== 'boolean')
    throw typeError('step', 'boolean', typeName(expose))
  return {
    exposeContext: expose,
    contextKeys: keys === undefined || keys === null ? undefined : keysOf(keys),
  }
}

function keysOf(value: Value): readonly string[] {
  if (!(value instanceof RtfsSequence)) throw typeError('step', 'vector', typeName(value))
  return value.toArray().map(key => {
    if (typeof key === 'string') return key
    if (key instanceof Keyword) return key.name
    throw typeError('step', 'string or keyword', typeName(key))
  })
}

/** Hints that hold while a form runs. */
export class OpenHints {
  readonly open: ReturnType<FormServices['openHints']>
  constructor(running: Running, meta: Value) {
    const entries = meta instanceof RtfsMap ? [...meta.entries()] : []
    this.open = running.forms.openHints(new Map(entries.map(([key, value]) => [String(key), value])))
  }
}

/** The branches of a `parallel`: what they have thrown so far. */
export class OpenBranches {
  readonly open: ReturnType<FormServices['openBranches']>
  readonly #effects: unknown[] = []
  #failure: unknown

  constructor(running: Running) {
    this.open = running.forms.openBranches()
  }

  /** Keeps what a branch has thrown; false for what ends the run. */
  keep(error: unknown): boolean {
    if (isSuspended(error)) this.#effects.push(...error.effects)
    else if (isCatchable(error)) this.#failure ??= error
    else return false
    return true
  }

  /** Throws what is to be thrown when all branches have run. */
  close(): void {
    if (this.#effects.length > 0) throw new Suspended(this.#effects)
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** A resource that `with-resource` holds. */
export class OpenResource {
  readonly open: ReturnType<FormServices['openResource']>
  constructor(running: Running, handle: Value, type: string | null) {
    this.open = running.forms.openResource(handle, type ?? undefined)
  }

  /** Releases after a failed body; what then goes wrong is noted in the body's error. */
  releaseAfter(error: unknown): unknown {
    if (!(error instanceof RtfsError) || !(error.value instanceof RtfsErrorValue))
      throw internalError('caught what is no error')
    try {
      this.open.release()
      return error
    } catch (second) {
      // A suspension, or the end of the run: the release is not over, or nobody is there to see the error.
      return isCatchable(second) ? withSuppressed(error, error.value, second.value) : second
    }
  }
}

/** Checks what `with-resource` holds: a name that is no type alias asks for a handle. */
export function checkResource(running: Running, value: Value, { type, resolve }: TypeIn, path: string): void {
  const asksForHandle = type.kind === 'resource' || (type.kind === 'ref' && resolve(type.name) === undefined)
  checkType(value, asksForHandle ? primitive('resource-handle') : type, path, resolve, running.meter)
}

/** The error of a `step-loop` that goes round too often. */
export function tooManyIterations(running: Running): RtfsError {
  return budgetExhausted('iterations', running.meter.limits.loopIterations)
}

/** Puts together what a quasiquote makes of its template and the values of its unquoted parts. */
export function buildTemplate(running: Running, template: Template, values: readonly Value[]): Value {
  return new TemplateBuilder(running, values).build(template)
}

class TemplateBuilder {
  readonly #running: Running
  readonly #values: readonly Value[]
  /** `name#` is one symbol all through one quasiquote. */
  readonly #symbols = new Map<string, Value>()
  #next = 0

  constructor(running: Running, values: readonly Value[]) {
    this.#running = running
    this.#values = values
  }

  build(template: Template): Value {
    switch (template.kind) {
      case 'data':
        return template.value
      case 'gensym':
        return this.#symbol(template.base)
      case 'unquote':
      case 'splice':
        return this.#values[this.#next++] ?? null
      case 'list':
        return RtfsList.from(this.#items(template.items))
      case 'vector':
        return RtfsVector.adopt(this.#items(template.items))
      case 'map': {
        const entries: (readonly [MapKey, Value])[] = []
        for (let i = 0; i < template.items.length; i += 2) {
          const key = mapKeyOf(this.build(template.items[i]!), 'map')
          entries.push([key, this.build(template.items[i + 1]!)])
        }
        return RtfsMap.from(entries)
      }
    }
  }

  #items(templates: readonly Template[]): Value[] {
    const { meter } = this.#running
    const items: Value[] = []
    for (const template of templates) {
      if (template.kind === 'splice') this.#splice(items, this.build(template), template.site)
      else {
        meter.charge(1)
        items.push(this.build(template))
      }
    }
    meter.elements(items.length)
    return items
  }

  /** Errors and the charge have the place of the spliced part. */
  #splice(items: Value[], value: Value, site: number): void {
    if (value === null) return
    try {
      if (!(value instanceof RtfsSequence)) {
        throw invalidProgram(`~@ needs a vector or list to splice, got ${typeName(value)}`)
      }
      this.#running.meter.charge(value.size)
    } catch (error) {
      this.#running.locate(error, site)
      throw error
    }
    for (const item of value) items.push(item)
  }

  #symbol(base: string): Value {
    let symbol = this.#symbols.get(base)
    if (symbol === undefined) this.#symbols.set(base, (symbol = this.#running.gensym(base)))
    return symbol
  }
}

/** The symbol that `name#` becomes without a host to name it. */
export function autoSymbol(base: string, count: number): Value {
  return new RtfsSymbol(`${base}__${count}__auto`)
}
