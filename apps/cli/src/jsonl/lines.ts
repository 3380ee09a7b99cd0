/** A line of input, or what is wrong with it. */
export type InputLine = { readonly text: string } | { readonly problem: string }

/** Bytes of the longest line that is read; of a longer one only the end is looked for. */
const defaultMaxLine = 64 * 1024 * 1024

const lineFeed = 10

/** Splits chunks into lines, in linear time however long they are. Empty lines are left out. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLine = defaultMaxLine,
): AsyncGenerator<InputLine> {
  let parts: Uint8Array[] = []
  let size = 0
  const take = (part: Uint8Array): void => {
    size += part.length
    if (size <= maxLine) parts.push(part)
    else parts = []
  }
  const finish = (): InputLine | undefined => {
    const line =
      size > maxLine ? { problem: `a line has at most ${maxLine} bytes, this one ${size}` } : decode(parts)
    parts = []
    size = 0
    return 'text' in line && line.text.trim() === '' ? undefined : line
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      take(chunk.subarray(from, end))
      from = end + 1
      const line = finish()
      if (line !== undefined) yield line
    }
    take(chunk.subarray(from))
  }
  const last = finish()
  if (last !== undefined) yield last
}

function decode(parts: readonly Uint8Array[]): InputLine {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { problem: 'the line is not UTF-8 text' }
  }
}
