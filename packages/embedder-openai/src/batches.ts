/** Servers bound the tokens of a request, too; a token has hardly ever less than one code unit. */
const maxBatchLength = 200_000

/** Texts in groups, each of at most `size` texts and, where it has several, about 200,000 code units. */
export function* batchesOf(texts: Iterable<string>, size: number): Generator<readonly string[]> {
  let batch: string[] = []
  let length = 0
  for (const text of texts) {
    if (batch.length === size || (batch.length > 0 && length + text.length > maxBatchLength)) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(text)
    length += text.length
  }
  if (batch.length > 0) yield batch
}
