import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { sourcesOf, workspacePackages } from './workspace.js'

/**
 * The rows of the package map, top to bottom. A package may depend on those in rows above its own, never on one in
 * the same row.
 */
const rows: readonly (readonly RegExp[])[] = [
  [/^@rtfs\/core$/],
  [/^@rtfs\/interfaces$/],
  [/^@rtfs\/parser$/],
  [/^@rtfs\/stdlib$/],
  [/^@rtfs\/ir$/],
  [/^@rtfs\/(bytecode-backend|l4-client|delegation|runtime)$/],
  [/^@rtfs\/isolation$/],
  [/^@rtfs\/conformance$/],
  [/^@rtfs\/synthesis$/],
  [/^@rtfs\/(store|index|cache|model|embedder)-[a-z0-9]+$/],
  [/^@rtfs\/sdk$/],
  [/^rtfs$/, /^@rtfs\/(l4-server|language-server|playground|bench|fuzz)$/],
]

const rowOf = (name: string) => rows.findIndex(row => row.some(pattern => pattern.test(name)))
const ours = new Set(workspacePackages.map(p => p.manifest.name))

/** `@scope/name/sub/path` and `name/sub/path` without the path. */
const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

describe.each(workspacePackages.map(p => [p.manifest.name, p] as const))(
  '%s',
  (name, { directory, manifest }) => {
    const shipped = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }

    test('has a row in the package map', () => {
      expect(rowOf(name)).toBeGreaterThanOrEqual(0)
    })

    test('depends only on rows above its own', () => {
      // Development dependencies too: turbo refuses cycles, whatever the kind of arrow.
      const wrong = Object.keys({ ...shipped, ...manifest.devDependencies })
        .filter(dependency => ours.has(dependency) && !(rowOf(dependency) < rowOf(name)))
        .map(dependency => `${name} -> ${dependency}`)
      expect(wrong).toEqual([])
    })

    test('takes workspace packages from the workspace', () => {
      const wrong = Object.entries({ ...shipped, ...manifest.devDependencies }).filter(
        ([dependency, range]) => ours.has(dependency) && range !== 'workspace:*',
      )
      expect(wrong).toEqual([])
    })

    test('imports only what its package.json declares', () => {
      const wrong: string[] = []
      for (const file of ['src', 'test'].flatMap(folder => sourcesOf(directory, folder))) {
        const path = join(directory, file)
        const isTest = file.startsWith('test/') || /\.test(-util)?\.ts$/.test(file)
        // Tests may also use the tools of the root package.json, which Node finds further up.
        const declared = isTest ? { ...shipped, ...manifest.devDependencies } : shipped
        for (const { fileName: specifier } of ts.preProcessFile(readFileSync(path, 'utf8'), true, true)
          .importedFiles) {
          if (specifier.startsWith('.')) {
            if (relative(directory, join(dirname(path), specifier)).startsWith('..')) {
              wrong.push(`${file} leaves its package: ${specifier}`)
            }
          } else if (!/^(node:|#)/.test(specifier)) {
            const target = packageOf(specifier)
            if (target !== name && !(target in declared) && !(isTest && !ours.has(target))) {
              wrong.push(`${file} imports ${specifier}`)
            }
          }
        }
      }
      expect(wrong).toEqual([])
    })
  },
)
