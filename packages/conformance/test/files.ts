import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CorpusFile } from '../src/index.js'

const folder = fileURLToPath(new URL('../corpus/', import.meta.url))

/** The corpus of this package, in order of name. */
export function corpusFiles(): readonly CorpusFile[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.rtfs'))
    .sort()
    .map(name => ({ name, text: readFileSync(`${folder}${name}`, 'utf8') }))
}
