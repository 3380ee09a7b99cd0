import { moduleError } from '@rtfs/core'
import type { LoadedModule, UnitFrame } from '../shared/environment.js'
import type { ImportRequest } from '../shared/services.js'

/**
 * Binds what an import asks for (LANGUAGE §12.2): the module under its name and alias, and the named exports, or all
 * of them, unqualified.
 */
export function bindImport(request: ImportRequest, module: LoadedModule, unit: UnitFrame): void {
  const { only, referAll, alias } = request
  const names = referAll ? module.exports : new Set(only)
  for (const name of names) checkImport(name, module, unit)
  unit.modules.set(request.module, module)
  unit.modules.set(module.name, module)
  if (alias !== undefined) unit.modules.set(alias, module)
  for (const name of names) bindName(name, module, unit)
}

/** Throws unless the name is exported and means nothing else in the unit. */
function checkImport(name: string, module: LoadedModule, unit: UnitFrame): void {
  if (!module.exports.has(name)) throw moduleError(`'${name}' is not exported by ${module.name}`)
  if (unit.defines(name)) {
    throw moduleError(`'${name}' is imported from ${module.name} and defined here`)
  }
  const known = unit.imported.get(name)
  if (known !== undefined && known !== module.frame.find(name)) {
    throw moduleError(`'${name}' is imported from ${module.name} and from another module`)
  }
}

function bindName(name: string, module: LoadedModule, unit: UnitFrame): void {
  const cell = module.frame.find(name)
  if (cell !== undefined) unit.imported.set(name, cell)
  const type = module.frame.resolveType(name)
  if (type !== undefined) unit.importedTypes.set(name, type)
}
