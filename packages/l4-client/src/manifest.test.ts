import { encodeUtf8 } from '@rtfs/core'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.js'
import { decodeManifest, encodeManifest, type ModuleManifest } from './manifest.js'
import { request, testCache } from './testing.test-util.js'

const { manifest } = await testCache().cache.publish(request('add', 'Add two numbers'))

test('holds exactly what LIMITS says is signed', () => {
  expect(Object.keys(manifest).sort()).toEqual(
    [
      'abi backend blob codeHash description effects embedding evidence expiresAt export imports interface',
      'interfaceHash irHash issuedAt limits name namespace sourceHash target version',
    ]
      .join(' ')
      .split(' '),
  )
  expect(Object.keys(manifest.embedding!).sort()).toEqual(['dimension', 'model', 'revision', 'sha256'])
})

test('reads what it writes', () => {
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
})

const wrongValues: readonly (readonly [keyof ModuleManifest, unknown])[] = [
  ['blob', { sha256: manifest.blob.sha256, size: 9 * 1024 * 1024 }],
  ['blob', { sha256: manifest.blob.sha256 }],
  ['blob', { ...manifest.blob, extra: 1 }],
  ['export', ''],
  ['interface', null],
  ['interfaceHash', 'sha256:ab'],
  ['codeHash', manifest.codeHash.toUpperCase()],
  ['description', 'x'.repeat(8193)],
  ['embedding', { ...manifest.embedding, dimension: -1 }],
  ['sourceHash', ''],
  ['irHash', 5],
  ['abi', 'x'.repeat(257)],
  ['imports', ['b', 'a']],
  ['imports', ['a', 'a']],
  ['target', 1],
  ['backend', { id: 'x' }],
  ['namespace', 'Acme'],
  ['namespace', '../x'],
  ['name', 'a/b'],
  ['name', 'a b'],
  ['version', 0],
  ['effects', ['tool: a']],
  ['effects', 'tool:a'],
  ['limits', { fuel: -1 }],
  ['limits', []],
  ['evidence', null],
  ['issuedAt', -1],
  ['expiresAt', '2030-01-01'],
]

test.each(wrongValues)('refuses a wrong %s: %j', (field, value) => {
  const payload = encodeUtf8(canonicalJson({ ...manifest, [field]: value } as never))
  expect(() => decodeManifest(payload)).toThrow(`wrong value in '${field}'`)
})

test.each(Object.keys(manifest))('refuses a manifest without %s', field => {
  const { [field as keyof ModuleManifest]: _, ...rest } = manifest
  expect(() => decodeManifest(encodeUtf8(canonicalJson(rest as never)))).toThrow('other fields')
})

test.each([
  ['another field', canonicalJson({ ...manifest, schema: 1 } as never)],
  ['white space', JSON.stringify(manifest, undefined, 1)],
  ['no JSON', 'x'],
])('refuses %s', (_, text) => {
  expect(() => decodeManifest(encodeUtf8(text))).toThrow(expect.objectContaining({ code: 'RTFS_ENVELOPE' }))
})

test('refuses bytes that are no UTF-8', () => {
  expect(() => decodeManifest(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not canonical JSON')
})
