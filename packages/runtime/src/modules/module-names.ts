import { RtfsError } from '@rtfs/core'

/** The version in a module name such as `org.lib:v2.1.3/util`, without the `v` (LANGUAGE §12.5). */
export function versionOf(name: string): string | undefined {
  return /:v(\d+(?:\.\d+)*)/.exec(name)?.[1]
}

/** The name without its version. */
export function withoutVersion(name: string): string {
  return name.replace(/:v\d+(?:\.\d+)*/, '')
}

/**
 * Where the file of a module stands below a module path (LANGUAGE §12.3): `a.b` at `a/b.rtfs`,
 * `org.lib:v2.1.3/util` at `org/lib/v2.1.3/util.rtfs`. Names that would lead elsewhere are an error.
 */
export function modulePath(name: string): string {
  const version = /^(.*?):v(\d+(?:\.\d+)*)(?:\/(.*))?$/.exec(name)
  const dotted = (text: string): string[] => text.split('.')
  const parts =
    version === null
      ? name.split('/').flatMap(dotted)
      : [...dotted(version[1]!), `v${version[2]}`, ...(version[3] === undefined ? [] : dotted(version[3]))]
  if (parts.some(part => part === '' || part === '..' || part.includes('\\') || part.includes('\0'))) {
    throw new RtfsError('RTFS_USAGE', `no file can be named after the module ${name}`)
  }
  return `${parts.join('/')}.rtfs`
}
