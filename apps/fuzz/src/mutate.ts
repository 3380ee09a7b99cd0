import type { Random } from './random.js'

/** What goes wrong in texts: delimiters, prefixes, beginnings of forms, characters that look like others. */
const pieces = [
  ...'()[]{}"\'`~^@:;#%&|\\,',
  ...[
    '#(',
    '#_',
    '#|',
    '|#',
    '~@',
    '^{',
    '::',
    ' : ',
    '##',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '```',
    '```\n',
    '~~~\n',
    '#!',
  ],
  ...[
    '(defn f [',
    '(let [',
    '(fn [',
    '(match ',
    '(try ',
    '(catch ',
    '(finally',
    '(loop [',
    '(recur ',
    '(for [',
  ],
  ...[
    '(defmacro m [',
    '(module ',
    '(import ',
    '(quote ',
    '(-> ',
    '(deftype ',
    '^:delegation :l4 ',
    ':keys [',
    ':or {',
  ],
  ...[
    '9223372036854775808',
    '-',
    '1e999',
    '1.',
    '.5',
    '0x1f',
    '1/2',
    '2026-01-31T00:00:00Z',
    'resource://',
    'nil',
  ],
  ...[
    '\u0000',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u00a0',
    '\u200b',
    '\u201c',
    '\u2028',
    'é',
    '🙂',
    'x#',
    '&&',
    '=>',
  ],
]

/** Changes a text in one to eight places; `texts` gives what is spliced in. */
export function mutate(text: string, texts: readonly string[], random: Random): string {
  let changed = text
  for (let times = 1 + random(8); times > 0; times--) changed = once(changed, texts, random)
  // What a mutation can blow up is bounded: the limits have tests of their own.
  return changed.slice(0, 200_000)
}

function once(text: string, texts: readonly string[], random: Random): string {
  const at = random(text.length + 1)
  const end = Math.min(text.length, at + 1 + random(random(8) === 0 ? 200 : 12))
  switch (random(11)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, end) + text.slice(at)
    case 2:
    case 3:
    case 4:
      return text.slice(0, at) + pieces[random(pieces.length)]! + text.slice(at)
    case 5:
      return (
        text.slice(0, at) + String.fromCharCode(random(random(4) === 0 ? 65_536 : 128)) + text.slice(at + 1)
      )
    case 6: {
      const other = texts[random(texts.length)]!
      const from = random(other.length + 1)
      return text.slice(0, at) + other.slice(from, from + 1 + random(300)) + text.slice(at)
    }
    case 7:
      return (
        text.slice(0, at) +
        repeated(['(', '[', '{', '#(', "'", '^:a ', '#_', '#|', '"'], random) +
        text.slice(at)
      )
    case 8:
      return (
        text.slice(0, at) + repeated(['a', '1', ':', '-', ' ', '\n', ')', ']', ';'], random) + text.slice(at)
      )
    case 9:
      return text.slice(0, at)
    default: {
      // One kind of bracket for another.
      const bracket = text.slice(at).search(/[()[\]{}]/)
      if (bracket < 0) return text
      return text.slice(0, at + bracket) + '()[]{}'[random(6)]! + text.slice(at + bracket + 1)
    }
  }
}

function repeated(choices: readonly string[], random: Random): string {
  const times = random(4) === 0 ? random(5_000) : random(20)
  return choices[random(choices.length)]!.repeat(times)
}
