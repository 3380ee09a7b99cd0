import type { Form } from './form.js'
import { list, map, vector } from './form.js'
import type { Random } from './random.js'

/*
 * Walks over vectors of records whose fields are numbers, with what ends or slows treatment of them as such: a record
 * that is something else, a field that is missing or of another kind, numbers that overflow, records that are kept,
 * handed on, taken apart, held by functions inside, types that hold and types that do not.
 */

const keys = [':price', ':quantity', ':rate'] as const
const ints = ['0', '1', '2', '7', '12', '-3', '9007199254740993', '4611686018427387904']
const floats = ['0.0', '0.5', '2.0', '-1.25', '100.0', '-0.0']
const others = ['nil', '"7"', ':seven', 'true', '[]']

/** A program whose value says what the walks gave. */
export function recordWalk(random: Random): readonly Form[] {
  const kinds = keys.map(() => random.chance(0.5))
  const typed = random.chance(0.4)
  const type = recordType(random, kinds)
  const named = typed && random.chance(0.4)
  const typeOfRecord = named ? 'Line' : type
  const forms: Form[] = named ? [list('deftype', 'Line', type)] : []
  forms.push(totalFunction(random, typed && random.chance(0.7) ? typeOfRecord : undefined))
  const typeOfRows = typed && random.chance(0.7) ? list_(':vector', typeOfRecord) : undefined
  const params = typeOfRows === undefined ? vector(['rows', 'k']) : vector(['rows', ':', typeOfRows, 'k'])
  forms.push(list('defn', 'run', params, ...body(random)))
  const rows = vector(Array.from({ length: random.between(0, 9) }, () => record(random, kinds)))
  forms.push(list('def', 'lines', random.chance(0.2) ? list('list', ...rowsOf(rows)) : rows))
  const calls = Array.from({ length: random.between(1, 3) }, () => {
    const call = list(
      'run',
      random.chance(0.85) ? 'lines' : list('rest', 'lines'),
      random.pick(['2', '0.5', 'nil', '0']),
    )
    return random.chance(0.5)
      ? list('try', call, list('catch', 'e', vector([list(':kind', 'e'), list(':message', 'e')])))
      : call
  })
  forms.push(vector(calls))
  return forms
}

function rowsOf(rows: Form): readonly Form[] {
  return (rows as { readonly items: readonly Form[] }).items
}

function list_(...items: Form[]): Form {
  return vector(items)
}

function recordType(random: Random, kinds: readonly boolean[]): Form {
  const entries = keys.flatMap((key, index): Form[] => {
    if (random.chance(0.15)) return []
    const type = kinds[index] ? 'int' : 'float'
    return [key, random.chance(0.9) ? type : ':any']
  })
  return vector([':record', map(entries)])
}

function record(random: Random, kinds: readonly boolean[]): Form {
  if (random.chance(0.02)) return random.pick(others)
  const entries = keys.flatMap((key, index): Form[] => {
    if (random.chance(0.02)) return []
    const isInt = random.chance(0.03) ? !kinds[index] : kinds[index]!
    const value = random.chance(0.02)
      ? random.pick(others)
      : random.pick(isInt ? ints.slice(0, random.chance(0.1) ? 8 : 6) : floats)
    return [key, value]
  })
  return map(random.chance(0.3) ? [':name', '"x"', ...entries] : entries)
}

/** `total`, a function of one record. */
function totalFunction(random: Random, type: Form | undefined): Form {
  const annotation: Form[] = type === undefined ? [] : [':', type]
  const result: Form[] = random.chance(0.2) ? [random.pick([':float', ':int', ':any'])] : []
  if (random.chance(0.25)) {
    const pattern = map([
      ':keys',
      vector(
        random.pick([
          ['price', 'quantity'],
          ['price', 'rate', 'quantity'],
          ['quantity', 'name'],
        ]),
      ),
      ...(random.chance(0.2) ? [':as', 'r'] : []),
    ])
    const extra = random.chance(0.2) ? ['quantity'] : []
    return list(
      'defn',
      'total',
      vector([pattern, ...annotation]),
      ...result,
      arithmetic(
        random,
        ['price', 'quantity', ...extra].filter(name => name === 'quantity' || !isNameOnly(pattern)),
        2,
      ),
    )
  }
  return list('defn', 'total', vector(['r', ...annotation]), ...result, withRecord(random, 'r'))
}

function isNameOnly(pattern: Form): boolean {
  return JSON.stringify(pattern).includes('"name"')
}

/** An expression about the record in a variable. */
function withRecord(random: Random, variable: string): Form {
  const fields = keys.map(key => (random.chance(0.75) ? list(key, variable) : list('get', variable, key)))
  const plain = (): Form => arithmetic(random, fields, 2)
  return random.weighted<() => Form>([
    [6, plain],
    [
      2,
      () =>
        list(
          'let',
          vector(['a', random.pick(fields), 'b', plain()]),
          arithmetic(random, ['a', 'b', ...fields], 1),
        ),
    ],
    [1, () => list('do', list('count', variable), plain())],
    [1, () => list('if', list('contains?', variable, ':price'), plain(), '0')],
    [
      1,
      () =>
        list(
          'let',
          vector(['f', list('fn', vector([]), list(':price', variable))]),
          list('+', list('f'), plain()),
        ),
    ],
    [1, () => list('if', list(':name', variable), plain(), random.pick(fields))],
    [1, () => variable],
  ])()
}

function arithmetic(random: Random, fields: readonly Form[], depth: number): Form {
  const operand = (): Form =>
    depth > 0 && random.chance(0.4)
      ? arithmetic(random, fields, depth - 1)
      : random.chance(0.8)
        ? random.pick(fields)
        : random.pick(['2', '0.5', '9', '1'])
  const test = (): Form => list(random.pick(['<', '>', '=', '>=']), operand(), operand())
  return random.weighted<() => Form>([
    [8, () => list(random.pick(['+', '-', '*', '*', '/', 'quot', 'mod', 'max']), operand(), operand())],
    [2, () => list('if', test(), operand(), operand())],
    [1, () => list(random.pick(['inc', 'abs', '-', 'float']), operand())],
  ])()
}

function body(random: Random): readonly Form[] {
  const item = (): Form =>
    random.weighted<() => Form>([
      [5, () => 'total'],
      [3, () => list('fn', vector(['r']), withRecord(random, 'r'))],
      [1, () => list('fn', vector(['r']), list('*', list('total', 'r'), 'k'))],
      [
        1,
        () =>
          list(
            'fn',
            vector([map([':keys', vector(['price', 'quantity'])])]),
            arithmetic(random, ['price', 'quantity'], 1),
          ),
      ],
      [1, () => random.pick(keys)],
    ])()
  const start = random.pick(['0', '0.0'])
  const kept = list(
    'fn',
    vector(['r']),
    list(random.pick(['>', '<', '=']), list(random.pick(keys), 'r'), random.pick(['1', '0.5', 'k'])),
  )
  const walk = (): Form =>
    random.weighted<() => Form>([
      [5, () => list('reduce', '+', start, list('map', item(), 'rows'))],
      [
        2,
        () =>
          list(
            'reduce',
            list('fn', vector(['sum', 'r']), list('+', 'sum', withRecord(random, 'r'))),
            start,
            'rows',
          ),
      ],
      [2, () => list('map', item(), 'rows')],
      [2, () => list('filter', kept, 'rows')],
      [1, () => list('map', item(), list('filter', kept, 'rows'))],
      [1, () => list(random.pick(['some', 'every?', 'some?', 'remove']), kept, 'rows')],
      [
        1,
        () =>
          list(
            'reduce',
            list(
              'fn',
              vector(['a', 'b']),
              list('if', list('>', list(':price', 'a'), list(':price', 'b')), 'a', 'b'),
            ),
            'rows',
          ),
      ],
    ])()
  return random.weighted<() => readonly Form[]>([
    [4, () => [walk()]],
    [2, () => [vector([walk(), walk()])]],
    [2, () => [list('let', vector(['s', walk(), 'n', list('count', 'rows')]), vector(['s', 'n']))]],
    [1, () => [list('try', walk(), list('catch', 'e', list(':message', 'e')))]],
    // In tail position another function, or this one again.
    [
      1,
      () => [
        list(
          'let',
          vector(['s', walk()]),
          list('if', list('>', list('count', 'rows'), '3'), list('run', list('rest', 'rows'), 'k'), 's'),
        ),
      ],
    ],
    [
      1,
      () => [list('let', vector(['s', walk()]), list('vector', list('total', list('first', 'rows')), 's'))],
    ],
  ])()
}
