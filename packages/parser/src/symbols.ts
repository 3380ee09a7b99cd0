import { isSymbolName, type NameParts, splitName } from '@rtfs/core'

const unqualified = { namespace: undefined, version: undefined }

/** Namespace and version of a symbol; `/` and names without a slash have neither. */
export function splitSymbol(name: string): Pick<NameParts, 'namespace' | 'version'> {
  return name.includes('/') && name !== '/' ? splitName(name) : unqualified
}

/** True for `.name`: at the head of a list it calls `name` (LANGUAGE §1.6). */
export function isMethodName(name: string): boolean {
  return name.charCodeAt(0) === 46 && name.length > 1 && isSymbolName(name.slice(1))
}
