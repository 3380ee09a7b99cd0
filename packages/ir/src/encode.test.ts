import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { encode as encodeCbor } from '@ipld/dag-cbor'
import { digestOf, isRtfsError } from '@rtfs/core'
import { build } from 'esbuild'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUnit, encodeUnit, infer, ir, type Unit } from './index.js'
import { samples, unitOf } from './programs.test-util.js'
import { nodeKinds } from './shape.js'

const fact = '(defn fact "n!" [n :int] :int (if (= n 0) 1 (* n (fact (- n 1)))))'

test.each(samples)('reads back as the same unit: %s', text => {
  for (const unit of [unitOf(text), infer(unitOf(text)).unit]) {
    const bytes = encodeUnit(unit)
    expect(decodeUnit(bytes)).toEqual(unit)
    expect(encodeUnit(decodeUnit(bytes))).toEqual(bytes)
  }
})

test('the format is what it was', () => {
  // A difference here means that blobs written before can no longer be read: that takes a new version number.
  expect(nodeKinds).toEqual([
    'literal',
    'ref',
    'qualified-ref',
    'resource-ref',
    'def',
    'lambda',
    'apply',
    'if',
    'let',
    'do',
    'and',
    'or',
    'loop',
    'recur',
    'match',
    'try',
    'throw',
    'parallel',
    'with-resource',
    'log-step',
    'step',
    'step-if',
    'step-loop',
    'step-parallel',
    'for',
    'dotimes',
    'host-call',
    'discover-agents',
    'context-get',
    'task-context',
    'vector',
    'map',
    'quote',
    'quasiquote',
    'cast',
    'conforms',
    'hints',
    'deftype',
    'defstruct',
    'defmacro',
    'deftest',
    'is',
    'import',
    'module',
    'object',
    'charge',
  ])
  expect(digestOf(encodeUnit(unitOf(fact)))).toBe(
    'sha256:c784f5b7484e255cddf6382aeebed7fd3b8e236c56d6c9792c5e1ea25de69c21',
  )
})

test('another process gives the same bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rtfs-ir-'))
  try {
    const source = `
      import { parse } from '@rtfs/parser'
      import { encodeUnit, lower } from './index.js'
      const texts = ${JSON.stringify(samples)}
      const bytes = texts.map(text => Buffer.from(encodeUnit(lower(parse(text).program).unit)).toString('hex'))
      process.stdout.write(JSON.stringify(bytes))`
    const bundled = await build({
      stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      conditions: ['@rtfs/source'],
    })
    const script = join(folder, 'encode.mjs')
    await writeFile(script, bundled.outputFiles[0]!.text)
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    const here = samples.map(text => Buffer.from(encodeUnit(unitOf(text))).toString('hex'))
    expect(JSON.parse(stdout)).toEqual(here)
  } finally {
    await rm(folder, { recursive: true })
  }
}, 30_000)

describe('values that CBOR alone would change', () => {
  test.each([
    '1.0',
    '-0.0',
    '##NaN',
    '##Inf',
    '9007199254740993',
    '-9223372036854775808',
    '"\\u{1F642}"',
    ':a/b',
    "'x",
  ])('%s', text => {
    const [before, after] = [unitOf(text), decodeUnit(encodeUnit(unitOf(text)))]
    expect(after).toEqual(before)
  })

  test('a lone surrogate', () => {
    const unit = unitOf('"a"')
    const forms = unit.forms.map(form => ir.literal(form, '\ud800x'))
    expect(decodeUnit(encodeUnit({ ...unit, forms }))).toEqual({ ...unit, forms })
  })

  test('different values have different bytes', () => {
    const texts = [
      '1',
      '1.0',
      '"1"',
      ':k',
      '"k"',
      "'k",
      '0.0',
      '-0.0',
      'nil',
      'false',
      "'[1]",
      "'(1)",
      "'{1 1}",
      "'[]",
    ]
    const bytes = texts.map(text => {
      const unit = unitOf(text)
      const forms = unit.forms.map(form => (form.kind === 'literal' ? ir.quote(form, form.value) : form))
      const spans = forms.map(form => ({ ...form, span: { start: 0, end: 0 } }))
      return encodeUnit({ ...unit, forms: spans }).join()
    })
    expect(new Set(bytes).size).toBe(texts.length)
  })
})

/** Decodes, or gives the code of the error. */
function decoded(bytes: Uint8Array): Unit | string {
  try {
    return decodeUnit(bytes)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return error.code
  }
}

describe('bytes from outside', () => {
  const bytes = encodeUnit(unitOf(fact))

  test('every flipped bit is refused or gives the unit of exactly those bytes', () => {
    for (let i = 0; i < bytes.length * 8; i++) {
      const flipped = bytes.slice()
      flipped[i >> 3]! ^= 1 << (i & 7)
      const result = decoded(flipped)
      if (typeof result === 'string') expect(result).toBe('RTFS_DECODE')
      else expect(encodeUnit(result)).toEqual(flipped)
    }
  })

  test('every shorter text is refused', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(decoded(bytes.subarray(0, length))).toBe('RTFS_DECODE')
  })

  test('whatever the bytes, nothing but RTFS_DECODE is thrown', () => {
    const spliced = fc
      .tuple(fc.nat({ max: bytes.length }), fc.uint8Array({ maxLength: 12 }), fc.nat({ max: 12 }))
      .map(([at, inserted, skipped]) =>
        Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at + skipped)]),
      )
    const property = fc.property(fc.oneof(spliced, fc.uint8Array({ maxLength: 60 })), input => {
      const result = decoded(input)
      if (typeof result === 'string') expect(result).toBe('RTFS_DECODE')
      else expect(encodeUnit(result)).toEqual(input)
    })
    fc.assert(property, { numRuns: 3_000, seed: 20263 })
  })

  test('deep nesting is refused before it is walked', () => {
    expect(decoded(new Uint8Array(1_000_000).fill(0x81))).toBe('RTFS_DECODE')
    expect(decoded(new Uint8Array(1_000_000).fill(0xa1))).toBe('RTFS_DECODE')
    expect(decoded(new Uint8Array(1_000_000).fill(0xd8))).toBe('RTFS_DECODE')
  })

  test('too many bytes are refused', () => {
    expect(() => decodeUnit(bytes, { maxBytes: bytes.length - 1 })).toThrow(/bytes, more than/)
    expect(() => decodeUnit(new Uint8Array(9 * 1024 * 1024))).toThrow(/more than 8388608/)
  })

  test.each([
    ['another format', ['x', 1, [], 0, [], [], []], /not IR/],
    ['another version', ['rtfs-ir', 2, [], 0, [], [], []], /reads version 1/],
    [
      'a node used twice',
      ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 1, 0, 0, 0, null]], [0, 0]],
      /part of two nodes/,
    ],
    ['a node used never', ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 1, 0, 0, 0, null]], []], /part of nothing/],
    [
      'a node before its parts',
      [
        'rtfs-ir',
        1,
        [],
        1,
        [[0, 7]],
        [
          [16, 1, 0, 0, 0, 1],
          [0, 2, 0, 0, 0, null],
        ],
        [0],
      ],
      /no node 1 here/,
    ],
    ['a type of itself', ['rtfs-ir', 1, [], 1, [[2, 0]], [[0, 1, 0, 0, 0, null]], [0]], /no type 0 here/],
    ['an unknown kind', ['rtfs-ir', 1, [], 1, [[0, 7]], [[99, 1, 0, 0, 0, null]], [0]], /unknown kind/],
    ['too many fields', ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 1, 0, 0, 0, null, 1]], [0]], /number of fields/],
    [
      'a type that nothing uses',
      [
        'rtfs-ir',
        1,
        [],
        1,
        [
          [0, 7],
          [0, 0],
        ],
        [[0, 1, 0, 0, 0, null]],
        [0],
      ],
      /not canonical/,
    ],
    [
      'a float in the safe range as bigint',
      ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 1, 0, 0, 0, [1, '5']]], [0]],
      /big integer/,
    ],
    [
      'another NaN',
      ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 1, 0, 0, 0, [0, Uint8Array.of(127, 248, 0, 0, 0, 0, 0, 1)]]], [0]],
      /not canonical/,
    ],
    [
      'an ill-formed unit',
      ['rtfs-ir', 1, [], 1, [[0, 7]], [[0, 5, 0, 0, 0, null]], [0]],
      /id 5 is not in 1…1/,
    ],
  ])('%s', (_, wire, message) => expect(() => decodeUnit(encodeCbor(wire))).toThrow(message))
})

test('values that are no data cannot be written', () => {
  const unit = unitOf('1')
  const value = Object.create(null) as never
  expect(() => encodeUnit({ ...unit, forms: [ir.literal(unit.forms[0]!, value)] })).toThrow(
    /cannot stand in code/,
  )
})
