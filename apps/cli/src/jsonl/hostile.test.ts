import { expect, test } from 'vitest'
import { answers } from '../invoke.test-util.js'

/** Lines that no program sends by accident, each made for its number; all but `fine` are answered with an error. */
const kinds: Readonly<Record<string, (id: number) => string>> = {
  fine: id => JSON.stringify({ id, source: `(+ ${id} 1)` }),
  'no JSON': id => `{"id": ${id}, source`,
  'a number': id => String(id),
  'an array': id => `[${id}]`,
  null: () => 'null',
  'nested JSON': id => `{"id": ${id}, "source": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  'JSON nested and cut off': () => '['.repeat(10_000),
  'a nested program': id => JSON.stringify({ id, source: '('.repeat(10_000) + ')'.repeat(10_000) }),
  'nested quotes': id => JSON.stringify({ id, source: "'".repeat(10_000) }),
  'a nested context': id => JSON.stringify({ id, source: '1', context: '['.repeat(10_000) }),
  'huge and open': id => JSON.stringify({ id, source: `"${'x'.repeat(50_000)}` }),
  NUL: id => JSON.stringify({ id, source: '(+ 1 \0)' }),
  'a raw NUL': id => `{"id": ${id}, "source": "\0"}`,
  'a lone surrogate outside a string': id => `{"id": ${id}, "source": "(\\ud800)"}`,
  'no source': id => JSON.stringify({ id }),
  'a source of numbers': id => JSON.stringify({ id, source: [1] }),
  'files that are a text': id => JSON.stringify({ id, source: '1', files: 'x' }),
  'a context that is a number': id => JSON.stringify({ id, source: '1', context: 1 }),
  'an unknown tier': id => JSON.stringify({ id, source: '1', tier: 'jit' }),
  'a tier that is an object': id => JSON.stringify({ id, source: '1', tier: {} }),
  'grants that are a text': id => JSON.stringify({ id, source: '1', allow: 'read-file' }),
  'a limit below zero': id => JSON.stringify({ id, source: '1', limits: { fuel: -1 } }),
  'a limit that is inherited': id => `{"id": ${id}, "source": "1", "limits": {"__proto__": 1}}`,
  'a loop': id => JSON.stringify({ id, source: '(loop [] (recur))', limits: { fuel: 1000 } }),
  'a thrown value': id => JSON.stringify({ id, source: '(throw :error/x "y")' }),
}

test('2,000 hostile lines: an answer each, in their order, and the process goes on', async () => {
  const names = Object.keys(kinds)
  const expected = Array.from({ length: 2000 }, (_, id) => ({ id, name: names[(id * 7) % names.length]! }))
  const { lines, code, err } = await answers(expected.map(({ id, name }) => kinds[name]!(id)))
  expect(code).toBe(0)
  expect(err).toBe('')
  expect(lines).toHaveLength(expected.length)
  const wrong = lines.flatMap((line, index) => {
    const { id, name } = expected[index]!
    // What is no object has no id to answer with.
    const answered = line.id === id || line.id === null
    const right = name === 'fine' ? line.ok && line.value === String(id + 1) && line.id === id : !line.ok
    return answered && right && (line.ok || typeof line.error?.message === 'string') ? [] : [{ name, line }]
  })
  expect(wrong.slice(0, 3)).toEqual([])
})
