import { abiExports, type HostImportName, hostImports, hostModule, libraryImportName } from '../abi.js'
import type { ModuleMetadata } from '../metadata/metadata.js'
import { makeConstants } from './constants.js'
import type { Code, Exported } from './export-calls.js'
import { familyOperation, hostOperation } from './host-operations.js'
import { libraryImport } from './library-imports.js'
import type { ModuleImport } from './module-reader.js'
import { type CheckedModule, rejected } from './policy.js'
import type { Instance } from './prepared-module.js'
import { type Enter, Running } from './running.js'

type Exports = Readonly<Record<string, WebAssembly.ExportValue | undefined>>

/** Makes an instance of a checked module: imports, constants, exports. */
export function instantiate(
  module: WebAssembly.Module,
  { parsed, metadata }: CheckedModule,
  debug: Uint8Array | undefined,
): Instance {
  const running = new Running(metadata, debug)
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const each of parsed.imports) {
    const group = (imports[each.module] ??= {})
    group[each.name] = importedFunction(each, running)
  }
  const exports = new WebAssembly.Instance(module, imports).exports as Exports
  const memory = exports[abiExports.memory]
  if (!(memory instanceof WebAssembly.Memory)) throw rejected('it exports no memory')
  running.attach(memory, entersOf(exports))
  running.constants = makeConstants(metadata.constants, running)
  ;(exports[abiExports.setup] as () => void)()
  return {
    running,
    exports: functionsOf(exports, metadata),
    init: exports[abiExports.init] as Code | undefined,
  }
}

function importedFunction({ module, name, type }: ModuleImport, running: Running): WebAssembly.ImportValue {
  if (module === hostModule) {
    if (Object.hasOwn(hostImports, name)) return hostOperation(name as HostImportName, running)
    const slash = name.lastIndexOf('/')
    return familyOperation(name.slice(0, slash), Number(name.slice(slash + 1)), running)
  }
  const library = libraryImportName(name)!
  return libraryImport(library.name, library.count, type.results[0] === 'i32', running)
}

function entersOf(exports: Exports): ReadonlyMap<number, Enter> {
  const enters = new Map<number, Enter>()
  for (const [name, value] of Object.entries(exports)) {
    if (name.startsWith(abiExports.enter))
      enters.set(Number(name.slice(abiExports.enter.length)), value as Enter)
  }
  return enters
}

function functionsOf(exports: Exports, metadata: ModuleMetadata): ReadonlyMap<string, Exported> {
  return new Map(
    metadata.exports.map(exported => {
      const { name } = exported
      const general = exports[`${abiExports.anyPrefix}${name}`] as Code | undefined
      return [name, { metadata: exported, code: exports[name] as Code, general }]
    }),
  )
}
