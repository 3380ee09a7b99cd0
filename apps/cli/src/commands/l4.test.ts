import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

const tax = `(defn add-tax
  "add a tax rate to a price"
  ^{:examples [[[50.0 0.1] 55.0] [[100.0 0.0] 100.0]]}
  [price :float rate :float] :float
  (* price (+ 1.0 rate)))
`
const signature = '[:=> [:float :float] :float]'

let cwd: string

beforeAll(() => {
  cwd = directoryWith({
    'tax.rtfs': tax,
    'near.rtfs': tax
      .replace('add-tax', 'with-tax')
      .replaceAll(/\^\{.*\n/g, '\n')
      .replace('(+ 1.0 rate)', '(+ rate 1.0)'),
    'wrong.rtfs': tax.replace('55.0', '56.0'),
    'types.rtfs': '(defn f [x :int] :int (str x))',
    'two.rtfs': '(defn a [x :int] :int x)\n(defn b [x :int] :int (* x 2))',
  })
})

const l4 = (dir: string, ...args: readonly string[]) =>
  invoke(['l4', ...args, '--dir', join(cwd, dir)], { cwd })

const published = async (dir: string) => {
  const { code, out } = await l4(dir, 'publish', 'tax.rtfs', '--json')
  expect(code).toBe(0)
  return JSON.parse(out).functions[0] as {
    readonly id: string
    readonly codeHash: string
    readonly checks: object[]
  }
}

describe('publish', () => {
  test('prints what was tested, signed and stored', async () => {
    const { code, out } = await l4('p1', 'publish', 'tax.rtfs', '--task', 'price with tax')
    expect(code).toBe(0)
    expect(out).toContain(`add-tax  ${signature}`)
    for (const tier of ['ast', 'ir', 'wasm'])
      expect(out).toContain(`tested    examples ${tier}: passed, 2 cases`)
    expect(out).toMatch(/signed {4}sha256:[0-9a-f]{64}/)
    expect(out).toMatch(/stored {4}wasm, \d+ bytes, sha256:/)
    expect((await l4('p1', 'show', 'add-tax')).out).toContain('price with tax')
  })

  test('again: it is there already', async () => {
    const first = await published('p2')
    const { out } = await l4('p2', 'publish', 'tax.rtfs', '--json')
    expect(JSON.parse(out).functions[0]).toMatchObject({ outcome: 'existing', id: first.id })
  })

  test('under a name', async () => {
    expect((await l4('p3', 'publish', 'tax.rtfs', '--name', 'acme/shop/tax')).code).toBe(0)
    expect((await l4('p3', 'call', 'acme/shop/tax', '50.0', '0.0')).out).toBe('50.0\n')
  })

  test('examples that fail: refused, exit 3, nothing stored', async () => {
    const { code, out } = await l4('p4', 'publish', 'wrong.rtfs')
    expect(code).toBe(3)
    expect(out).toContain('refused')
    expect((await l4('p4', 'ls')).out).toBe('')
  })

  test('types that do not fit: exit 3', async () => {
    const { code, out, err } = await l4('p4', 'publish', 'types.rtfs')
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('error[')
  })

  test('one of several functions', async () => {
    expect((await l4('p5', 'publish', 'two.rtfs', '--name', 'acme/b')).code).toBe(2)
    expect((await l4('p5', 'publish', 'two.rtfs', '--fn', 'none')).code).toBe(2)
    expect(
      (await l4('p5', 'publish', 'two.rtfs', '--fn', 'b', '--name', 'acme/b', '--task', 'double')).code,
    ).toBe(0)
    expect((await l4('p5', 'ls')).out.trim().split('\n')).toHaveLength(1)
  })
})

describe('find', () => {
  test('a miss exits with 1 and says why', async () => {
    const { code, out } = await l4('f0', 'find', '--signature', '[:=> [:int] :int]')
    expect(code).toBe(1)
    expect(out).toMatch(/^miss: /)
  })

  test('by examples, by code, by the same description; --explain shows scores and gates', async () => {
    const { id, codeHash } = await published('f1')
    const search = ['find', '--signature', signature]
    const hit = await l4('f1', ...search, '--task', 'tax', '--example', '[10.0 0.5] => 15.0', '--explain')
    expect(hit.code).toBe(0)
    expect(hit.out).toContain(id)
    expect(hit.out).toMatch(/semantic +0\.\d{3} .*hit by examples/)
    const miss = await l4('f1', ...search, '--task', 'tax', '--example', '[10.0 0.5] => 16.0', '--explain')
    expect(miss.code).toBe(1)
    expect(miss.out).toContain('refused at acceptance')
    const code = await l4('f1', ...search, '--code-hash', codeHash, '--json')
    expect(JSON.parse(code.out)).toMatchObject({
      ok: true,
      hit: { id, mode: 'same-code', acceptedBy: 'code' },
    })
    const similar = await l4(
      'f1',
      ...search,
      '--task',
      'a tax on a price',
      '--accept',
      'similarity',
      '--threshold',
      '0.1',
    )
    expect(similar.code).toBe(0)
    const same = await l4('f1', ...search, '--task', 'add a tax rate to a price', '--json')
    expect(JSON.parse(same.out)).toMatchObject({ ok: true, hit: { acceptedBy: 'description' } })
  })

  test('without a task the examples decide among modules of the interface', async () => {
    const { id } = await published('f2')
    const hit = await l4('f2', 'find', '--signature', signature, '--example', '[10.0 0.5] => 15.0', '--json')
    expect(JSON.parse(hit.out)).toMatchObject({ ok: true, hit: { id, acceptedBy: 'examples' } })
    expect((await l4('f2', 'find', '--signature', signature, '--example', '[10.0 0.5] => 1.0')).code).toBe(1)
  })

  test.each([
    ['an example of another shape', ['--example', '1']],
    ['an example without result', ['--example', '[1] =>']],
    ['a threshold out of range', ['--threshold', '2']],
    ['an unknown mode', ['--accept', 'anything']],
    ['a hash that is none', ['--code-hash', 'abc']],
  ])('%s is wrong usage', async (_, flags) => {
    expect((await l4('f0', 'find', '--signature', signature, ...flags)).code).toBe(2)
  })
})

describe('call', () => {
  test('by name, by id, by the beginning of an id', async () => {
    const { id } = await published('c1')
    for (const name of ['add-tax', 'local/add-tax', id, id.slice(0, 8)]) {
      expect(await l4('c1', 'call', name, '100.0', '0.5')).toEqual({ code: 0, out: '150.0\n', err: '' })
    }
    expect((await l4('c1', 'call', 'add-tax', '-100.0', '0.5')).out).toBe('-150.0\n')
    expect(JSON.parse((await l4('c1', 'call', 'add-tax', '1.0', '0.0', '--json')).out)).toMatchObject({
      ok: true,
      value: '1.0',
      tier: expect.any(String),
    })
  })

  test('failures', async () => {
    await published('c2')
    expect((await l4('c2', 'call', 'add-tax', '1.0')).code).toBe(1)
    expect((await l4('c2', 'call', 'add-tax', '"a"', '1.0')).code).toBe(1)
    expect((await l4('c2', 'call', 'nobody')).code).toBe(1)
    expect((await l4('c2', 'call', 'add-tax', '(', '1.0')).code).toBe(2)
  })
})

describe('upkeep', () => {
  test('ls, show, stats as JSON', async () => {
    const { id } = await published('u1')
    expect(JSON.parse((await l4('u1', 'ls', '--json')).out)).toMatchObject({
      modules: [{ id, status: 'Verified' }],
    })
    expect(JSON.parse((await l4('u1', 'show', id, '--json')).out)).toMatchObject({
      record: { id },
      manifest: { interface: signature },
      refusedBy: null,
    })
    expect(JSON.parse((await l4('u1', 'stats', '--json')).out)).toMatchObject({ records: 1 })
    expect((await l4('u1', 'show', 'nobody')).code).toBe(1)
  })

  test('verify: a sound store, then one with a flipped bit', async () => {
    await published('u2')
    expect(await l4('u2', 'verify')).toMatchObject({ code: 0 })
    const blob = findWasm(join(cwd, 'u2'))
    const bytes = readFileSync(blob)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(blob, bytes)
    const { code, out } = await l4('u2', 'verify', '--json')
    expect(code).toBe(4)
    expect(JSON.parse(out)).toMatchObject({ ok: false })
    expect((await l4('u2', 'call', 'add-tax', '1.0', '1.0')).code).toBe(4)
  })

  test('revoke: never again, not even by code', async () => {
    const { id, codeHash } = await published('u3')
    expect((await l4('u3', 'revoke', 'add-tax')).code).toBe(0)
    expect((await l4('u3', 'call', id, '1.0', '1.0')).code).toBe(4)
    expect((await l4('u3', 'find', '--signature', signature, '--code-hash', codeHash)).code).toBe(1)
    expect((await l4('u3', 'revoke', 'nobody')).code).toBe(1)
  })

  test('a directory that cannot be made is a fault of the environment', async () => {
    expect((await l4('tax.rtfs/x', 'ls')).code).toBe(4)
  })
})

describe('run with the cache', () => {
  test('a function without body that is delegated is answered by the cache', async () => {
    await published('r1')
    const text = `(defn with-tax "add a tax rate to a price" ^:delegation :l4 [price :float rate :float] :float)
(with-tax 100.0 0.5)`
    const { code, out, err } = await invoke(['run', '-e', text, '--dir', join(cwd, 'r1')], { cwd })
    expect({ code, out, err }).toEqual({ code: 0, out: '150.0\n', err: '' })
    const other = await invoke(['run', '-e', text], { cwd, env: { RTFS_HOME: join(cwd, 'r-none') } })
    expect(other.code).toBe(1)
    expect(other.err).toContain('UnresolvedFunction')
  })
})

describe('keys', () => {
  const keys = (dir: string, ...args: readonly string[]) =>
    invoke(['keys', ...args, '--dir', join(cwd, dir)], { cwd })

  test('new, ls, revoke: what a revoked key has signed is refused', async () => {
    const made = JSON.parse((await keys('k1', 'new', 'laptop', '--json')).out)
    expect(made).toMatchObject({ label: 'laptop', signs: true, trusted: true, namespaces: ['*'] })
    await published('k1')
    expect(JSON.parse((await keys('k1', 'ls', '--json')).out).keys).toEqual([made])
    expect((await l4('k1', 'call', 'add-tax', '1.0', '0.0')).code).toBe(0)
    expect((await keys('k1', 'revoke', made.keyId.slice(0, 20))).code).toBe(0)
    expect((await l4('k1', 'call', 'add-tax', '1.0', '0.0')).code).toBe(4)
    expect((await keys('k1', 'ls')).out).toContain('revoked')
  })

  test('trust a key of somebody else for a namespace', async () => {
    const { publicKey, keyId } = JSON.parse((await keys('k2', 'new', '--json')).out)
    const { code, out } = await keys('k3', 'trust', publicKey, '--namespace', 'acme', '--label', 'Ada')
    expect(code).toBe(0)
    expect(out).toBe(`trusted ${keyId} for acme\n`)
    expect((await keys('k3', 'ls')).out).toBe(`${keyId}  publisher  trusted for acme  Ada\n`)
  })

  test.each([
    ['a key that is none', ['trust', 'abc'], 2],
    ['an unknown key', ['revoke', 'sha256:00'], 1],
    ['a namespace that is none', ['new', '--namespace', 'A B'], 2],
  ])('%s', async (_, args, code) => {
    expect((await keys('k4', ...args)).code).toBe(code)
  })
})

/** The one blob that is WebAssembly. */
function findWasm(directory: string): string {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name)
    try {
      if (readFileSync(path).subarray(0, 4).toString('latin1') === '\0asm') return path
    } catch {
      // A directory.
    }
  }
  throw new Error('there is no WebAssembly in the store')
}

describe('upkeep', () => {
  const keys = (dir: string, ...args: readonly string[]) =>
    invoke(['keys', ...args, '--dir', join(cwd, dir)], { cwd })

  test('gc says what would go, and leaves what is new and what is pinned', async () => {
    const { id } = await published('g1')
    const dry = await l4('g1', 'gc', '--dry-run', '--max-records', '0', '--json')
    expect(JSON.parse(dry.out)).toMatchObject({ ok: true, dryRun: true, evicted: [], blobs: [] })
    expect((await l4('g1', 'pin', 'add-tax')).out).toBe(`pinned local/add-tax ${id}\n`)
    expect(JSON.parse((await l4('g1', 'show', id, '--json')).out).record.pinned).toBe(true)
    expect((await l4('g1', 'unpin', 'add-tax', '--json')).code).toBe(0)
    const { code, out } = await l4('g1', 'gc')
    expect([code, out]).toEqual([0, expect.stringContaining('kept 1 modules, 4 blobs')])
    expect((await l4('g1', 'gc', '--max-records', 'few')).code).toBe(2)
    expect((await l4('g1', 'gc', '--grace-minutes', '0')).code).toBe(2)
  })

  test('what is described almost alike is named, and a margin between the two can be asked for', async () => {
    const { id } = await published('g8')
    const one = await l4('g8', 'publish', 'near.rtfs')
    expect(one.code).toBe(0)
    expect(one.out).toContain(`like      local/add-tax ${id}, similarity 1.000`)
    const args = [
      'find',
      '--signature',
      signature,
      '--task',
      'add a tax rate to some price',
      '--accept',
      'similarity',
    ]
    const taken = await l4('g8', ...args, '--threshold', '0.5', '--json')
    expect(JSON.parse(taken.out)).toMatchObject({ ok: true, margin: 0, hit: { acceptedBy: 'similarity' } })
    const unsure = await l4('g8', ...args, '--threshold', '0.5', '--margin', '0.1')
    expect([unsure.code, unsure.out]).toEqual([1, expect.stringContaining('a margin of 0.1 is asked for')])
    expect((await l4('g8', ...args, '--margin', '2')).code).toBe(2)
  })

  test('search goes by words alone', async () => {
    const { id } = await published('g2')
    const { out } = await l4('g2', 'search', 'tax rate')
    expect(out).toMatch(new RegExp(`^0\\.\\d{3}  ${id.slice(0, 12)}  local/add-tax  add a tax rate`))
    expect((await l4('g3', 'search', 'tax rate')).code).toBe(1)
  })

  test('export and import: modules of a signer that is trusted', async () => {
    const { id } = await published('g4')
    const exported = await l4('g4', 'export', 'tax.rtfsb', 'add-tax', '--json')
    expect(JSON.parse(exported.out)).toMatchObject({ ok: true, modules: [id] })
    const refused = await l4('g5', 'import', 'tax.rtfsb')
    expect(refused.code).toBe(3)
    expect(refused.out).toContain('refused local/add-tax at signature: is signed by a key that is not known')
    const [own] = JSON.parse((await keys('g4', 'ls', '--json')).out).keys
    await keys('g5', 'trust', own.publicKey)
    expect(await l4('g5', 'import', 'tax.rtfsb')).toMatchObject({
      code: 0,
      out: '1 imported, 0 were there\n',
    })
    expect((await l4('g5', 'call', 'add-tax', '50.0', '0.0')).out).toBe('50.0\n')
    expect((await l4('g5', 'import', 'tax.rtfsb', '--max-bytes', '10')).code).toBe(2)
    expect((await l4('g5', 'import', 'two.rtfs')).code).not.toBe(0)
  })

  test('keys rotate: the modules outlive the old key', async () => {
    const { id } = await published('g6')
    const [old] = JSON.parse((await keys('g6', 'ls', '--json')).out).keys
    const { code, out } = await keys('g6', 'rotate', '--overlap-days', '7', '--json')
    const { key, replaced, renewed } = JSON.parse(out)
    expect([code, replaced.keyId, renewed]).toEqual([0, old.keyId, [id]])
    const days = (Date.parse(replaced.validUntil) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(7)
    await keys('g6', 'revoke', old.keyId)
    expect((await l4('g6', 'call', 'add-tax', '50.0', '0.0')).out).toBe('50.0\n')
    expect(JSON.parse((await l4('g6', 'show', id, '--json')).out).signedBy).toEqual([key.keyId])
    expect((await l4('g6', 'resign')).out).toBe('0 signed anew, 1 as they should be\n')
    expect((await l4('g6', 'reindex')).out).toBe('0 signed anew, 1 as they should be\n')
    expect((await l4('g6', 'recompile')).out).toBe('0 compiled, 1 as they should be\n')
    expect((await keys('g7', 'rotate')).code).not.toBe(0)
  })
})
