import { RtfsError } from '@rtfs/core'
import type { Embedder } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'

/** Bump it with every change of a feature or weight: vectors of two revisions are never compared. */
const revision = '1'

const stopWords = new Set(
  'a an and are as at be by for from given in into is it its of on or return returns that the then this to with'.split(
    ' ',
  ),
)

const weights = { word: 1, stopWord: 0.15, pair: 0.6, part: 0.5 }

export interface HashEmbedderOptions {
  /** 256 or 384. Default 256. */
  readonly dimension?: 256 | 384
}

/**
 * An embedder that needs no model: words, pairs of words and parts of words, hashed into a vector. It knows no
 * meaning, so paraphrases are far apart; candidates are proposed by shared words.
 */
export function createHashEmbedder(options: HashEmbedderOptions = {}): Embedder {
  const dimension = options.dimension ?? 256
  if (dimension !== 256 && dimension !== 384) {
    throw new RtfsError('RTFS_USAGE', `a hash embedder has 256 or 384 dimensions, not ${String(dimension)}`)
  }
  return {
    model: { id: 'rtfs-hash', revision, dimension },
    async embed(texts, callOptions) {
      throwIfAborted(callOptions)
      return texts.map(text => embedText(text, dimension))
    },
  }
}

function embedText(text: string, dimension: number): Float32Array {
  const sums = new Float64Array(dimension)
  const add = (feature: string, weight: number) => {
    const hash = hashText(feature)
    sums[(hash >>> 1) % dimension]! += hash & 1 ? weight : -weight
  }
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  let previous: string | undefined
  for (const word of words) {
    const isStopWord = stopWords.has(word)
    add(`word ${word}`, isStopWord ? weights.stopWord : weights.word)
    if (isStopWord) continue
    if (previous !== undefined) add(`pair ${previous} ${word}`, weights.pair)
    previous = word
    const marked = `<${word}>`
    for (let i = 0; i + 3 <= marked.length; i++) add(`part ${marked.slice(i, i + 3)}`, weights.part)
  }
  // Texts without a word are alike, and like nothing else.
  if (words.length === 0) sums[0] = 1
  return normalize(sums)
}

/** A text whose features cancel out is treated as one without words. */
function normalize(sums: Float64Array): Float32Array {
  let squares = 0
  for (const sum of sums) squares += sum * sum
  const vector = new Float32Array(sums.length)
  if (squares === 0) vector[0] = 1
  else for (let i = 0; i < sums.length; i++) vector[i] = sums[i]! / Math.sqrt(squares)
  return vector
}

/** FNV-1a over UTF-16 code units with a final mix, so that the low bits depend on all of the text. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
