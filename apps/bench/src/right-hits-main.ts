import { createSentenceEmbedder } from '@rtfs/embedder-sentence'
import type { Embedder } from '@rtfs/interfaces'
import { calibrate, createHashEmbedder, type LabelledPair } from '@rtfs/l4-client'
import { type Asking, labelledTasks, openRightHits } from './right-hits.js'

/*
 * `right-hits-main.js [hash|sentence]`: right and false hits of the module cache on the labelled set, for each way to
 * accept a candidate.
 */

const ways: readonly (readonly [string, Asking])[] = [
  ['behaviour, two examples', { accept: 'behaviour', examples: 2 }],
  ['behaviour, one example', { accept: 'behaviour', examples: 1 }],
  ['behaviour, no example', { accept: 'behaviour', examples: 0 }],
  ['similarity from 0.95', { accept: 'similarity', threshold: 0.95, examples: 0 }],
  ['similarity from 0.70', { accept: 'similarity', threshold: 0.7, examples: 0 }],
  ['similarity from 0.50', { accept: 'similarity', threshold: 0.5, examples: 0 }],
]

const embedders: Readonly<Record<string, () => Embedder>> = {
  hash: createHashEmbedder,
  sentence: createSentenceEmbedder,
}

/** Every text is asked for many times; a model need not be. */
function remembering(inner: Embedder): Embedder {
  const known = new Map<string, Float32Array>()
  return {
    model: inner.model,
    async embed(texts, options) {
      for (const text of texts) {
        if (!known.has(text)) known.set(text, (await inner.embed([text], options))[0]!)
      }
      return texts.map(text => known.get(text)!)
    },
  }
}

const name = process.argv[2] ?? 'hash'
const create = Object.hasOwn(embedders, name) ? embedders[name] : undefined
if (create === undefined) throw new Error(`there is no embedder ${name}; there are: hash, sentence`)
const embedder = remembering(create())
const tasks = labelledTasks()
const cache = await openRightHits(tasks, embedder)
console.log(
  `${tasks.length} functions, ${tasks.flatMap(each => each.tasks).length} descriptions, ${embedder.model.id}`,
)
console.log('accept                    found          false hits   hits for absent functions')
for (const [way, asking] of ways) {
  const { asked, found, falseHits, absentAsked, absentHits } = await cache.measure(asking)
  const percent = ((100 * found) / asked).toFixed(1)
  console.log(
    `${way.padEnd(25)} ${`${found}/${asked} (${percent} %)`.padEnd(18)} ${String(falseHits).padEnd(8)} ${absentHits}/${absentAsked}`,
  )
}
await cache.close()

const pairs: LabelledPair[] = []
for (const [i, task] of tasks.entries()) {
  for (const text of task.tasks.slice(1)) pairs.push({ a: task.tasks[0]!, b: text, same: true })
  for (const other of tasks.slice(i + 1)) {
    if (other.group === task.group) pairs.push({ a: task.tasks[0]!, b: other.tasks[0]!, same: false })
  }
}
for (const budget of [0, 0.01, 0.05]) {
  const { threshold, found, same, falseHits, different } = await calibrate(pairs, {
    embedder,
    budget,
  })
  console.log(
    `calibrated for ${budget * 100} % false hits: ${threshold === undefined ? 'no similarity' : threshold.toFixed(3)}, finds ${found} of ${same} paraphrases, takes ${falseHits} of ${different} near misses`,
  )
}
