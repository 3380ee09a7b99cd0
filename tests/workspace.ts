import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly exports?: Record<string, string | Record<string, string>>
}

export interface WorkspacePackage {
  readonly directory: string
  /** The folder below the root: `packages/core`. */
  readonly path: string
  readonly manifest: Manifest
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'))
}

export const workspacePackages: readonly WorkspacePackage[] = ['packages', 'apps'].flatMap(group =>
  readdirSync(join(root, group), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => {
      const directory = join(root, group, entry.name)
      return {
        directory,
        path: `${group}/${entry.name}`,
        manifest: readJson<Manifest>(join(directory, 'package.json')),
      }
    }),
)

/** The TypeScript files below a folder of a package, as paths relative to the package; none if it is not there. */
export function sourcesOf(directory: string, folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(join(directory, folder), { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
  return names
    .filter(name => name.endsWith('.ts'))
    .map(name =>
      relative(directory, join(directory, folder, name))
        .split(sep)
        .join('/'),
    )
}
