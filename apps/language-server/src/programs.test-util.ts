import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)

/** Every program of the corpus and of the examples, as a whole file. */
export function programs(): readonly (readonly [name: string, text: string])[] {
  return ['packages/conformance/corpus/', 'examples/'].flatMap(folder => filesBelow(new URL(folder, root)))
}

function filesBelow(folder: URL): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) return filesBelow(new URL(`${entry.name}/`, folder))
    if (!entry.name.endsWith('.rtfs')) return []
    const file = new URL(entry.name, folder)
    return [[fileURLToPath(file).slice(fileURLToPath(root).length), readFileSync(file, 'utf8')]]
  })
}
