import { HttpFailure } from '@rtfs/core/http'

/** The vectors of an answer, in the order of the texts, each of length 1. What does not fit is `invalid-answer`. */
export function readEmbeddings(text: string, count: number, dimension: number): Float32Array[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw invalid('it is no JSON')
  }
  if (!isRecord(answer)) throw invalid('it is no object')
  if (answer['error'] !== undefined && answer['error'] !== null)
    throw new HttpFailure('unavailable', 'the server reports an error in its answer')
  const { data } = answer
  if (!Array.isArray(data)) throw invalid('there is no list of vectors')
  if (data.length !== count) throw invalid(`${count} texts got ${data.length} vectors`)
  const vectors = new Array<Float32Array | undefined>(count)
  for (const [i, item] of data.entries()) {
    if (!isRecord(item)) throw invalid('a vector is no object')
    // Servers that leave the index out answer in order.
    const index = item['index'] ?? i
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count)
      throw invalid('a vector has no place')
    if (vectors[index] !== undefined) throw invalid('two vectors have one place')
    vectors[index] = unitVector(item['embedding'], dimension)
  }
  return vectors as Float32Array[]
}

function unitVector(numbers: unknown, dimension: number): Float32Array {
  if (!Array.isArray(numbers)) throw invalid('a vector is no list of numbers')
  if (numbers.length !== dimension)
    throw invalid(`a vector has ${numbers.length} numbers, ${dimension} were expected`)
  let squares = 0
  for (const number of numbers) {
    // JSON has no NaN, but 1e999 and null.
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw invalid('a vector holds what is no finite number')
    squares += number * number
  }
  if (squares === 0 || !Number.isFinite(squares)) throw invalid('a vector has no direction')
  const scale = 1 / Math.sqrt(squares)
  return Float32Array.from(numbers as number[], number => number * scale)
}

function invalid(reason: string): HttpFailure {
  return new HttpFailure('invalid-answer', `the answer holds no embeddings: ${reason}`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
