import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binary, runNode } from '../scripts/lib.mjs'
import { installTarballs, packAll } from '../scripts/pack.mjs'
import { setup } from '../scripts/setup.mjs'

// What somebody gets who installs our packages into an empty project: the tarballs, outside of this workspace.
const home = mkdtempSync(join(tmpdir(), 'rtfs-tarball-'))
let tarballs: Map<string, string>

beforeAll(async () => {
  await setup()
  tarballs = await packAll(join(home, 'tarballs'))
}, 300_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2022', 'webworker'],
  types: [],
  strict: true,
  // Our declarations are checked as well.
  skipLibCheck: false,
}

/** Installs the packages, type-checks `program` against their declarations and runs it. */
async function consume(packages: readonly string[], program: string): Promise<string> {
  const directory = join(home, packages.join('-').replace(/\W+/g, '-'))
  await installTarballs(directory, tarballs, ...packages)
  writeFileSync(join(directory, 'program.mts'), program)
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }))
  const checked = await runNode(binary('typescript', 'tsc'), ['-p', directory], { capture: true })
  expect(checked).toEqual({ code: 0, output: '' })
  const ran = await runNode(join(directory, 'program.mjs'), [], { cwd: directory, capture: true })
  expect(ran.code, ran.output).toBe(0)
  return ran.output
}

test('@rtfs/parser on its own', { timeout: 120_000 }, async () => {
  const program = `
    import { hasErrors, parse } from '@rtfs/parser'
    const good = parse('(+ 1 2)')
    console.log(hasErrors(good), good.program.forms.length, parse('(+ 1 2').diagnostics[0]?.code)
  `
  expect(await consume(['@rtfs/parser'], program)).toBe('false 1 P008\n')
})

test('@rtfs/sdk with all that it needs, nothing native built', { timeout: 300_000 }, async () => {
  const output = await consume(
    ['@rtfs/sdk'],
    `
    import { createRtfs } from '@rtfs/sdk'
    const rtfs = createRtfs({ dir: 'home' })
    const source = '(defn twice "Twice a number." ^{:examples [[[2] 4]]} [n :int] :int (* 2 n))'
    const [published] = await rtfs.publish(source)
    const { hit } = await rtfs.find({ signature: '[:=> [:int] :int]' })
    if (published?.ok !== true || hit === undefined) throw new Error('not published or not found')
    const called = await rtfs.call(hit.target, [21])
    const ran = await rtfs.run('(+ 1 2)', { tier: 'wasm' })
    console.log(called.value, ran.value)
    await rtfs.close()
    `,
  )
  expect(output).toBe('42 3\n')
})

test('the rtfs command, outside of this workspace', { timeout: 300_000 }, async () => {
  const directory = join(home, 'command')
  await installTarballs(directory, tarballs, 'rtfs')
  const command = join(directory, 'node_modules', 'rtfs', 'dist', 'main.cjs')
  const rtfs = (...args: string[]) =>
    runNode(command, ['--dir', 'store', ...args], { cwd: directory, capture: true })
  expect(await rtfs('eval', '(map inc [1 2])')).toEqual({ code: 0, output: '[2 3]\n' })
  writeFileSync(
    join(directory, 'twice.rtfs'),
    '(defn twice "Twice a number." ^{:examples [[[2] 4]]} [n :int] :int (* 2 n))',
  )
  expect(await rtfs('l4', 'publish', 'twice.rtfs')).toMatchObject({ code: 0 })
  expect(await rtfs('l4', 'call', 'twice', '21')).toEqual({ code: 0, output: '42\n' })
  expect(await rtfs('doctor')).toMatchObject({ code: 0 })
  // Compiled code of V8 that does not fit is left aside, and so is a bundle that is not there.
  const dist = join(directory, 'node_modules', 'rtfs', 'dist')
  for (const name of readdirSync(dist)) if (name.endsWith('.cache')) writeFileSync(join(dist, name), 'torn')
  expect(await rtfs('eval', '(+ 1 2)')).toEqual({ code: 0, output: '3\n' })
  rmSync(join(dist, 'rtfs.cjs'))
  expect(await rtfs('eval', '(+ 1 2)')).toEqual({ code: 0, output: '3\n' })
})

test('@rtfs/core hashes with node:crypto in Node and without it elsewhere', {
  timeout: 120_000,
}, async () => {
  const directory = join(home, 'core')
  await installTarballs(directory, tarballs, '@rtfs/core')
  const dist = join(directory, 'node_modules', '@rtfs', 'core', 'dist')
  // In a process of its own: this one was started with the source condition.
  const script = `require('node:module').createRequire(${JSON.stringify(join(dist, 'index.js'))}).resolve('#sha256')`
  const resolved = await runNode('-p', [script], { capture: true })
  expect(basename(resolved.output.trim())).toBe('sha256-node.js')
  const { metafile } = await build({
    stdin: { contents: `export * from '#sha256'`, resolveDir: dist },
    absWorkingDir: dist,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
  })
  expect(Object.keys(metafile.inputs)).toContain('sha256-noble.js')
  expect(Object.keys(metafile.inputs)).not.toContain('sha256-node.js')
})
