import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createProtocolConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node'

/* A real client over the standard streams of a real process. */

const dir = mkdtempSync(join(tmpdir(), 'rtfs-language-server-'))
const uri = pathToFileURL(join(dir, 'main.rtfs')).href
let child: ChildProcess
let client: ProtocolConnection
const published: PublishDiagnosticsParams[] = []
let onPublished: (() => void) | undefined

beforeAll(async () => {
  const outfile = join(dir, 'main.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@rtfs/source'],
    external: ['hnswlib-node', '@photostructure/sqlite'],
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    logLevel: 'error',
  })
  child = spawn(process.execPath, [outfile, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, RTFS_HOME: join(dir, 'no-cache') },
  })
  client = createProtocolConnection(
    new StreamMessageReader(child.stdout!),
    new StreamMessageWriter(child.stdin!),
  )
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params)
    onPublished?.()
  })
  client.listen()
  const { capabilities } = await client.sendRequest<{ capabilities: object }>('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(dir).href,
    capabilities: {},
  })
  expect(capabilities).toMatchObject({ hoverProvider: true, definitionProvider: true })
  await client.sendNotification('initialized', {})
})

afterAll(async () => {
  await client.sendRequest('shutdown')
  await client.sendNotification('exit')
  client.dispose()
  child.kill()
})

async function change(version: number, text: string): Promise<PublishDiagnosticsParams> {
  const next = new Promise<void>(resolve => {
    onPublished = resolve
  })
  const method = version === 1 ? 'textDocument/didOpen' : 'textDocument/didChange'
  const params =
    version === 1
      ? { textDocument: { uri, languageId: 'rtfs', version, text } }
      : { textDocument: { uri, version }, contentChanges: [{ text }] }
  await client.sendNotification(method, params)
  await next
  return published.at(-1)!
}

test('a session: diagnostics, hover, definition, rename, formatting, quick fix', async () => {
  writeFileSync(join(dir, 'shop.rtfs'), '(module shop (:exports [total]) (defn total [xs] (reduce + 0 xs)))')

  const broken = await change(1, '(import shop :as s)\n(defn f [x] (s/total [x x])')
  expect(broken.version).toBe(1)
  expect(broken.diagnostics.length).toBeGreaterThan(0)
  const textDocument = { uri }
  const actions = await client.sendRequest<{ edit: object }[]>('textDocument/codeAction', {
    textDocument,
    range: { start: { line: 0, character: 0 }, end: { line: 2, character: 0 } },
    context: { diagnostics: broken.diagnostics },
  })
  expect(JSON.stringify(actions)).toContain('"newText":")"')

  const mended = await change(2, '(import shop :as s)\n(defn f [x]\n(s/total [x x]))')
  expect(mended.diagnostics).toEqual([])
  const position = { line: 2, character: 4 }
  expect(
    JSON.stringify(await client.sendRequest('textDocument/hover', { textDocument, position })),
  ).toContain('shop/total')
  expect(await client.sendRequest('textDocument/definition', { textDocument, position })).toMatchObject({
    uri: pathToFileURL(join(dir, 'shop.rtfs')).href,
  })
  const edit = await client.sendRequest<{ changes: Record<string, unknown[]> }>('textDocument/rename', {
    textDocument,
    position: { line: 1, character: 9 },
    newName: 'price',
  })
  expect(edit.changes[uri]).toHaveLength(3)
  await expect(
    client.sendRequest('textDocument/rename', {
      textDocument,
      position: { line: 1, character: 9 },
      newName: '1x',
    }),
  ).rejects.toThrow('not a name that can be bound')
  const [formatted] = await client.sendRequest<{ newText: string }[]>('textDocument/formatting', {
    textDocument,
    options: { tabSize: 2, insertSpaces: true },
  })
  expect(formatted?.newText).toBe('(import shop :as s)\n(defn f [x]\n  (s/total [x x]))\n')
  const tokens = await client.sendRequest<{ data: number[] }>('textDocument/semanticTokens/full', {
    textDocument,
  })
  expect(tokens.data.length % 5).toBe(0)
  expect(tokens.data.length).toBeGreaterThan(0)
})

test('survives texts of every kind', async () => {
  let version = 3
  for (const text of [
    '',
    '(',
    ')',
    '"',
    '#|',
    '\u0000',
    '('.repeat(5_000),
    '(let [x',
    '(defn',
    '(import ../../x)',
  ]) {
    expect((await change(version, text)).version).toBe(version)
    version++
  }
  expect((await change(version, '(+ 1 2)')).diagnostics).toEqual([])
})
