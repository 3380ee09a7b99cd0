// The built package against the real node-llama-cpp, which is installed in the folder that is named:
//   node packages/model-llama/scripts/real-library.mjs FOLDER
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openLlamaModel } from '../dist/index.js'
import { tinyModel } from './tiny-model.mjs'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: real-library.mjs FOLDER, where node-llama-cpp is installed')
const { resolve: find } = createRequire(join(resolve(folder), 'package.json'))
const load = () => import(pathToFileURL(find('node-llama-cpp')).href)

const home = mkdtempSync(join(tmpdir(), 'rtfs-llama-'))
const path = join(home, 'tiny.gguf')
writeFileSync(path, tinyModel())
const options = { id: 'm', path, load, contextSize: 256, maxThreads: 1, gpu: false }
const ask = { model: 'm', prompt: 'hi', maxTokens: 12, temperature: 1, seed: 7 }
let done = 0

async function check(name, body) {
  await body()
  done++
  console.log(`ok ${name}`)
}

async function failureOf(call) {
  return call.then(
    () => 'answered',
    error => `${error.code}: ${error.message}`,
  )
}

const model = await openLlamaModel({ ...options, concurrency: 2 })
try {
  let first
  await check('answers, with its usage, and streams what it answers', async () => {
    const heard = []
    first = await model.infer(ask, { onText: part => heard.push(part) })
    assert.equal(heard.join(''), first.text)
    assert.ok(heard.length > 1)
    assert.equal(first.usage.outputTokens, 12)
    assert.ok(first.usage.inputTokens > 2)
    assert.equal(first.finishReason, 'length')
  })
  await check('the same seed gives the same text: nothing of an earlier request is left', async () => {
    assert.equal((await model.infer(ask)).text, first.text)
  })
  await check('two at a time, each with a context of its own', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => model.infer(ask)))
    for (const { text } of answers) assert.equal(text, first.text)
  })
  await check('a system prompt and messages', async () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ]
    const { usage } = await model.infer({ ...ask, system: 'be brief', messages })
    assert.ok(usage.inputTokens > first.usage.inputTokens)
  })
  await check('a schema makes the answer fit', async () => {
    const fits = [
      [
        { type: 'object', properties: { ok: { type: 'boolean' } }, additionalProperties: false },
        value => typeof value.ok === 'boolean',
      ],
      [{ enum: ['yes', 'no'] }, value => value === 'yes' || value === 'no'],
      [{ type: ['boolean', 'null'] }, value => value === null || typeof value === 'boolean'],
      [
        { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'null' }], minItems: 2, maxItems: 2 },
        value => value.length === 2 && value[1] === null,
      ],
    ]
    for (const [schema, isFit] of fits) {
      const { text } = await model.infer({ ...ask, maxTokens: 200, schema })
      assert.ok(isFit(JSON.parse(text)), `${text} for ${JSON.stringify(schema)}`)
    }
  })
  await check('what does not fit into the context is refused, what just fits is answered', async () => {
    assert.match(await failureOf(model.infer({ ...ask, prompt: 'hi '.repeat(400) })), /the context holds 256/)
    for (let words = 60; words < 100; words++) {
      const { maxTokens, ...rest } = ask
      const call = model.infer({ ...rest, prompt: 'hi '.repeat(words) })
      const failure = await failureOf(call)
      if (failure !== 'answered') {
        assert.match(failure, /the context holds 256/)
        break
      }
      const { usage, finishReason } = await call
      const used = usage.inputTokens + usage.outputTokens
      assert.ok(used <= 256 && (used === 256 || finishReason === 'stop'), `${used} tokens, ${finishReason}`)
    }
  })
  await check('a stop text ends it', async () => {
    const stop = first.text.slice(4, 6)
    const { text } = await model.infer({ ...ask, stop: [stop] })
    assert.equal(text, first.text.slice(0, first.text.indexOf(stop)))
  })
  await check('giving up ends it', async () => {
    const given = new AbortController()
    const call = model.infer(
      { ...ask, maxTokens: 220 },
      { signal: given.signal, onText: () => given.abort() },
    )
    assert.match(await failureOf(call), /^RTFS_ABORTED/)
  })
  await check('an error of the listener reaches the caller, and the next call goes on', async () => {
    const mine = new TypeError('mine')
    const onText = () => {
      throw mine
    }
    await assert.rejects(model.infer({ ...ask, maxTokens: 220 }, { onText }), mine)
    assert.equal((await model.infer(ask)).text, first.text)
  })
  await check('closing ends what runs and is final', async () => {
    let closed
    const call = model.infer({ ...ask, maxTokens: 220 }, { onText: () => void (closed ??= model.close()) })
    assert.match(await failureOf(call), /^RTFS_ABORTED/)
    await closed
    assert.match(await failureOf(model.infer(ask)), /is closed/)
  })
  await check('time is a limit', async () => {
    const hasty = await openLlamaModel({ ...options, timeoutMs: 1 })
    assert.match(await failureOf(hasty.infer({ ...ask, maxTokens: 200 })), /no answer within 1 ms/)
    await hasty.close()
  })
  await check('broken weights are an error without a path', async () => {
    const broken = join(home, 'broken.gguf')
    writeFileSync(broken, tinyModel().subarray(0, 2000))
    const failure = await failureOf(openLlamaModel({ ...options, path: broken }))
    assert.match(failure, /^RTFS_MODEL: model m cannot be loaded/)
    assert.ok(!failure.includes(home))
  })
  console.log(`${done} checks, revision ${model.revision}`)
} finally {
  await model.close()
  rmSync(home, { recursive: true, force: true })
}
