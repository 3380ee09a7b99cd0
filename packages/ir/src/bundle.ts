import { type RtfsError, unsupported } from '@rtfs/core'
import { mapChildren } from './children.js'
import type { ImportNode, ModuleNode, Node, Unit } from './nodes.js'

/** A module whose forms have been laid out. */
interface Bundled {
  readonly prefix: string
  readonly globals: ReadonlySet<string>
  readonly exports: ReadonlySet<string>
  readonly types: ReadonlySet<string>
}

/** What names of a frame mean besides its own globals. */
interface Frame {
  readonly prefix: string
  readonly globals: ReadonlySet<string>
  /** Imported names, by the names of the globals they stand for. */
  readonly imported: Map<string, string>
  /** Modules that qualified names may use. */
  readonly modules: Set<string>
}

/**
 * The unit with the modules inside it as globals of its own, under names with a space (`shop total`), and without
 * imports: code of its own that needs nobody to load a module. Everything happens in the same order, at the same cost.
 * Throws UnsupportedError, in the name of `target`, for imports of modules that are not in the unit, and for what shows
 * that modules are values. The unit itself when there is no module in it.
 */
export function bundleModules(unit: Unit, target: string): Unit {
  const forms = unit.forms.flatMap(flatten)
  if (!forms.some(({ kind }) => kind === 'module' || kind === 'import')) return unit
  const bundler = new Bundler(target)
  const frame: Frame = {
    prefix: '',
    globals: new Set(unit.globals),
    imported: new Map(),
    modules: new Set(),
  }
  bundler.lay(forms, frame)
  return {
    ...unit,
    forms: [...bundler.types, ...bundler.forms],
    globals: [...bundler.globals, ...unit.globals],
  }
}

/** The name that a global has in the source. */
export function sourceName(global: string): string {
  return global.slice(global.indexOf(' ') + 1)
}

class Bundler {
  readonly types: Node[] = []
  readonly forms: Node[] = []
  readonly globals: string[] = []
  readonly #target: string
  readonly #modules = new Map<string, Bundled>()
  readonly #typeOwners = new Map<string, string>()

  constructor(target: string) {
    this.#target = target
  }

  lay(forms: readonly Node[], frame: Frame): void {
    let ran = false
    for (const [index, form] of forms.entries()) {
      const isValue = frame.prefix === '' && index === forms.length - 1
      if (form.kind === 'import') {
        this.#import(form, frame)
        if (isValue) this.forms.push(nilAt(form))
      } else if (form.kind === 'module') {
        if (isValue) throw this.#refused(form, 'a module as the value of a program')
        this.#layModule(form)
      } else if (form.kind === 'deftest' && frame.prefix !== '') {
        // Tests of modules are not part of what the program does.
      } else {
        const laid = this.#rename(form, frame)
        const isType = form.kind === 'deftype' || form.kind === 'defstruct'
        if (isType) this.#claimType(form, frame)
        // Other frames cannot see whether a type was there yet.
        if (isType && !ran && !isValue) this.types.push(laid)
        else this.forms.push(laid)
        ran ||= !isType && !(form.kind === 'def' && form.init.kind === 'lambda')
      }
    }
  }

  #layModule(node: ModuleNode): void {
    const { name, exports, privates, globals } = node
    if (this.#modules.has(name)) throw this.#refused(node, `a second module ${name}`)
    const body = node.body.flatMap(flatten)
    const types = body.flatMap(form => {
      return form.kind === 'deftype' || form.kind === 'defstruct' ? [form.name] : []
    })
    const macros = body.flatMap(form => (form.kind === 'defmacro' ? [form.name] : []))
    const names = new Set([...globals, ...types, ...macros])
    const missing = exports?.find(own => !names.has(own))
    if (missing !== undefined)
      throw this.#refused(node, `an export of ${missing}, which ${name} does not define`)
    const prefix = `${name} `
    this.globals.push(...globals.map(global => prefix + global))
    const own = new Set(globals)
    this.lay(body, { prefix, globals: own, imported: new Map(), modules: new Set() })
    const shown = new Set(exports ?? names)
    if (exports === undefined) for (const each of privates) shown.delete(each)
    this.#modules.set(name, { prefix, globals: own, exports: shown, types: new Set(types) })
  }

  #import(node: ImportNode, frame: Frame): void {
    const { module: name, alias, only, referAll } = node
    const module = this.#modules.get(name)
    if (module === undefined) throw this.#refused(node, `an import of ${name}, which is no module before it`)
    frame.modules.add(name)
    if (alias !== undefined) frame.modules.add(alias)
    for (const own of referAll ? module.exports : (only ?? [])) {
      const target = module.prefix + own
      const isTaken = frame.globals.has(own) || (frame.imported.get(own) ?? target) !== target
      if (!module.exports.has(own) || isTaken) throw this.#refused(node, `an import of ${own} from ${name}`)
      if (module.globals.has(own)) frame.imported.set(own, target)
    }
  }

  /** Types keep their names, which errors show: no two frames may have one of the same name. */
  #claimType(form: Node & { readonly kind: 'deftype' | 'defstruct' }, { prefix }: Frame): void {
    const owner = this.#typeOwners.get(form.name)
    if (owner !== undefined && owner !== prefix)
      throw this.#refused(form, `two types ${form.name} in modules`)
    this.#typeOwners.set(form.name, prefix)
  }

  /** The same code with all globals under their names in the bundle. */
  #rename(node: Node, frame: Frame): Node {
    const inner = mapChildren(node, child => this.#rename(child, frame))
    switch (inner.kind) {
      case 'ref': {
        if (inner.scope !== 'global' && inner.scope !== 'dynamic') return inner
        const imported = frame.imported.get(inner.name)
        if (imported !== undefined) return { ...inner, scope: 'global', name: imported }
        return frame.globals.has(inner.name) ? { ...inner, name: frame.prefix + inner.name } : inner
      }
      case 'qualified-ref': {
        const module = this.#modules.get(inner.module)
        const { name, id, type, span } = inner
        if (module === undefined || !frame.modules.has(inner.module) || !isShown(module, name))
          throw this.#refused(inner, `${inner.module}/${name}`)
        return { kind: 'ref', id, type, span, scope: 'global', name: module.prefix + name, variable: 0 }
      }
      case 'def':
      case 'defstruct':
        return inner.variable === undefined ? { ...inner, name: frame.prefix + inner.name } : inner
      case 'import':
      case 'module':
        throw this.#refused(inner, `${inner.kind} inside another form`)
      default:
        return inner
    }
  }

  #refused(node: Node, form: string): RtfsError {
    return unsupported(this.#target, form, node.span)
  }
}

function isShown({ exports, globals }: Bundled, name: string): boolean {
  return exports.has(name) && globals.has(name)
}

function nilAt({ id, type, span }: Node): Node {
  return { kind: 'literal', id, type, span, value: null }
}

/** A `do` at the top level is transparent. */
function flatten(form: Node): readonly Node[] {
  return form.kind === 'do' && form.body.length > 0 ? form.body.flatMap(flatten) : [form]
}
