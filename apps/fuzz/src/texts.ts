import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What mutations start from: each case of the corpus, and the examples. */
export function seedTexts(): readonly string[] {
  return ['packages/conformance/corpus', 'examples'].flatMap(folder =>
    readdirSync(`${root}${folder}`)
      .filter(name => name.endsWith('.rtfs'))
      .sort()
      .flatMap(name => readFileSync(`${root}${folder}/${name}`, 'utf8').split(/\n\n+/))
      .filter(text => text.trim() !== ''),
  )
}
