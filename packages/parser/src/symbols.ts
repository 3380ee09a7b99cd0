import { type NameParts, splitName } from '@rtfs/core'

const unqualified = { namespace: undefined, version: undefined }

/** Namespace and version of a symbol; `/` and names without a slash have neither. */
export function splitSymbol(name: string): Pick<NameParts, 'namespace' | 'version'> {
  return name.includes('/') && name !== '/' ? splitName(name) : unqualified
}
