import {
  isCatchable,
  isRtfsError,
  keyword,
  moduleError,
  moduleNotFound,
  type RtfsErrorValue,
  RtfsFunction,
  type SourceText,
  type Value,
} from '@rtfs/core'
import type { BytecodeBackend } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { type LoadedModule, UnitFrame } from '../shared/environment.js'
import type { ImportRequest, ModuleDefinition, ModuleServices } from '../shared/services.js'
import { CompiledModules, type ModuleCache } from './compiled-modules.js'
import { bindImport } from './import.js'
import { libraryModule } from './library-modules.js'
import { cycleError, fileError, type ModuleFile, type ModuleFiles } from './module-files.js'
import { versionOf, withoutVersion } from './module-names.js'
import { moduleValue } from './module-value.js'

/** Imports that may nest: each one takes some of the native stack. */
const maxNesting = 100

/** What is known of a module (LANGUAGE §12.6). */
export interface ModuleMetadata {
  readonly name: string
  readonly docstring: string | undefined
  readonly sourceFile: string | undefined
  readonly version: string | undefined
}

/** What a module shows of one name (LANGUAGE §12.6). */
export interface ModuleExport {
  readonly name: string
  readonly exportType: 'Function' | 'Variable' | 'Type' | 'Macro'
}

/** Runs the program of a module file in a scratch frame; its module form calls `define`. */
export type RunFile = (file: ModuleFile, frame: UnitFrame) => void

/** The modules of a session: what was defined or loaded, each run once (LANGUAGE §12). */
export class ModuleRegistry implements ModuleServices {
  readonly #files: ModuleFiles
  readonly #run: RunFile
  #modules = new Map<string, LoadedModule>()
  readonly #metadata = new Map<string, ModuleMetadata>()
  /** Names being loaded, the innermost last. */
  readonly #loading: string[] = []
  readonly #compiled = new CompiledModules()
  #source: SourceText | undefined

  constructor(files: ModuleFiles, run: RunFile, { autoload = false } = {}) {
    this.#files = files
    this.#run = run
    if (autoload) this.autoload = (name, unit) => this.#autoload(name, unit)
  }

  readonly autoload?: (name: string, unit: UnitFrame) => boolean

  #autoload(name: string, unit: UnitFrame): boolean {
    if (name === '' || unit.modules.has(name)) return false
    try {
      this.import({ module: name, alias: undefined, only: undefined, referAll: false }, unit)
      return true
    } catch (error) {
      if (isRtfsError(error, 'ModuleNotFound')) return false
      throw error
    }
  }

  /** Compiles modules that are loaded from files from now on, for the cache. */
  withBytecodeBackend(backend: BytecodeBackend<Unit>): this {
    this.#compiled.backend = backend
    return this
  }

  /** Hands modules that are loaded from files from now on to a cache. */
  withL4Cache(cache: ModuleCache): this {
    this.#compiled.cache = cache
    return this
  }

  /** The module registered under the name, or under its only version. */
  find(name: string): LoadedModule | undefined {
    const exact = this.#modules.get(name)
    if (exact !== undefined || versionOf(name) !== undefined) return exact
    const versions = [...this.#modules.values()].filter(module => withoutVersion(module.name) === name)
    if (versions.length < 2) return versions[0]
    throw moduleError(`${name} is there in several versions: ${versions.map(each => each.name).join(', ')}`)
  }

  /** Registered modules by name. */
  names(): IterableIterator<string> {
    return this.#modules.keys()
  }

  metadata(name: string): ModuleMetadata | undefined {
    return this.#metadata.get(name)
  }

  /** Sorted by name. */
  exportsOf(name: string): readonly ModuleExport[] {
    const module = this.#modules.get(name)
    if (module === undefined) return []
    return [...module.exports].sort().map(own => ({ name: own, exportType: exportType(module, own) }))
  }

  /** For a session: what is registered now, to go back to when a unit is evaluated again. */
  snapshot(): ReadonlyMap<string, LoadedModule> {
    return new Map(this.#modules)
  }

  restore(snapshot: ReadonlyMap<string, LoadedModule>): void {
    this.#modules = new Map(snapshot)
    this.#loading.length = 0
    this.#source = undefined
  }

  import(request: ImportRequest, unit: UnitFrame): void {
    bindImport(request, this.#require(request.module, unit), unit)
  }

  #require(name: string, unit: UnitFrame): LoadedModule {
    if (this.#loading.includes(name)) throw cycleError([...this.#loading, name])
    const known = this.find(name) ?? libraryModule(name)
    if (known !== undefined) return known
    const file = this.#files.find(name, fileOf(unit))
    if (file === undefined) throw moduleNotFound(name)
    return this.#load(name, file)
  }

  #load(name: string, file: ModuleFile): LoadedModule {
    if (this.#loading.length >= maxNesting) throw moduleError(`imports nest deeper than ${maxNesting}`)
    if (file.module.name !== name && withoutVersion(file.module.name) !== name) {
      throw moduleError(`${file.path} declares ${file.module.name}, not ${name}`, { path: file.path })
    }
    const outer = this.#source
    this.#loading.push(name)
    this.#source = file.source
    try {
      const scratch = new UnitFrame(name, file.source)
      scratch.program = file.program
      this.#run(file, scratch)
    } catch (error) {
      // A cycle names its chain by itself; everything else says in which file it happened.
      throw isCatchable(error) && !isCycle(error) ? fileError(file.path, error.value) : error
    } finally {
      this.#source = outer
      this.#loading.pop()
    }
    this.#compiled.loaded(file, this.#metadata.get(file.module.name)!)
    return this.#modules.get(file.module.name)!
  }

  define(definition: ModuleDefinition, unit: UnitFrame): Value {
    const frame = this.open(definition.name, unit)
    definition.run(frame)
    return this.close(definition, frame)
  }

  open(name: string, unit: UnitFrame): UnitFrame {
    const frame = new UnitFrame(name, this.#source ?? unit.source)
    frame.program = unit.program
    return frame
  }

  close(definition: Omit<ModuleDefinition, 'run'>, frame: UnitFrame): Value {
    const { name, doc } = definition
    const exports = exportsOf(definition, frame)
    const version = versionOf(name)
    const value = moduleValue(name, version, doc, exports)
    this.#modules.set(name, { name, version, exports, frame, value })
    this.#metadata.set(name, { name, docstring: doc, sourceFile: frame.source?.file, version })
    return value
  }
}

function isCycle(error: { readonly value: RtfsErrorValue }): boolean {
  return error.value.kind === 'ModuleError' && error.value.details.has(keyword('cycle'))
}

/** Where relative imports start from; texts without a file, such as `<unit 1>`, start nowhere. */
function fileOf(unit: UnitFrame): string | undefined {
  const file = unit.source?.file
  return file?.startsWith('<') === true ? undefined : file
}

/** What others may see: the listed names, which must be there, or everything that is not private. */
function exportsOf(
  { name, exports, privates }: Omit<ModuleDefinition, 'run'>,
  frame: UnitFrame,
): ReadonlySet<string> {
  const has = (own: string) =>
    frame.find(own) !== undefined || frame.resolveType(own) !== undefined || frame.macros.has(own)
  if (exports !== undefined) {
    const missing = exports.find(own => !has(own))
    if (missing !== undefined) throw moduleError(`${name} exports '${missing}', which it does not define`)
    return new Set(exports)
  }
  const all = new Set([...frame.names(), ...frame.types.keys(), ...frame.macros])
  for (const own of privates) all.delete(own)
  return all
}

function exportType(module: LoadedModule, name: string): ModuleExport['exportType'] {
  const cell = module.frame.find(name)
  if (cell !== undefined) return cell.value instanceof RtfsFunction ? 'Function' : 'Variable'
  return module.frame.macros.has(name) ? 'Macro' : 'Type'
}
