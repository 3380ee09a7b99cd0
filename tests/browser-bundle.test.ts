import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { readJson, root, workspacePackages } from './workspace.js'

/** A package says that it is browser-safe by what it is type-checked against; node-only entries are named there. */
const entries = workspacePackages.flatMap(({ directory, manifest }) => {
  const project = readJson<{ extends: string; exclude?: string[] }>(join(directory, 'tsconfig.src.json'))
  if (!project.extends.endsWith('tsconfig.browser.json')) return []
  const nodeOnly = (subpath: string) =>
    project.exclude?.some(glob =>
      [`src${subpath.slice(1)}.ts`, `src${subpath.slice(1)}*.ts`].includes(glob),
    ) ?? false
  return Object.keys(manifest.exports ?? {})
    .filter(subpath => subpath !== './package.json' && !nodeOnly(subpath))
    .map(subpath => manifest.name + subpath.slice(1))
})

/** What browsers, workers and edge runtimes have beyond ECMAScript, as far as we use it. No process, no Buffer. */
const web = {
  AbortController,
  AbortSignal,
  URL,
  TextDecoder,
  TextEncoder,
  atob,
  btoa,
  clearTimeout,
  console,
  crypto: globalThis.crypto,
  performance,
  queueMicrotask,
  setTimeout,
  structuredClone,
}

test('there are browser-safe packages', () => {
  expect(entries).toContain('@rtfs/parser')
})

test.each(entries)('%s bundles for browsers and loads without anything of Node', async entry => {
  const resolveDir =
    workspacePackages.find(p => `${entry}/`.startsWith(`${p.manifest.name}/`))?.directory ?? root
  const result = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundle',
    platform: 'browser',
    conditions: ['@rtfs/source', 'browser'],
    logLevel: 'silent',
  })
  const load = () => runInNewContext(`${result.outputFiles[0]?.text}; bundle`, { ...web })
  expect(load).not.toThrow()
})
