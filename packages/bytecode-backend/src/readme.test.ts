import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = await readFile(join(root, 'README.md'), 'utf8')
const snippets = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(match => match[1]!)

let folder: string
beforeAll(async () => {
  // Inside the package, so that the snippets find what they import.
  await mkdir(join(root, 'dist'), { recursive: true })
  folder = await mkdtemp(join(root, 'dist', 'readme-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('there are snippets', () => expect(snippets.length).toBeGreaterThan(2))

test.each(snippets.map((snippet, i) => [i + 1, snippet] as const))('snippet %i runs', async (i, snippet) => {
  const file = join(folder, `snippet-${i}.js`)
  await writeFile(file, snippet)
  await import(/* @vite-ignore */ file)
})
