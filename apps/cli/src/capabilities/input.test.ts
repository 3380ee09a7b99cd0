import { expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'
import { openLineInput } from './input.js'

const asking = (text: string, input: string) =>
  invoke(['eval', text, '--allow', 'read-input', '--allow', 'ask'], { input })

test.each([
  [
    'lines, then nil',
    '[(tool:read-input) (tool:read-input) (tool:read-input)]',
    'a\r\nb',
    '["a" "b" nil]\n',
    '',
  ],
  ['an empty line', '[(tool:read-input) (tool:read-input)]', '\nx\n', '["" "x"]\n', ''],
  ['a prompt', '(tool:read-input "name? ")', 'ada\n', '"ada"\n', 'name? '],
  ['a question', '(ask-human "Which?")', ' this one \n', '"this one"\n', 'Which? '],
  ['a question until the answer fits', '(ask-human "How many?" :int)', 'two\n2\n', '2\n', 'that is no :int'],
  ['yes', '(ask-human "Sure?" :bool)', 'Yes\n', 'true\n', ''],
  ['a keyword', '(ask-human "Size?" :keyword)', 'large\n', ':large\n', ''],
  ['nobody there', '(try (ask-human "Who?") (catch e (:kind e)))', '', '"IoError"\n', ''],
  ['not UTF-8', '(try (ask-human "Who?" [:map]) (catch e (:kind e)))', '', '"InvalidArgument"\n', ''],
])('%s', async (_, text, input, out, err) => {
  const result = await asking(text, input)
  expect(result).toMatchObject({ code: 0, out })
  expect(result.err).toContain(err)
})

test('without a grant nothing is read', async () => {
  const { code, err } = await invoke(['eval', '(tool:read-input)'], { input: 'a\n' })
  expect(code).toBe(1)
  expect(err).toContain('SecurityViolation')
})

test('a program that came from standard input has none', async () => {
  const { err } = await invoke(['eval', '-', '--allow', 'read-input'], {
    input: '(tool:read-input)\nmore\n',
    cwd: directoryWith(),
  })
  expect(err).toContain('UnknownCapability')
})

test('a line that came too late is there for the next question', async () => {
  let give: (chunk: Uint8Array) => void = () => {}
  const chunk = new Promise<Uint8Array>(resolve => {
    give = resolve
  })
  const lines = openLineInput(async function* () {
    yield await chunk
  })
  const abort = new AbortController()
  const waiting = lines.next(abort.signal)
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  give(Buffer.from('late\n'))
  expect(await lines.next(undefined)).toBe('late')
  expect(await lines.next(undefined)).toBeUndefined()
})
