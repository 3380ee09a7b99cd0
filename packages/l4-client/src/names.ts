import { RtfsError } from '@rtfs/core'

/** `acme`, `acme/prices`: lower case, so that no two differ only for a file system or a reader. */
export function isNamespace(text: string): boolean {
  return text.length <= 128 && /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/.test(text)
}

/** A function's name: printable, no white space, no `/`. */
export function isModuleName(text: string): boolean {
  return text.length > 0 && text.length <= 128 && !/[\s/\p{C}]/u.test(text)
}

/** A capability id such as `tool:mail.send`. */
export function isCapabilityId(text: string): boolean {
  return text.length > 0 && text.length <= 128 && !/[\s\p{C}]/u.test(text)
}

/** True when one of `patterns` names `namespace`: itself, `prefix/*`, or `*`. */
export function coversNamespace(patterns: readonly string[], namespace: string): boolean {
  return patterns.some(
    pattern =>
      pattern === '*' ||
      pattern === namespace ||
      (pattern.endsWith('/*') && namespace.startsWith(pattern.slice(0, -1))),
  )
}

/** Throws `RTFS_USAGE` unless `namespace` is one. */
export function requireNamespace(namespace: string): string {
  if (!isNamespace(namespace)) {
    throw new RtfsError(
      'RTFS_USAGE',
      `'${namespace}' is no namespace; expected lower-case words such as acme/prices`,
    )
  }
  return namespace
}
