import { expect, test } from 'vitest'
import { definitions, libraryReference } from './index.js'

test('holds every function once, with its type, text and examples', () => {
  const text = libraryReference()
  for (const { name, signature, doc, examples } of definitions()) {
    expect(text.split(`### \`${name}\`\n`)).toHaveLength(2)
    expect(text).toContain(`\`${signature}\``)
    expect(text).toContain(doc)
    for (const { source, expect: result } of examples) expect(text).toContain(`${source} ; => ${result}`)
  }
})

test('an entry reads like this', () => {
  expect(libraryReference()).toContain(
    [
      '### `count`',
      '',
      '`[:=> [[:union [:seq :any] :string :map :nil]] :int]`',
      '',
      'Number of elements, entries or code points; nil has none.',
      '',
      'Takes 1 argument; section 13.4; also `length`.',
      '',
      '```clojure',
      '(count "añ") ; => 2',
      '(count {:a 1}) ; => 1',
      '(count nil) ; => 0',
      '(count 5) ; => ! TypeError',
      '```',
    ].join('\n'),
  )
})
