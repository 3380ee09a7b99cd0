// A llama model with random weights of half a megabyte, in the GGUF format: enough for everything but sense.
/** The bytes of the file: a magic word, metadata, and weights that follow from a fixed seed. */
export function tinyModel() {
  const embedding = 64
  const hidden = 128
  const heads = 4
  const layers = 2
  const vocabulary = ['<unk>', '<s>', '</s>']
  const kinds = [2, 3, 3]
  for (let i = 0; i < 256; i++) {
    vocabulary.push(`<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`)
    kinds.push(6)
  }
  for (const character of '▁abcdefghijklmnopqrstuvwxyz.,:!?') {
    vocabulary.push(character)
    kinds.push(1)
  }

  const metadata = [
    entry('general.architecture', 8, text('llama')),
    entry('general.name', 8, text('tiny')),
    entry('llama.context_length', 4, u32(512)),
    entry('llama.embedding_length', 4, u32(embedding)),
    entry('llama.block_count', 4, u32(layers)),
    entry('llama.feed_forward_length', 4, u32(hidden)),
    entry('llama.attention.head_count', 4, u32(heads)),
    entry('llama.attention.head_count_kv', 4, u32(heads)),
    entry('llama.attention.layer_norm_rms_epsilon', 6, f32(1e-5)),
    entry('llama.rope.dimension_count', 4, u32(embedding / heads)),
    entry('llama.vocab_size', 4, u32(vocabulary.length)),
    entry('general.file_type', 4, u32(0)),
    entry('tokenizer.ggml.model', 8, text('llama')),
    entry('tokenizer.ggml.tokens', 9, list(8, vocabulary.map(text))),
    entry(
      'tokenizer.ggml.scores',
      9,
      list(
        6,
        vocabulary.map((_, i) => f32(-i)),
      ),
    ),
    entry('tokenizer.ggml.token_type', 9, list(5, kinds.map(u32))),
    entry('tokenizer.ggml.bos_token_id', 4, u32(1)),
    entry('tokenizer.ggml.eos_token_id', 4, u32(2)),
    entry('tokenizer.ggml.unknown_token_id', 4, u32(0)),
  ]

  const shapes = [
    ['token_embd.weight', embedding, vocabulary.length],
    ['output_norm.weight', embedding],
    ['output.weight', embedding, vocabulary.length],
  ]
  for (let i = 0; i < layers; i++) {
    const block = `blk.${i}`
    shapes.push([`${block}.attn_norm.weight`, embedding], [`${block}.ffn_norm.weight`, embedding])
    for (const part of ['q', 'k', 'v', 'output']) {
      shapes.push([`${block}.attn_${part}.weight`, embedding, embedding])
    }
    for (const part of ['gate', 'up']) shapes.push([`${block}.ffn_${part}.weight`, embedding, hidden])
    shapes.push([`${block}.ffn_down.weight`, hidden, embedding])
  }

  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32 - 0.5
  }
  let offset = 0
  const infos = []
  const weights = []
  for (const [name, ...dimensions] of shapes) {
    const count = dimensions.reduce((product, dimension) => product * dimension, 1)
    infos.push(
      Buffer.concat([text(name), u32(dimensions.length), ...dimensions.map(u64), u32(0), u64(offset)]),
    )
    const bytes = Buffer.alloc(aligned(count * 4))
    for (let i = 0; i < count; i++) bytes.writeFloatLE(name.includes('norm') ? 1 : random() * 0.6, i * 4)
    weights.push(bytes)
    offset += bytes.length
  }
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(shapes.length),
    u64(metadata.length),
    ...metadata,
    ...infos,
  ])
  return Buffer.concat([head, Buffer.alloc(aligned(head.length) - head.length), ...weights])
}

const aligned = length => Math.ceil(length / 32) * 32

function u32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function f32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function text(value) {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

function list(kind, items) {
  return Buffer.concat([u32(kind), u64(items.length), ...items])
}

function entry(key, kind, value) {
  return Buffer.concat([text(key), u32(kind), value])
}
