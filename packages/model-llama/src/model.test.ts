import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelProviderSuite } from '@rtfs/conformance/suites'
import { isRtfsError } from '@rtfs/core'
import { modelErrorClass } from '@rtfs/delegation'
import type { InferenceRequest } from '@rtfs/interfaces'
import { afterAll, describe, expect, test } from 'vitest'
import { createFakeLibrary, type FakeLibrary, type FakeOptions } from './fake-library.test-util.js'
import { type LlamaModelOptions, openLlamaModel } from './index.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-llama-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const path = join(home, 'secret-place.gguf')
writeFileSync(path, 'GGUF\u0003\0\0\0 and the weights')
const ask: InferenceRequest = { model: 'm', prompt: 'a secret question' }

async function open(fake: FakeOptions | FakeLibrary = {}, more: Partial<LlamaModelOptions> = {}) {
  const library = 'getLlama' in fake ? fake : createFakeLibrary(fake)
  const model = await openLlamaModel({ id: 'm', path, load: async () => library, maxThreads: 1, ...more })
  return { library, model }
}

/** Class and message of a failure, which has no prompt, no path and no word of the library in it. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'answered'
  } catch (error) {
    const { message } = error as Error
    expect(message).not.toMatch(/secret question|rtfs-llama|Failed to load/)
    return `${modelErrorClass(error) ?? (isRtfsError(error) ? error.code : 'foreign')}: ${message}`
  }
}

modelProviderSuite({ test, expect }, async behaviour => {
  const { model } = await open({
    script: () => (behaviour === 'answers' ? ['one ', 'two'] : ['one ', 'stall']),
  })
  return { provider: model, close: () => model.close() }
})

describe('what is asked', () => {
  test('chat, parameters and the schema as a grammar; what was used', async () => {
    const { model, library } = await open()
    const answer = await model.infer({
      ...ask,
      system: 'be brief',
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'yes?' },
      ],
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      seed: -1,
      stop: ['', '.'],
      schema: { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false },
    })
    expect(answer).toEqual({
      text: 'one two',
      model: 'm',
      usage: { inputTokens: 12, outputTokens: 2, costUsd: 0 },
      finishReason: 'stop',
    })
    const [{ history, options }] = library.generated as [FakeLibrary['generated'][0]]
    expect(history).toEqual([
      { type: 'system', text: 'be brief' },
      { type: 'user', text: 'hi' },
      { type: 'model', response: ['yes?'] },
      { type: 'user', text: 'a secret question' },
      { type: 'model', response: [] },
    ])
    expect(options).toMatchObject({
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      seed: 4294967295,
      customStopTriggers: ['.'],
    })
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      required: ['n'],
      additionalProperties: false,
    }
    expect([library.grammars, options.grammar]).toEqual([[schema], { schema }])
    await model.close()
  })

  test('nothing of an earlier request is in an answer', async () => {
    const { model } = await open()
    expect((await model.infer(ask)).text).toBe('one two')
    expect((await model.infer(ask)).text).toBe('one two')
    await model.close()
  })

  test('an answer ends with its tokens, with a stop text and with the context', async () => {
    const script = () => ['a ', 'b ', '.', 'c ']
    const { model } = await open({ script, trainContextSize: 8 }, { contextSize: 4096 })
    expect(model.contextSize).toBe(8)
    const reasons: unknown[] = []
    for (const more of [{ maxTokens: 2 }, { stop: ['.'] }, {}]) {
      const { text, finishReason } = await model.infer({ ...ask, ...more })
      reasons.push([text, finishReason])
    }
    expect(reasons).toEqual([
      ['a b ', 'length'],
      ['a b ', 'stop'],
      ['a b .', 'length'],
    ])
    await model.close()
  })

  test.each<[string, Partial<InferenceRequest>, string]>([
    [
      'more than the context holds',
      { prompt: 'word '.repeat(40) },
      'refused: Model m: the request takes 42 tokens and the context holds 32, answer included',
    ],
    [
      'tools',
      { tools: [{ name: 'x', parameters: {} }] },
      'refused: Model m: tools are not supported in process',
    ],
    [
      'answers of tools',
      { messages: [{ role: 'tool', content: 'x' }] },
      'refused: Model m: answers of tools are not supported in process',
    ],
    ['no tokens', { maxTokens: 0 }, 'refused: Model m: maxTokens must be a whole number above 0'],
  ])('refused: %s', async (_, more, expected) => {
    const { model, library } = await open({}, { contextSize: 32 })
    expect(await failureOf(model.infer({ ...ask, ...more }))).toBe(expected)
    expect(library.generated.length).toBe(0)
    expect((await model.infer(ask)).text).toBe('one two')
    await model.close()
  })
})

describe('one after the other', () => {
  test.each([1, 3])('at most %i at a time, each with a context of its own', async concurrency => {
    const { model, library } = await open({}, { concurrency })
    const answers = await Promise.all(Array.from({ length: 12 }, () => model.infer(ask)))
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['one two']))
    expect(library.most).toBe(concurrency)
    await model.close()
  })

  test('time begins with the turn, and a place is free only when its token is done', async () => {
    const { model, library } = await open({ script: () => ['deaf', 'late'] }, { timeoutMs: 10 })
    const first = model.infer(ask)
    const second = model.infer(ask)
    expect(await failureOf(first)).toBe('timeout: Model m: no answer within 10 ms')
    expect(await failureOf(second)).toBe('timeout: Model m: no answer within 10 ms')
    expect(library.most).toBe(1)
    await model.close()
  })

  test('one that waits and is given up leaves the queue', async () => {
    const { model, library } = await open({ script: () => ['deaf', 'x'] })
    const given = new AbortController()
    const first = model.infer(ask)
    const second = model.infer(ask, { signal: given.signal })
    given.abort()
    expect(await failureOf(second)).toContain('RTFS_ABORTED')
    expect([(await first).text, library.generated.length]).toEqual(['x', 1])
    await model.close()
  })
})

describe('life', () => {
  test('closing ends what runs and what waits, gives back the memory, and is final', async () => {
    const { model, library } = await open({ script: () => ['x', 'stall'] })
    const running = model.infer(ask)
    const waiting = model.infer(ask)
    const failures = Promise.all([failureOf(running), failureOf(waiting)])
    await Promise.all([model.close(), model.close()])
    expect((await failures).map(text => text.split(':')[0])).toEqual(['RTFS_ABORTED', 'RTFS_ABORTED'])
    expect(library.alive).toBe(0)
    expect(await failureOf(model.infer(ask))).toBe('RTFS_USAGE: model m is closed')
  })

  test('a fault of the library is not its words', async () => {
    const script = () => {
      throw new RangeError('Failed to load a secret question')
    }
    const { model } = await open({ script })
    expect(await failureOf(model.infer(ask))).toBe('unavailable: Model m: the library failed (RangeError)')
    await model.close()
  })

  test('nothing is compiled, downloaded or printed', async () => {
    const { model, library } = await open()
    expect(library.opened).toMatchObject([
      { build: 'never', skipDownload: true, progressLogs: false, maxThreads: 1, gpu: 'auto' },
    ])
    await model.close()
  })
})

describe('opening', () => {
  const nowhere = join(home, 'nowhere.gguf')
  const wrong = join(home, 'wrong.gguf')
  writeFileSync(wrong, 'GGU')
  const broken = join(home, 'broken.gguf')
  writeFileSync(broken, 'GGUFxxxxxxxxxxxxxx')
  const folder = join(home, 'folder.gguf')
  mkdirSync(folder)
  const absent = () =>
    Promise.reject(Object.assign(new Error('Cannot find'), { code: 'ERR_MODULE_NOT_FOUND' }))

  test.each<[string, Partial<LlamaModelOptions>, string]>([
    ['another ending', { path: join(home, 'model.bin') }, 'RTFS_USAGE: model m: model.bin is no .gguf file'],
    ['no file', { path: nowhere }, 'RTFS_MODEL: model m: nowhere.gguf is not there'],
    ['other bytes', { path: wrong }, 'RTFS_MODEL: model m: wrong.gguf does not begin as a GGUF file does'],
    ['no version', { path: broken }, 'RTFS_MODEL: model m: broken.gguf has no version of GGUF that there is'],
    ['a folder', { path: folder }, 'RTFS_MODEL: model m: folder.gguf is no file'],
    ['no threads', { maxThreads: 0 }, 'RTFS_USAGE: model m: maxThreads must be a whole number above 0'],
    ['no time', { timeoutMs: 0 }, 'RTFS_USAGE: model m: timeoutMs must be above 0'],
    [
      'no library',
      { load: absent },
      'RTFS_MODEL: model m needs node-llama-cpp, which is not installed; try: npm install node-llama-cpp@^3.22.1',
    ],
    [
      'another library',
      { load: async () => ({}) },
      'RTFS_MODEL: model m: what was loaded is not node-llama-cpp 3',
    ],
  ])('%s', async (_, more, expected) => {
    expect(await failureOf(open({}, more))).toBe(expected)
  })

  test('without the library the default says how to install it', async () => {
    const call = openLlamaModel({ id: 'm', path })
    expect(await failureOf(call)).toContain('npm install node-llama-cpp')
  })

  test('weights that cannot be loaded give back what was taken', async () => {
    const library = createFakeLibrary({ broken: true })
    expect(await failureOf(open(library))).toBe('RTFS_MODEL: model m cannot be loaded (Error)')
    expect(library.alive).toBe(0)
  })

  test('is given up', async () => {
    const library = createFakeLibrary()
    const given = new AbortController()
    const load = async () => {
      given.abort()
      return library
    }
    const options = { id: 'm', path, load }
    expect(await failureOf(openLlamaModel(options, { signal: given.signal }))).toContain('RTFS_ABORTED')
    expect(await failureOf(openLlamaModel(options, { signal: AbortSignal.abort() }))).toContain(
      'RTFS_ABORTED',
    )
    expect(library.alive).toBe(0)
  })

  test('the revision is that of the bytes and of the context, not of name or time', async () => {
    const other = join(home, 'other.gguf')
    const revisions: (string | undefined)[] = []
    for (const [file, text] of [
      [path, 'GGUF\u0003\0\0\0 and the weights'],
      [other, 'GGUF\u0003\0\0\0 and the weights'],
      [other, 'GGUF\u0003\0\0\0 and the weightS'],
    ] as const) {
      writeFileSync(file, text)
      const { model } = await open({}, { path: file })
      revisions.push(model.revision)
      await model.close()
    }
    expect(revisions[0]).toMatch(/^sha256:[0-9a-f]{64} context 512$/)
    expect([revisions[1] === revisions[0], revisions[2] === revisions[0]]).toEqual([true, false])
    const { model } = await open({}, { revision: 'mine' })
    expect(model.revision).toBe('mine')
    await model.close()
  })
})
